// Sums of blocks in the order that every instruction set and the JavaScript twin share: in a block of kBlock elements,
// lane l of 64 adds the elements i with i mod 64 == l in ascending order, starting from +0; then the lanes are combined
// by halving. A vector register holds some of the 64 lanes; which ones doesn't change a bit.
#pragma once

#include "kernels/kernel.h"
#include "simd/kernel_set.h"
#include "simd/vec.h"

namespace heddle {

/** Elements per block of a reduction or a floating-point scan. Part of the numeric contract: never changes. */
inline constexpr uint64_t kBlock = 4096;

}  // namespace heddle

namespace heddle::HEDDLE_ISA {

inline constexpr int kSumLanes = 64;

/** Elements as doubles, a vector's worth. */
template <class T>
HEDDLE_INLINE F64v loadAsF64(const T* from) {
  typedef T Half __attribute__((vector_size(sizeof(T) * kF64Lanes), aligned(alignof(T)), may_alias));
  return __builtin_convertvector(*reinterpret_cast<const Half*>(from), F64v);
}
template <>
HEDDLE_INLINE F64v loadAsF64<double>(const double* from) {
  return load(from);
}

// What is added: the element itself, or its squared distance from the mean. Works on a vector and on one number.
struct Itself {
  template <class V>
  HEDDLE_INLINE V operator()(V x) const {
    return x;
  }
};
struct SquaredDistance {
  double mean;
  template <class V>
  HEDDLE_INLINE V operator()(V x) const {
    const V distance = x - mean;
    return distance * distance;
  }
};

template <class T, class Term>
HEDDLE_INLINE double blockSum(const T* x, uint64_t count, Term term) {
  // Eight registers in flight hide the latency of the additions; sets with narrow registers go over the block several
  // times for different lanes, which the first-level cache holds.
  constexpr int kVectors = 8;
  constexpr int kLanesPerPass = kVectors * kF64Lanes;
  static_assert(kSumLanes % kLanesPerPass == 0);
  alignas(64) double lanes[kSumLanes];
  const uint64_t rows = count / kSumLanes;
  for (int lane = 0; lane < kSumLanes; lane += kLanesPerPass) {
    F64v sums[kVectors] = {};
    for (uint64_t row = 0; row < rows; ++row) {
      const T* const from = x + row * kSumLanes + lane;
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) sums[v] += term(loadAsF64(from + v * kF64Lanes));
    }
    for (int v = 0; v < kVectors; ++v) store(lanes + lane + v * kF64Lanes, sums[v]);
  }
  for (uint64_t i = rows * kSumLanes; i < count; ++i) lanes[i % kSumLanes] += term(static_cast<double>(x[i]));
  for (int width = kSumLanes / 2; width > 0; width /= 2) {
    for (int lane = 0; lane < width; ++lane) lanes[lane] += lanes[lane + width];
  }
  return lanes[0];
}

template <class T, class Term>
HEDDLE_INLINE void sumsOfBlocks(const void* data, uint64_t count, Term term, double* sums) {
  const T* const x = static_cast<const T*>(data);
  for (uint64_t begin = 0; begin < count; begin += kBlock) {
    *sums++ = blockSum(x + begin, count - begin < kBlock ? count - begin : kBlock, term);
  }
}

template <class Term>
HEDDLE_INLINE void sumsByType(ElementType type, const void* x, uint64_t count, Term term, double* sums) {
  switch (type) {
    case ElementType::f64:
      return sumsOfBlocks<double>(x, count, term, sums);
    case ElementType::f32:
      return sumsOfBlocks<float>(x, count, term, sums);
    case ElementType::i32:
      return sumsOfBlocks<int32_t>(x, count, term, sums);
    case ElementType::u32:
      return sumsOfBlocks<uint32_t>(x, count, term, sums);
    default:
      return;  // refused by the kernel table
  }
}

inline void blockSums(ElementType type, const void* x, uint64_t count, double* sums) {
  sumsByType(type, x, count, Itself{}, sums);
}

inline void blockSquares(ElementType type, const void* x, uint64_t count, double mean, double* sums) {
  sumsByType(type, x, count, SquaredDistance{mean}, sums);
}

}  // namespace heddle::HEDDLE_ISA
