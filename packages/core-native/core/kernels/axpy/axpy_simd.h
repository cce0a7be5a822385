// y = a * x + y, element by element, in the elements' own type: the product is rounded, then the sum.
#pragma once

#include "kernels/kernel.h"
#include "simd/kernel_set.h"
#include "simd/vec.h"

namespace heddle::HEDDLE_ISA {

template <class T>
HEDDLE_INLINE void addMultiple(T a, const T* x, T* y, uint64_t count) {
  constexpr uint64_t kVectors = 4;
  constexpr uint64_t kLanes = kVecBytes / sizeof(T);
  const auto factor = splat(a);
  uint64_t i = 0;
  for (; i + kVectors * kLanes <= count; i += kVectors * kLanes) {
#pragma GCC unroll 4
    for (uint64_t v = 0; v < kVectors; ++v) {
      const uint64_t at = i + v * kLanes;
      store(y + at, factor * load(x + at) + load(y + at));
    }
  }
  for (; i < count; ++i) y[i] = a * x[i] + y[i];
}

inline void axpy(ElementType type, double a, const void* x, void* y, uint64_t count) {
  switch (type) {
    case ElementType::f64:
      return addMultiple(a, static_cast<const double*>(x), static_cast<double*>(y), count);
    case ElementType::f32:
      return addMultiple(static_cast<float>(a), static_cast<const float*>(x), static_cast<float*>(y), count);
    default:
      return;  // refused by the kernel table
  }
}

}  // namespace heddle::HEDDLE_ISA
