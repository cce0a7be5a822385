// Accelerations of a span of bodies: one lane per body that is accelerated, the others one after the other. So each
// lane adds in the order of scalar code, and the exact form gives its bits. Division and square root set its speed.
//
// The fast form replaces 1 / (d2 * sqrt(d2)) by the cube of an estimated 1 / sqrt(d2): an estimate with relative error
// e and one third-order step leave 2.5 e^3. AVX-512 has an estimate of doubles with e = 2^-14, which leaves 6e-13; AVX2
// one of floats with e = 1.5 * 2^-12, which leaves 1.3e-10, four times that after the cube and the sum: both below the
// promised 1e-9. The estimate of floats holds where d2 is a normal float. Sets without an estimate use the exact form.
#pragma once

#include "simd/kernel_set.h"
#include "simd/vec.h"

namespace heddle::HEDDLE_ISA {

#if defined(__AVX512F__)
inline constexpr double kNbodyFastMin = 0;
inline constexpr double kNbodyFastMax = 1e200;  // the estimate of a square near overflow is 0, times infinity NaN
#elif defined(__AVX2__)
inline constexpr double kNbodyFastMin = 1e-36;
inline constexpr double kNbodyFastMax = 1e36;
#else
inline constexpr double kNbodyFastMin = 1;  // no square is at least 1 and at most 0: always exact
inline constexpr double kNbodyFastMax = 0;
#endif

struct Bodies {
  F64v x, y, z;     // where they are
  F64v ax, ay, az;  // what has been added up
};

#if defined(__AVX2__) || defined(__AVX512F__)
HEDDLE_INLINE F64v inverseSquareRoot(F64v d2) {
#if defined(__AVX512F__)
  const F64v estimate = _mm512_rsqrt14_pd(d2);
#else
  const F64v estimate = _mm256_cvtps_pd(_mm_rsqrt_ps(_mm256_cvtpd_ps(d2)));
#endif
  // With h = 1 - d2 * estimate^2: 1/sqrt(1 - h) = 1 + h/2 + 3h^2/8 + …
  const F64v h = mulAdd(-(d2 * estimate), estimate, splat(1.0));
  return mulAdd(estimate * h, mulAdd(h, splat(0.375), splat(0.5)), estimate);
}

struct Fast {
  HEDDLE_INLINE F64v squaredDistance(F64v dx, F64v dy, F64v dz, F64v softening2) const {
    return mulAdd(dz, dz, mulAdd(dy, dy, mulAdd(dx, dx, softening2)));
  }
  HEDDLE_INLINE F64v inverseCube(F64v d2) const {
    const F64v inverse = inverseSquareRoot(d2);
    return inverse * inverse * inverse;
  }
  HEDDLE_INLINE F64v add(F64v sum, F64v distance, F64v strength) const { return mulAdd(distance, strength, sum); }
};
#endif

struct Exact {
  HEDDLE_INLINE F64v squaredDistance(F64v dx, F64v dy, F64v dz, F64v softening2) const {
    return ((dx * dx + dy * dy) + dz * dz) + softening2;
  }
  HEDDLE_INLINE F64v inverseCube(F64v d2) const { return 1.0 / (d2 * squareRoot(d2)); }
  HEDDLE_INLINE F64v add(F64v sum, F64v distance, F64v strength) const { return sum + distance * strength; }
};

template <bool kMayMeetSelf, class Form>
HEDDLE_INLINE void attract(const NbodySpan& span, uint64_t begin, uint64_t end, const F64v* index, Bodies* bodies,
                           int vectors, Form form) {
  const F64v softening2 = splat(span.softening2);
  for (uint64_t j = begin; j < end; ++j) {
    const F64v xj = splat(span.positions[3 * j]);
    const F64v yj = splat(span.positions[3 * j + 1]);
    const F64v zj = splat(span.positions[3 * j + 2]);
    const F64v mass = splat(span.masses[j]);
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) {
      Bodies& b = bodies[v];
      const F64v dx = xj - b.x;
      const F64v dy = yj - b.y;
      const F64v dz = zj - b.z;
      const F64v strength = mass * form.inverseCube(form.squaredDistance(dx, dy, dz, softening2));
      const F64v ax = form.add(b.ax, dx, strength);
      const F64v ay = form.add(b.ay, dy, strength);
      const F64v az = form.add(b.az, dz, strength);
      if constexpr (kMayMeetSelf) {
        const auto isSelf = index[v] == splat(static_cast<double>(j));
        b.ax = isSelf ? b.ax : ax;
        b.ay = isSelf ? b.ay : ay;
        b.az = isSelf ? b.az : az;
      } else {
        b.ax = ax;
        b.ay = ay;
        b.az = az;
      }
    }
  }
}

template <class Form>
HEDDLE_INLINE void accelerate(const NbodySpan& span, Form form) {
  constexpr int kVectors = 4;
  constexpr uint64_t kGroup = kVectors * kF64Lanes;
  for (uint64_t first = 0; first < span.count; first += kGroup) {
    const uint64_t used = span.count - first < kGroup ? span.count - first : kGroup;
    const uint64_t bodyBegin = span.first + first;
    const uint64_t bodyEnd = bodyBegin + used;
    Bodies bodies[kVectors] = {};
    F64v index[kVectors];
    for (int v = 0; v < kVectors; ++v) {
      index[v] = laneNumbers() + static_cast<double>(bodyBegin + static_cast<uint64_t>(v) * kF64Lanes);
      for (int lane = 0; lane < kF64Lanes; ++lane) {
        const uint64_t i = static_cast<uint64_t>(v * kF64Lanes + lane);
        const double* const at = span.positions + 3 * (bodyBegin + (i < used ? i : 0));
        bodies[v].x[lane] = at[0];
        bodies[v].y[lane] = at[1];
        bodies[v].z[lane] = at[2];
      }
    }
    attract<false>(span, 0, bodyBegin, index, bodies, kVectors, form);
    attract<true>(span, bodyBegin, bodyEnd, index, bodies, kVectors, form);
    attract<false>(span, bodyEnd, span.n, index, bodies, kVectors, form);
    for (uint64_t i = 0; i < used; ++i) {
      const Bodies& b = bodies[i / kF64Lanes];
      double* const to = span.out + 3 * (first + i);
      to[0] = b.ax[i % kF64Lanes];
      to[1] = b.ay[i % kF64Lanes];
      to[2] = b.az[i % kF64Lanes];
    }
  }
}

inline void nbodyExact(const NbodySpan& span) { accelerate(span, Exact{}); }

inline void nbodyFast(const NbodySpan& span) {
#if defined(__AVX2__) || defined(__AVX512F__)
  accelerate(span, Fast{});
#else
  accelerate(span, Exact{});
#endif
}

}  // namespace heddle::HEDDLE_ISA
