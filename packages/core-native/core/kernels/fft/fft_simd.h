// Transforms down the columns of tiles, a lane per column, so that no butterfly ever mixes lanes: passes of decimation
// in frequency, each part of a tile that fits the first-level cache through all its passes at once. Complex numbers are
// pairs of registers, real parts in one and imaginary parts in the other.
//
// Radix 8 does three levels with one load and one store per element. AVX-512 keeps its 16 registers of data; the
// narrower sets spill some to the stack, which costs less than a further pass.
#pragma once

#include "kernels/fft/fft_plan.h"
#include "simd/kernel_set.h"
#include "simd/vec.h"

namespace heddle::HEDDLE_ISA {

/** Elements of a tile, complex, that go through all passes at once: 32 KiB. */
inline constexpr uint64_t kFftCached = 2048;
/** Rows that are asked for before they are read: they lie so far apart that the processor doesn't foresee them. */
inline constexpr uint64_t kFftRowsAhead = 8;

struct Complex {
  F64v re, im;
};

HEDDLE_INLINE Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
HEDDLE_INLINE Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
HEDDLE_INLINE Complex operator*(Complex a, Complex b) {
  return {mulAdd(a.re, b.re, -(a.im * b.im)), mulAdd(a.re, b.im, a.im * b.re)};
}
HEDDLE_INLINE Complex timesMinusI(Complex a) { return {a.im, -a.re}; }

HEDDLE_INLINE Complex loadComplex(const double* row, uint64_t lanes, uint64_t lane) {
  return {load(row + lane), load(row + lanes + lane)};
}
HEDDLE_INLINE void storeComplex(double* row, uint64_t lanes, uint64_t lane, Complex value) {
  store(row + lane, value.re);
  store(row + lanes + lane, value.im);
}
/** A pair of doubles in every lane. */
HEDDLE_INLINE Complex splatComplex(const double* pair) { return {splat(pair[0]), splat(pair[1])}; }

HEDDLE_INLINE void transformFour(Complex& a, Complex& b, Complex& c, Complex& d) {
  const Complex evenSum = a + c;
  const Complex evenDifference = a - c;
  const Complex oddSum = b + d;
  const Complex oddDifference = timesMinusI(b - d);
  a = evenSum + oddSum;
  b = evenDifference + oddDifference;
  c = evenSum - oddSum;
  d = evenDifference - oddDifference;
}

template <int kRadix>
HEDDLE_INLINE void butterfly(Complex (&x)[kRadix]) {
  if constexpr (kRadix == 2) {
    const Complex first = x[0];
    x[0] = first + x[1];
    x[1] = first - x[1];
  } else if constexpr (kRadix == 4) {
    transformFour(x[0], x[1], x[2], x[3]);
  } else {
    static_assert(kRadix == 8);
    const F64v half = splat(0.70710678118654752440);  // the root of 1/2: both parts of the eighth root of unity
    transformFour(x[0], x[2], x[4], x[6]);
    transformFour(x[1], x[3], x[5], x[7]);
    const Complex odd1 = {(x[3].re + x[3].im) * half, (x[3].im - x[3].re) * half};
    const Complex odd2 = timesMinusI(x[5]);
    const Complex odd3 = {(x[7].im - x[7].re) * half, -((x[7].re + x[7].im) * half)};
    const Complex even[4] = {x[0], x[2], x[4], x[6]};
    const Complex odd[4] = {x[1], odd1, odd2, odd3};
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) {
      x[k] = even[k] + odd[k];
      x[k + 4] = even[k] - odd[k];
    }
  }
}

/** One pass over `blocks` blocks of `points` rows each, in place. The last pass has no roots: they are all 1. */
template <int kRadix, bool kHasRoots>
inline void fftPass(double* tile, uint64_t blocks, uint64_t points, uint64_t lanes, const double* roots) {
  const uint64_t stride = 2 * lanes;
  const uint64_t reach = points / kRadix * stride;  // between the rows that meet
  for (uint64_t block = 0; block < blocks; ++block, tile += points * stride) {
    const double* root = roots;
    for (double* row = tile; row < tile + reach; row += stride, root += 2 * (kRadix - 1)) {
      Complex turns[kRadix];
      if constexpr (kHasRoots) {
#pragma GCC unroll 8
        for (int j = 1; j < kRadix; ++j) turns[j] = splatComplex(root + 2 * (j - 1));
      }
      for (uint64_t lane = 0; lane < lanes; lane += kF64Lanes) {
        Complex x[kRadix];
#pragma GCC unroll 8
        for (int s = 0; s < kRadix; ++s) x[s] = loadComplex(row + static_cast<uint64_t>(s) * reach, lanes, lane);
        butterfly(x);
        storeComplex(row, lanes, lane, x[0]);
#pragma GCC unroll 8
        for (int j = 1; j < kRadix; ++j) {
          if constexpr (kHasRoots) x[j] = x[j] * turns[j];
          storeComplex(row + static_cast<uint64_t>(j) * reach, lanes, lane, x[j]);
        }
      }
    }
  }
}

inline void fftPassOf(const FftSteps& steps, int pass, double* tile, uint64_t blocks, uint64_t points, uint64_t lanes) {
  const double* const roots = steps.roots[pass];
  switch (steps.radix[pass]) {
    case 8:
      return roots == nullptr ? fftPass<8, false>(tile, blocks, points, lanes, nullptr)
                              : fftPass<8, true>(tile, blocks, points, lanes, roots);
    case 4:
      return roots == nullptr ? fftPass<4, false>(tile, blocks, points, lanes, nullptr)
                              : fftPass<4, true>(tile, blocks, points, lanes, roots);
    default:
      return fftPass<2, false>(tile, blocks, points, lanes, nullptr);
  }
}

/**
 * The passes from `pass` on over the `points` rows from `row` of the tile on. `done(row, rows)` is called as soon as
 * some rows have their final values, while they are in the first-level cache. Not inlined: gcc would unroll the
 * recursion.
 */
template <class Done>
__attribute__((noinline)) void fftPasses(const FftSteps& steps, int pass, double* tile, uint64_t row, uint64_t points,
                                         uint64_t lanes, const Done& done) {
  double* const begin = tile + row * 2 * lanes;
  if (points * lanes <= kFftCached || pass == steps.passes - 1) {
    uint64_t blocks = 1;
    for (uint64_t left = points; pass < steps.passes; ++pass) {
      fftPassOf(steps, pass, begin, blocks, left, lanes);
      const auto radix = static_cast<uint64_t>(steps.radix[pass]);
      blocks *= radix;
      left /= radix;
    }
    done(row, points);
    return;
  }
  fftPassOf(steps, pass, begin, 1, points, lanes);
  const uint64_t part = points / static_cast<uint64_t>(steps.radix[pass]);
  for (uint64_t at = row; at < row + points; at += part) {
    fftPasses(steps, pass + 1, tile, at, part, lanes, done);
  }
}

/** rows[i][j] becomes rows[j][i]. */
HEDDLE_INLINE void transpose(F64v (&rows)[kF64Lanes]) {
#if defined(__AVX512F__)
  __m512d pairs[8];
#pragma GCC unroll 4
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm512_unpacklo_pd(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_pd(rows[i], rows[i + 1]);
  }
  // 128-bit pieces: pairs[i] holds columns 0, 2, 4, 6 (or 1, 3, 5, 7) of two rows.
#pragma GCC unroll 2
  for (int odd = 0; odd < 2; ++odd) {
    const __m512d top04 = _mm512_shuffle_f64x2(pairs[odd], pairs[2 + odd], 0x88);
    const __m512d top26 = _mm512_shuffle_f64x2(pairs[odd], pairs[2 + odd], 0xdd);
    const __m512d low04 = _mm512_shuffle_f64x2(pairs[4 + odd], pairs[6 + odd], 0x88);
    const __m512d low26 = _mm512_shuffle_f64x2(pairs[4 + odd], pairs[6 + odd], 0xdd);
    rows[odd] = _mm512_shuffle_f64x2(top04, low04, 0x88);
    rows[4 + odd] = _mm512_shuffle_f64x2(top04, low04, 0xdd);
    rows[2 + odd] = _mm512_shuffle_f64x2(top26, low26, 0x88);
    rows[6 + odd] = _mm512_shuffle_f64x2(top26, low26, 0xdd);
  }
#elif defined(__AVX2__)
  const __m256d low01 = _mm256_unpacklo_pd(rows[0], rows[1]);
  const __m256d high01 = _mm256_unpackhi_pd(rows[0], rows[1]);
  const __m256d low23 = _mm256_unpacklo_pd(rows[2], rows[3]);
  const __m256d high23 = _mm256_unpackhi_pd(rows[2], rows[3]);
  rows[0] = _mm256_permute2f128_pd(low01, low23, 0x20);
  rows[1] = _mm256_permute2f128_pd(high01, high23, 0x20);
  rows[2] = _mm256_permute2f128_pd(low01, low23, 0x31);
  rows[3] = _mm256_permute2f128_pd(high01, high23, 0x31);
#else
  static_assert(kF64Lanes == 2);
  const F64v first = {rows[0][0], rows[1][0]};
  rows[1] = F64v{rows[0][1], rows[1][1]};
  rows[0] = first;
#endif
}

/**
 * Rows k..k+7 of the columns' transforms, times the roots between the steps, into the scratch memory: there lane k of a
 * tile has the columns one after the other. Past the caches it takes all eight rows together, so that what it writes of
 * a column at once are two whole lines.
 */
template <bool kPast>
HEDDLE_INLINE void fftHandOverBy(const FftDown& call, const double* const (&rows)[kFftGroup], uint64_t k) {
  const FftPlan& plan = *call.plan;
  const uint64_t lanes = plan.downLanes;
  const uint64_t wide = plan.acrossLanes;
  constexpr uint64_t kTogether = kPast ? kFftGroup : kF64Lanes;
  const auto put = [](double* target, F64v value) {
    if constexpr (kPast) {
      storePastAligned(target, value);
    } else {
      store(target, value);
    }
  };
  double* to = call.scratch + (k / wide * plan.width + call.column) * 2 * wide + k % wide;
  for (uint64_t lane = 0; lane < lanes; lane += kFftGroup, to += kFftGroup * 2 * wide) {
    for (uint64_t first = 0; first < kFftGroup; first += kTogether) {
      Complex base[kTogether];
      for (uint64_t i = 0; i < kTogether; ++i) {
        const uint64_t m = (call.column + lane) * (k + first + i);
        const double* const high = plan.high + 2 * (m >> plan.lowBits);
        const double* const low = plan.low + 2 * (m & plan.lowMask);
        base[i] = {splat(high[0] * low[0] - high[1] * low[1]), splat(high[0] * low[1] + high[1] * low[0])};
      }
      for (uint64_t column = 0; column < kFftGroup; column += kF64Lanes) {
        F64v re[kTogether / kF64Lanes][kF64Lanes];
        F64v im[kTogether / kF64Lanes][kF64Lanes];
#pragma GCC unroll 4
        for (uint64_t part = 0; part < kTogether / kF64Lanes; ++part) {
#pragma GCC unroll 8
          for (uint64_t i = 0; i < kF64Lanes; ++i) {
            const uint64_t row = part * kF64Lanes + i;
            const double* const roots = plan.laneRoots + 2 * kFftGroup * (k + first + row) + column;
            const Complex root = Complex{load(roots), load(roots + kFftGroup)} * base[row];
            const Complex value = loadComplex(rows[first + row], lanes, lane + column) * root;
            re[part][i] = value.re;
            im[part][i] = value.im;
          }
          transpose(re[part]);
          transpose(im[part]);
        }
#pragma GCC unroll 8
        for (uint64_t i = 0; i < kF64Lanes; ++i) {
          double* const target = to + (column + i) * 2 * wide + first;
#pragma GCC unroll 4
          for (uint64_t part = 0; part < kTogether / kF64Lanes; ++part) put(target + part * kF64Lanes, re[part][i]);
#pragma GCC unroll 4
          for (uint64_t part = 0; part < kTogether / kF64Lanes; ++part) {
            put(target + wide + part * kF64Lanes, im[part][i]);
          }
        }
      }
    }
  }
}

inline void fftHandOver(const FftDown& call, const double* const (&rows)[kFftGroup], uint64_t k) {
  if (call.plan->isPast) {
    fftHandOverBy<true>(call, rows, k);
  } else {
    fftHandOverBy<false>(call, rows, k);
  }
}

/** Rows first, first + step, … of the matrix, cut to the tile's columns. */
inline void fftGather(const FftDown& call, uint64_t first, uint64_t step, double* to, uint64_t rows) {
  const FftPlan& plan = *call.plan;
  const uint64_t lanes = plan.downLanes;
  for (uint64_t row = 0; row < rows; ++row, to += 2 * lanes) {
    const uint64_t from = (first + row * step) * plan.width + call.column;
    if (row + kFftRowsAhead < rows) {
      const uint64_t ahead = from + kFftRowsAhead * step * plan.width;
      for (uint64_t lane = 0; lane < lanes; lane += kFftGroup) {
        __builtin_prefetch(call.re + ahead + lane);
        __builtin_prefetch(call.im + ahead + lane);
      }
    }
    for (uint64_t lane = 0; lane < lanes; lane += kF64Lanes) {
      storeComplex(to, lanes, lane, {load(call.re + from + lane), load(call.im + from + lane)});
    }
  }
}

/**
 * A column of at least kFftSplitMin points: its eighths (every eighth row) one by one while each is in the cache, and
 * the split into them, decimation in time, together with the hand-over. So the second-level cache is written and read
 * once.
 */
inline void fftDownSplit(const FftDown& call) {
  const FftPlan& plan = *call.plan;
  const FftSteps& steps = *plan.down;
  const uint64_t lanes = plan.downLanes;
  const uint64_t stride = 2 * lanes;
  const uint64_t part = plan.height / 8;
  for (uint64_t s = 0; s < 8; ++s) {
    double* const tile = call.tile + s * part * stride;
    fftGather(call, s, 8, tile, part);
    fftPasses(steps, 1, tile, 0, part, lanes, [](uint64_t, uint64_t) {});
  }
  double* const group = call.tile + plan.height * stride;
  for (uint64_t q = 0; q < part; q += kFftGroup) {
    for (uint64_t i = 0; i < kFftGroup; ++i) {
      // Point q + i of an eighth lies where point 8 * (q + i) of the whole would: in its first eighth.
      const double* const row = call.tile + steps.position[8 * (q + i)] * stride;
      const double* const root = steps.roots[0] + (q + i) * 2 * 7;
      for (uint64_t lane = 0; lane < lanes; lane += kF64Lanes) {
        Complex x[8];
        x[0] = loadComplex(row, lanes, lane);
#pragma GCC unroll 8
        for (uint64_t s = 1; s < 8; ++s) {
          x[s] = loadComplex(row + s * part * stride, lanes, lane) * splatComplex(root + 2 * (s - 1));
        }
        butterfly(x);
#pragma GCC unroll 8
        for (uint64_t j = 0; j < 8; ++j) storeComplex(group + (j * kFftGroup + i) * stride, lanes, lane, x[j]);
      }
    }
    for (uint64_t j = 0; j < 8; ++j) {
      const double* rows[kFftGroup];
      for (uint64_t i = 0; i < kFftGroup; ++i) rows[i] = group + (j * kFftGroup + i) * stride;
      fftHandOver(call, rows, j * part + q);
    }
  }
}

inline void fftDownWhole(const FftDown& call) {
  const FftPlan& plan = *call.plan;
  const uint64_t lanes = plan.downLanes;
  fftGather(call, 0, 1, call.tile, plan.height);
  fftPasses(*plan.down, 0, call.tile, 0, plan.height, lanes, [](uint64_t, uint64_t) {});
  for (uint64_t k = 0; k < plan.height; k += kFftGroup) {
    const double* rows[kFftGroup];
    for (uint64_t i = 0; i < kFftGroup; ++i) rows[i] = call.tile + plan.down->position[k + i] * 2 * lanes;
    fftHandOver(call, rows, k);
  }
}

inline void fftDown(const FftDown& call) {
  if (call.plan->height >= kFftSplitMin) {
    fftDownSplit(call);
  } else {
    fftDownWhole(call);
  }
  if (call.plan->isPast) fencePast();
}

template <bool kPast>
HEDDLE_INLINE void fftAcrossBy(const FftAcross& call) {
  const FftPlan& plan = *call.plan;
  const uint64_t lanes = plan.acrossLanes;
  double* const tile = call.scratch + call.tile * plan.width * 2 * lanes;
  const F64v scale = splat(call.scale);
  const auto put = [](double* to, F64v value) {
    if constexpr (kPast) {
      storePast(to, value);
    } else {
      store(to, value);
    }
  };
  fftPasses(*plan.across, 0, tile, 0, plan.width, lanes, [&](uint64_t row, uint64_t rows) {
    const double* from = tile + row * 2 * lanes;
    for (uint64_t end = row + rows; row < end; ++row, from += 2 * lanes) {
      const uint64_t to = plan.across->order[row] * plan.height + call.tile * lanes;
      for (uint64_t lane = 0; lane < lanes; lane += kF64Lanes) put(call.re + to + lane, load(from + lane) * scale);
      for (uint64_t lane = 0; lane < lanes; lane += kF64Lanes) {
        put(call.im + to + lane, load(from + lanes + lane) * scale);
      }
    }
  });
  if constexpr (kPast) fencePast();
}

inline void fftAcross(const FftAcross& call) {
  const uint64_t addresses = reinterpret_cast<uint64_t>(call.re) | reinterpret_cast<uint64_t>(call.im);
  if (call.plan->isPast && addresses % 16 == 0) {
    fftAcrossBy<true>(call);
  } else {
    fftAcrossBy<false>(call);
  }
}

inline void fftBatch(const FftBatch& call) {
  const FftSteps& steps = *call.plan->down;
  const uint64_t points = steps.points;
  alignas(64) double tile[kFftMatrixMin / 2 * 2 * kFftGroup] = {};
  for (uint64_t t = 0; t < call.transforms; ++t) {
    for (uint64_t i = 0; i < points; ++i) {
      tile[i * 2 * kFftGroup + t] = call.re[t * points + i];
      tile[i * 2 * kFftGroup + kFftGroup + t] = call.im[t * points + i];
    }
  }
  fftPasses(steps, 0, tile, 0, points, kFftGroup, [](uint64_t, uint64_t) {});
  for (uint64_t t = 0; t < call.transforms; ++t) {
    for (uint64_t k = 0; k < points; ++k) {
      const double* const row = tile + steps.position[k] * 2 * kFftGroup;
      call.re[t * points + k] = row[t] * call.scale;
      call.im[t * points + k] = row[kFftGroup + t] * call.scale;
    }
  }
}

inline constexpr FftBodies kFftBodies = {fftBatch, fftDown, fftAcross};

}  // namespace heddle::HEDDLE_ISA
