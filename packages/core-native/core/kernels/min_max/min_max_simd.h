// The smallest and the largest of some elements, as Math.min and Math.max have them: NaN before everything, -0 below
// +0. The registers compare only, which passes over NaN and takes both zeros for equal; beside that they note whether a
// NaN came by, and which signs. Both are enough at the end: where the smallest is a zero, no element but a -0 has a
// sign, and where the largest is one, no element but a +0 has none.
#pragma once

#include <type_traits>

#include "kernels/kernel.h"
#include "simd/kernel_set.h"
#include "simd/vec.h"

namespace heddle::HEDDLE_ISA {

template <class T>
HEDDLE_INLINE Extremes extremesOf(const T* x, uint64_t count) {
  // The bits of an element as an integer, to collect signs and NaNs in; of no use for integers.
  using Word = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  using V = typename VecOf<T>::Type;
  using Bits = typename VecOf<Word>::Type;
  constexpr uint64_t kVectors = 4;  // in turn, because a comparison waits for the one before
  constexpr uint64_t kLanes = kVecBytes / sizeof(T);
  constexpr bool isFloat = std::is_floating_point_v<T>;
  constexpr Word kSign = Word{1} << (8 * sizeof(Word) - 1);

  T min = x[0];
  T max = x[0];
  Word anySigns = 0;
  Word allSigns = kSign;
  bool hasNan = false;
  uint64_t i = 0;
  if (count >= kVectors * kLanes) {
    V mins[kVectors];
    V maxs[kVectors];
    Bits any[kVectors] = {};
    Bits all[kVectors];
    Bits nans[kVectors] = {};
    for (uint64_t v = 0; v < kVectors; ++v) {
      mins[v] = maxs[v] = load(x + v * kLanes);
      all[v] = ~Bits{};
    }
    for (; i + kVectors * kLanes <= count; i += kVectors * kLanes) {
#pragma GCC unroll 4
      for (uint64_t v = 0; v < kVectors; ++v) {
        const V value = load(x + i + v * kLanes);
        mins[v] = value < mins[v] ? value : mins[v];
        maxs[v] = value > maxs[v] ? value : maxs[v];
        if constexpr (isFloat) {
          any[v] |= (Bits)value;
          all[v] &= (Bits)value;
          nans[v] |= (Bits)(value != value);
        }
      }
    }
    for (uint64_t v = 0; v < kVectors; ++v) {
      for (uint64_t lane = 0; lane < kLanes; ++lane) {
        min = mins[v][lane] < min ? mins[v][lane] : min;
        max = maxs[v][lane] > max ? maxs[v][lane] : max;
        anySigns |= any[v][lane] & kSign;
        allSigns &= all[v][lane];
        hasNan |= nans[v][lane] != 0;
      }
    }
  }
  for (; i < count; ++i) {
    min = x[i] < min ? x[i] : min;
    max = x[i] > max ? x[i] : max;
    if constexpr (isFloat) {
      const Word sign = __builtin_signbit(x[i]) ? kSign : 0;
      anySigns |= sign;
      allSigns &= sign;
      hasNan |= x[i] != x[i];
    }
  }
  if constexpr (isFloat) {
    if (hasNan) return {__builtin_nan(""), __builtin_nan("")};
    if (min == 0) min = anySigns != 0 ? -T{0} : T{0};
    if (max == 0) max = allSigns != 0 ? -T{0} : T{0};
  }
  return {static_cast<double>(min), static_cast<double>(max)};
}

inline Extremes extremes(ElementType type, const void* x, uint64_t count) {
  switch (type) {
    case ElementType::f64:
      return extremesOf(static_cast<const double*>(x), count);
    case ElementType::f32:
      return extremesOf(static_cast<const float*>(x), count);
    case ElementType::i32:
      return extremesOf(static_cast<const int32_t*>(x), count);
    default:
      return extremesOf(static_cast<const uint32_t*>(x), count);
  }
}

}  // namespace heddle::HEDDLE_ISA
