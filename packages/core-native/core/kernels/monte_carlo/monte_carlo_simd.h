// Samples of blocks: sample s of a block is the next word of its lane s mod 16 (kernels/random); the word's two halves
// are a point of a 65,536 x 65,536 grid. Wide sets take several blocks at once: the generator's steps wait for each
// other, and the others fill the wait.
#pragma once

#include "kernels/random/generators_simd.h"
#include "simd/kernel_set.h"
#include "simd/vec.h"

namespace heddle {

/** Samples per block. Part of the numeric contract: never changes. */
inline constexpr uint64_t kMonteCarloBlock = 65536;

inline constexpr Stream kMonteCarloStream = {kPhi, 0x6c62272eu};

}  // namespace heddle

namespace heddle::HEDDLE_ISA {

/** counts + 1 in the lanes whose point lies inside: i(i+1) + j(j+1) < 2^32, that is, the addition doesn't carry. */
HEDDLE_INLINE U32v countInside(U32v random, U32v counts) {
  const U32v i = random >> 16;
  const U32v j = random & 0xffffu;
  const U32v a = i * i + i;
  const U32v sum = a + (j * j + j);
#if defined(__AVX512F__)
  const __mmask16 isInside = _mm512_cmpge_epu32_mask((__m512i)sum, (__m512i)a);
  return (U32v)_mm512_mask_add_epi32((__m512i)counts, isInside, (__m512i)counts, _mm512_set1_epi32(1));
#else
  return counts - (U32v)(sum >= a);
#endif
}

template <int kBlocks>
HEDDLE_INLINE uint64_t insideOfBlocks(uint32_t seed, uint64_t first, uint64_t samples) {
  Generators generators[kBlocks];
  U32v counts[kBlocks][kRegisters] = {};
  for (int b = 0; b < kBlocks; ++b) {
    seedGenerators(kMonteCarloStream, seed, first + static_cast<uint64_t>(b), &generators[b]);
  }
  for (uint64_t step = 0; step < samples / kGeneratorLanes; ++step) {
#pragma GCC unroll 4
    for (int b = 0; b < kBlocks; ++b) {
#pragma GCC unroll 4
      for (int r = 0; r < kRegisters; ++r) counts[b][r] = countInside(next(generators[b], r), counts[b][r]);
    }
  }
  uint64_t inside = 0;
  for (int b = 0; b < kBlocks; ++b) {
    for (int r = 0; r < kRegisters; ++r) {
      const U32v rest = countInside(next(generators[b], r), U32v{});
      for (int lane = 0; lane < kU32Lanes; ++lane) {
        inside += counts[b][r][lane];
        if (static_cast<uint64_t>(r * kU32Lanes + lane) < samples % kGeneratorLanes) inside += rest[lane];
      }
    }
  }
  return inside;
}

inline uint64_t monteCarloBlocks(uint32_t seed, uint64_t first, uint64_t blocks, uint64_t lastSamples) {
#if defined(__AVX512F__)
  constexpr int kAtOnce = 4;
#else
  constexpr int kAtOnce = 1;
#endif
  uint64_t inside = 0;
  uint64_t block = 0;
  for (; block + kAtOnce < blocks; block += kAtOnce) {
    inside += insideOfBlocks<kAtOnce>(seed, first + block, kMonteCarloBlock);
  }
  for (; block < blocks; ++block) {
    inside += insideOfBlocks<1>(seed, first + block, block + 1 == blocks ? lastSamples : kMonteCarloBlock);
  }
  return inside;
}

}  // namespace heddle::HEDDLE_ISA
