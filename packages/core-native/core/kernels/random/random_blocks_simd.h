// Fills an array with the random numbers of consecutive blocks, a step of a block's generators at a time. `Draw` makes
// the kNumbers numbers of one step.
#pragma once

#include "kernels/random/generators_simd.h"
#include "simd/kernel_set.h"

namespace heddle {

/** Numbers per block. Part of the numeric contract: never changes. */
inline constexpr uint64_t kRandomBlock = 4096;

}  // namespace heddle

namespace heddle::HEDDLE_ISA {

template <class T, class Draw>
HEDDLE_INLINE void fillBlocks(const RandomSpan& span, const Stream& stream, const Draw& draw) {
  constexpr uint64_t kStep = Draw::kNumbers;
  static_assert(kRandomBlock % kStep == 0);
  T* out = static_cast<T*>(span.out);
  T* const end = out + span.count;
  for (uint64_t block = span.block; out < end; ++block) {
    Generators g;
    seedGenerators(stream, span.seed, block, &g);
    const uint64_t left = static_cast<uint64_t>(end - out);
    const uint64_t count = left < kRandomBlock ? left : kRandomBlock;
    for (uint64_t i = 0; i + kStep <= count; i += kStep) draw(g, out + i);
    const uint64_t rest = count % kStep;
    if (rest != 0) {
      T numbers[kStep];
      draw(g, numbers);
      for (uint64_t i = 0; i < rest; ++i) out[count - rest + i] = numbers[i];
    }
    out += count;
  }
}

}  // namespace heddle::HEDDLE_ISA
