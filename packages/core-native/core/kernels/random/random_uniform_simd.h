// Uniform numbers in [0, 1): a step of a block's generators gives 16 numbers, in the order of their lanes. A double
// takes two words of its lane, 27 bits of the first above 26 of the second; a float takes 24 bits of one. Everything
// is exact.
#pragma once

#include "kernels/kernel.h"
#include "kernels/random/generators_simd.h"
#include "kernels/random/random_blocks_simd.h"
#include "kernels/sum/sum_simd.h"

namespace heddle {

inline constexpr Stream kUniformStream = {0xbb67ae85u, 0x3c6ef372u};

}  // namespace heddle

namespace heddle::HEDDLE_ISA {

struct UniformDoubles {
  static constexpr int kNumbers = kGeneratorLanes;
  HEDDLE_INLINE void operator()(Generators& g, double* out) const {
    alignas(64) int32_t high[kGeneratorLanes];
    alignas(64) int32_t low[kGeneratorLanes];
#pragma GCC unroll 4
    for (int r = 0; r < kRegisters; ++r) {
      store(high + r * kU32Lanes, (I32v)(next(g, r) >> 5));
      store(low + r * kU32Lanes, (I32v)(next(g, r) >> 6));
    }
#pragma GCC unroll 8
    for (int lane = 0; lane < kGeneratorLanes; lane += kF64Lanes) {
      store(out + lane, (loadAsF64(high + lane) * 0x1p26 + loadAsF64(low + lane)) * 0x1p-53);
    }
  }
};

struct UniformFloats {
  static constexpr int kNumbers = kGeneratorLanes;
  HEDDLE_INLINE void operator()(Generators& g, float* out) const {
#pragma GCC unroll 4
    for (int r = 0; r < kRegisters; ++r) {
      store(out + r * kU32Lanes, __builtin_convertvector((I32v)(next(g, r) >> 8), F32v) * 0x1p-24f);
    }
  }
};

inline void randomUniform(const RandomSpan& span) {
  if (span.type == ElementType::f64) return fillBlocks<double>(span, kUniformStream, UniformDoubles{});
  fillBlocks<float>(span, kUniformStream, UniformFloats{});
}

}  // namespace heddle::HEDDLE_ISA
