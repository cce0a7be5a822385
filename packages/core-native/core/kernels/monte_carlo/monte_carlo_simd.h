// Samples of blocks: each block has 16 generators (xoshiro128++, Blackman and Vigna) side by side in vector lanes,
// seeded from (seed, block, lane), so a block's samples depend on nothing else. Sample s of a block is the next output
// of lane s mod 16; its two halves are a point of a 65,536 x 65,536 grid. Narrow sets need several registers for one
// block; wide ones take several blocks at once: the generator's steps wait for each other, and the others fill the
// wait.
#pragma once

#include "simd/kernel_set.h"
#include "simd/vec.h"

namespace heddle {

/** Samples per block. Part of the numeric contract: never changes. */
inline constexpr uint64_t kMonteCarloBlock = 65536;

}  // namespace heddle

namespace heddle::HEDDLE_ISA {

inline constexpr int kGeneratorLanes = 16;
inline constexpr int kRegisters = kGeneratorLanes / kU32Lanes;  // registers that hold one block's lanes

HEDDLE_INLINE uint32_t mix(uint32_t z) {
  z ^= z >> 16;
  z *= 0x85ebca6bu;
  z ^= z >> 13;
  z *= 0xc2b2ae35u;
  return z ^ (z >> 16);
}

inline constexpr uint32_t kPhi = 0x9e3779b9u;

HEDDLE_INLINE uint32_t chain(uint32_t constant, uint32_t seed, uint64_t block, uint32_t lane) {
  uint32_t h = mix(seed + constant);
  h = mix(h ^ static_cast<uint32_t>(block));
  h = mix((h + kPhi) ^ static_cast<uint32_t>(block >> 32));
  return mix(h + lane * kPhi + 0x7f4a7c15u);
}

struct Generators {
  U32v s0[kRegisters], s1[kRegisters], s2[kRegisters], s3[kRegisters];
};

HEDDLE_INLINE void seedGenerators(uint32_t seed, uint64_t block, Generators* g) {
  for (int lane = 0; lane < kGeneratorLanes; ++lane) {
    const uint32_t a = chain(kPhi, seed, block, static_cast<uint32_t>(lane));
    const uint32_t b = chain(0x6c62272eu, seed, block, static_cast<uint32_t>(lane));
    const uint32_t s0 = mix(a + kPhi);
    const uint32_t s1 = mix(a + 2 * kPhi);
    const uint32_t s2 = mix(b + kPhi);
    const uint32_t s3 = mix(b + 2 * kPhi);
    const int r = lane / kU32Lanes;
    const int at = lane % kU32Lanes;
    g->s0[r][at] = (s0 | s1 | s2 | s3) == 0 ? 1 : s0;  // all zero is the one state that xoshiro never leaves
    g->s1[r][at] = s1;
    g->s2[r][at] = s2;
    g->s3[r][at] = s3;
  }
}

HEDDLE_INLINE U32v rotateLeft(U32v x, int by) { return (x << by) | (x >> (32 - by)); }

HEDDLE_INLINE U32v next(Generators& g, int r) {
  const U32v out = rotateLeft(g.s0[r] + g.s3[r], 7) + g.s0[r];
  const U32v t = g.s1[r] << 9;
  g.s2[r] ^= g.s0[r];
  g.s3[r] ^= g.s1[r];
  g.s1[r] ^= g.s2[r];
  g.s0[r] ^= g.s3[r];
  g.s2[r] ^= t;
  g.s3[r] = rotateLeft(g.s3[r], 11);
  return out;
}

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
  for (int b = 0; b < kBlocks; ++b) seedGenerators(seed, first + static_cast<uint64_t>(b), &generators[b]);
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
