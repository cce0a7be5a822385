// Distances of pairs of vectors in the order that every instruction set and the JavaScript twin share: lane l of a line
// (64 bytes: 16 floats or 8 doubles) adds the terms i with i mod line == l in ascending order, starting from +0; then
// the lanes are combined by halving. A register holds some of the lanes; which ones, and which pairs are done together,
// doesn't change a bit.
#pragma once

#include "simd/kernel_set.h"
#include "simd/vec.h"

namespace heddle::HEDDLE_ISA {

struct SquaredL2 {
  template <class V>
  HEDDLE_INLINE V operator()(V a, V b) const {
    const V difference = a - b;
    return difference * difference;
  }
};
struct DotProduct {
  template <class V>
  HEDDLE_INLINE V operator()(V a, V b) const {
    return a * b;
  }
};

template <class T>
inline constexpr int kLine = 64 / static_cast<int>(sizeof(T));

// Several rows are walked side by side: their sums don't wait for one another, and memory is read in several streams.
inline constexpr int kDistanceRows = 4;
/** Queries that share the loads of these rows, as many as leave the sums in registers. */
#if defined(__AVX512F__)
inline constexpr int kDistanceQueries = 4;
#else
inline constexpr int kDistanceQueries = 2;
#endif

/**
 * One query reads rows from memory one after the other, if they are short: four streams of a few lines each end before
 * the processor has seen them, one goes on. Lines are asked for so many bytes ahead.
 */
inline constexpr uint64_t kDistanceShortBytes = 2048;
inline constexpr uint64_t kDistanceAheadBytes = 4096;

/** Consecutive queries against consecutive rows; out[q * outStride + r]. A single pair asks for the row `ahead`. */
template <int kQueries, int kRows, class T, class Term>
HEDDLE_INLINE void distanceTile(const T* queries, const T* rows, uint64_t dimension, Term term, T* out,
                                uint64_t outStride, [[maybe_unused]] const T* ahead = nullptr) {
  using V = typename VecOf<T>::Type;
  constexpr int kLanes = kVecBytes / static_cast<int>(sizeof(T));
  constexpr int kVectors = kLine<T> / kLanes;
  // One query reads rows from memory, so all of a line at once; several work in the cache and go over it once for each
  // register of a line.
  constexpr int kAtOnce = kQueries == 1 ? kVectors : 1;
  alignas(64) T lanes[kQueries][kRows][kLine<T>];
  const uint64_t whole = dimension / kLine<T> * kLine<T>;
  for (int vector = 0; vector < kVectors; vector += kAtOnce) {
    V sums[kQueries][kRows][kAtOnce] = {};
    for (uint64_t line = 0; line < whole; line += kLine<T>) {
      if constexpr (kQueries == 1 && kRows == 1) {
        if (ahead != nullptr) __builtin_prefetch(ahead + line);
      }
#pragma GCC unroll 4
      for (int v = 0; v < kAtOnce; ++v) {
        const uint64_t i = line + static_cast<uint64_t>((vector + v) * kLanes);
        V query[kQueries];
#pragma GCC unroll 4
        for (int q = 0; q < kQueries; ++q) query[q] = load(queries + static_cast<uint64_t>(q) * dimension + i);
#pragma GCC unroll 4
        for (int r = 0; r < kRows; ++r) {
          const V row = load(rows + static_cast<uint64_t>(r) * dimension + i);
#pragma GCC unroll 4
          for (int q = 0; q < kQueries; ++q) sums[q][r][v] += term(query[q], row);
        }
      }
    }
    for (int q = 0; q < kQueries; ++q) {
      for (int r = 0; r < kRows; ++r) {
        for (int v = 0; v < kAtOnce; ++v) store(&lanes[q][r][(vector + v) * kLanes], sums[q][r][v]);
      }
    }
  }
  for (int q = 0; q < kQueries; ++q) {
    for (int r = 0; r < kRows; ++r) {
      T* const pair = lanes[q][r];
      for (uint64_t i = whole; i < dimension; ++i) {
        pair[i - whole] +=
            term(queries[static_cast<uint64_t>(q) * dimension + i], rows[static_cast<uint64_t>(r) * dimension + i]);
      }
#pragma GCC unroll 4
      for (int width = kLine<T> / 2; width > 0; width /= 2) {
        for (int lane = 0; lane < width; ++lane) pair[lane] += pair[lane + width];
      }
      out[static_cast<uint64_t>(q) * outStride + static_cast<uint64_t>(r)] = pair[0];
    }
  }
}

/** All queries of the span against kRows rows. */
template <int kRows, class T, class Term>
HEDDLE_INLINE void distancesOfRows(const DistanceSpan<T>& span, uint64_t row, Term term) {
  const uint64_t dimension = span.dimension;
  const T* const rows = span.rows + row * dimension;
  uint64_t q = 0;
  for (; q + kDistanceQueries <= span.queryCount; q += kDistanceQueries) {
    distanceTile<kDistanceQueries, kRows>(span.queries + q * dimension, rows, dimension, term,
                                          span.out + q * span.outStride + row, span.outStride);
  }
  // The narrowest registers hold the sums of two rows for a whole line.
  constexpr int kTogether = kVecBytes == 16 && kRows > 2 ? 2 : kRows;
  for (; q < span.queryCount; ++q) {
    for (int r = 0; r < kRows; r += kTogether) {
      const uint64_t first = static_cast<uint64_t>(r);
      distanceTile<1, kTogether>(span.queries + q * dimension, rows + first * dimension, dimension, term,
                                 span.out + q * span.outStride + row + first, span.outStride);
    }
  }
}

/** One query against short rows that come from memory. */
template <class T, class Term>
HEDDLE_INLINE void distancesOfFarRows(const DistanceSpan<T>& span, Term term) {
  const uint64_t dimension = span.dimension;
  const uint64_t rowsAhead = kDistanceAheadBytes / (dimension * sizeof(T));
  for (uint64_t row = 0; row < span.rowCount; ++row) {
    const T* const at = span.rows + row * dimension;
    const T* const ahead = row + rowsAhead < span.rowCount ? at + rowsAhead * dimension : nullptr;
    distanceTile<1, 1>(span.queries, at, dimension, term, span.out + row, span.outStride, ahead);
  }
}

template <class T, class Term>
HEDDLE_INLINE void distancesBy(const DistanceSpan<T>& span, Term term) {
  if (span.queryCount == 1 && span.isFar && span.dimension * sizeof(T) <= kDistanceShortBytes) {
    return distancesOfFarRows(span, term);
  }
  uint64_t row = 0;
  for (; row + kDistanceRows <= span.rowCount; row += kDistanceRows) distancesOfRows<kDistanceRows>(span, row, term);
  for (; row < span.rowCount; ++row) distancesOfRows<1>(span, row, term);
}

template <class T>
inline void distances(const DistanceSpan<T>& span) {
  if (span.isDot) {
    distancesBy(span, DotProduct{});
  } else {
    distancesBy(span, SquaredL2{});
  }
}

}  // namespace heddle::HEDDLE_ISA
