// Dot products of blocks, in the order of sums (kernels/sum): what a place adds is the product of its two elements as
// doubles, rounded before it is added. The product of two floats is exact in double.
#pragma once

#include "kernels/sum/sum_simd.h"

namespace heddle::HEDDLE_ISA {

template <class T>
struct ProductsOf {
  const T* x;
  const T* y;
  HEDDLE_INLINE F64v vectorAt(uint64_t i) const { return loadAsF64(x + i) * loadAsF64(y + i); }
  HEDDLE_INLINE double at(uint64_t i) const { return static_cast<double>(x[i]) * static_cast<double>(y[i]); }
};

inline void blockDots(ElementType type, const void* x, const void* y, uint64_t count, double* sums) {
  switch (type) {
    case ElementType::f64:
      return sumsOfBlocks(ProductsOf<double>{static_cast<const double*>(x), static_cast<const double*>(y)}, count,
                          sums);
    case ElementType::f32:
      return sumsOfBlocks(ProductsOf<float>{static_cast<const float*>(x), static_cast<const float*>(y)}, count, sums);
    default:
      return;  // refused by the kernel table
  }
}

}  // namespace heddle::HEDDLE_ISA
