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

// What an element adds: itself, or its squared distance from the mean. Works on a vector and on one number.
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

// What a block adds up, a vector's worth or one by one.
template <class T, class Term>
struct TermsOf {
  const T* x;
  Term term;
  HEDDLE_INLINE F64v vectorAt(uint64_t i) const { return term(loadAsF64(x + i)); }
  HEDDLE_INLINE double at(uint64_t i) const { return term(static_cast<double>(x[i])); }
};

/** The sum of the addends begin..begin+count-1, which are one block. */
template <class Addends>
HEDDLE_INLINE double blockSum(const Addends& addends, uint64_t begin, uint64_t count) {
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
      const uint64_t from = begin + row * kSumLanes + static_cast<uint64_t>(lane);
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) sums[v] += addends.vectorAt(from + static_cast<uint64_t>(v) * kF64Lanes);
    }
    for (int v = 0; v < kVectors; ++v) store(lanes + lane + v * kF64Lanes, sums[v]);
  }
  for (uint64_t i = rows * kSumLanes; i < count; ++i) lanes[i % kSumLanes] += addends.at(begin + i);
  for (int width = kSumLanes / 2; width > 0; width /= 2) {
    for (int lane = 0; lane < width; ++lane) lanes[lane] += lanes[lane + width];
  }
  return lanes[0];
}

template <class Addends>
HEDDLE_INLINE void sumsOfBlocks(const Addends& addends, uint64_t count, double* sums) {
  for (uint64_t begin = 0; begin < count; begin += kBlock) {
    *sums++ = blockSum(addends, begin, count - begin < kBlock ? count - begin : kBlock);
  }
}

template <class Term>
HEDDLE_INLINE void sumsByType(ElementType type, const void* x, uint64_t count, Term term, double* sums) {
  switch (type) {
    case ElementType::f64:
      return sumsOfBlocks(TermsOf<double, Term>{static_cast<const double*>(x), term}, count, sums);
    case ElementType::f32:
      return sumsOfBlocks(TermsOf<float, Term>{static_cast<const float*>(x), term}, count, sums);
    case ElementType::i32:
      return sumsOfBlocks(TermsOf<int32_t, Term>{static_cast<const int32_t*>(x), term}, count, sums);
    case ElementType::u32:
      return sumsOfBlocks(TermsOf<uint32_t, Term>{static_cast<const uint32_t*>(x), term}, count, sums);
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
