// The tile of a packed matrix product: all of the tile's elements stay in registers while `depth` columns of a meet
// rows of b. Sizes fill the register file: 24 + 3 + 1 of 32 registers with AVX-512, 12 + 3 + 1 of 16 with AVX2, 8 + 2 +
// 1 of 16 for the baseline.
#pragma once

#include "simd/kernel_set.h"
#include "simd/vec.h"

namespace heddle::HEDDLE_ISA {

#if defined(__AVX512F__)
inline constexpr int kTileRows = 8;
inline constexpr int kTileVectors = 3;
#elif defined(__AVX2__)
inline constexpr int kTileRows = 4;
inline constexpr int kTileVectors = 3;
#else
inline constexpr int kTileRows = 4;
inline constexpr int kTileVectors = 2;
#endif

template <class T>
inline constexpr int kTileLanes = kVecBytes / static_cast<int>(sizeof(T));

template <class T>
inline void multiplyTile(uint64_t depth, const T* a, const T* b, T* c, uint64_t cStride, int usedRows, int usedColumns,
                         bool isFirst) {
  using V = typename VecOf<T>::Type;
  constexpr int kLanes = kTileLanes<T>;
  constexpr int kColumns = kTileVectors * kLanes;
  V sums[kTileRows][kTileVectors] = {};
  for (uint64_t step = 0; step < depth; ++step) {
    V row[kTileVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kTileVectors; ++v) row[v] = load(b + v * kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < kTileRows; ++r) {
      const V element = splat(a[r]);
#pragma GCC unroll 4
      for (int v = 0; v < kTileVectors; ++v) sums[r][v] = mulAdd(element, row[v], sums[r][v]);
    }
    a += kTileRows;
    b += kColumns;
  }
  if (usedRows == kTileRows && usedColumns == kColumns) {
#pragma GCC unroll 8
    for (int r = 0; r < kTileRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kTileVectors; ++v) {
        T* const to = c + static_cast<uint64_t>(r) * cStride + v * kLanes;
        store(to, isFirst ? sums[r][v] : load(to) + sums[r][v]);
      }
    }
    return;
  }
  T all[kTileRows * kColumns];
  for (int r = 0; r < kTileRows; ++r) {
    for (int v = 0; v < kTileVectors; ++v) store(all + r * kColumns + v * kLanes, sums[r][v]);
  }
  for (int r = 0; r < usedRows; ++r) {
    T* const to = c + static_cast<uint64_t>(r) * cStride;
    for (int column = 0; column < usedColumns; ++column) {
      const T sum = all[r * kColumns + column];
      to[column] = isFirst ? sum : to[column] + sum;
    }
  }
}

template <class T>
inline constexpr MatmulTile<T> kMatmulTile = {kTileRows, kTileVectors* kTileLanes<T>, multiplyTile<T>};

}  // namespace heddle::HEDDLE_ISA
