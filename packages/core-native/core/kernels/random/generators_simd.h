// Random words by blocks: each block has 16 generators (xoshiro128++, Blackman and Vigna) side by side in vector lanes,
// seeded from (seed, block, lane), so a block's words depend on nothing else. Narrow sets need several registers for
// one block. What a kernel draws from a block is its own affair; each kernel has a stream of its own, so that two of
// them with one seed have nothing in common.
#pragma once

#include "simd/kernel_set.h"
#include "simd/vec.h"

namespace heddle {

/** Two constants that tell the streams of one seed apart. Part of the numeric contract: they never change. */
struct Stream {
  uint32_t first;
  uint32_t second;
};

inline constexpr uint32_t kPhi = 0x9e3779b9u;

}  // namespace heddle

namespace heddle::HEDDLE_ISA {

inline constexpr int kGeneratorLanes = 16;
inline constexpr int kRegisters = kGeneratorLanes / kU32Lanes;  // registers that hold one block's lanes

/** The finalizer of MurmurHash3 (Appleby); of one word or of a vector of them. */
template <class W>
HEDDLE_INLINE W mix(W z) {
  z ^= z >> 16;
  z *= 0x85ebca6bu;
  z ^= z >> 13;
  z *= 0xc2b2ae35u;
  return z ^ (z >> 16);
}

/** What all lanes of a block share. */
HEDDLE_INLINE uint32_t stem(uint32_t constant, uint32_t seed, uint64_t block) {
  uint32_t h = mix(seed + constant);
  h = mix(h ^ static_cast<uint32_t>(block));
  return mix((h + kPhi) ^ static_cast<uint32_t>(block >> 32));
}

struct Generators {
  U32v s0[kRegisters], s1[kRegisters], s2[kRegisters], s3[kRegisters];
};

HEDDLE_INLINE void seedGenerators(const Stream& stream, uint32_t seed, uint64_t block, Generators* g) {
  const uint32_t first = stem(stream.first, seed, block) + 0x7f4a7c15u;
  const uint32_t second = stem(stream.second, seed, block) + 0x7f4a7c15u;
  U32v lanes{};
  for (int lane = 0; lane < kU32Lanes; ++lane) lanes[lane] = static_cast<uint32_t>(lane);
  for (int r = 0; r < kRegisters; ++r) {
    const U32v steps = (lanes + static_cast<uint32_t>(r * kU32Lanes)) * kPhi;
    const U32v a = mix(first + steps);
    const U32v b = mix(second + steps);
    g->s0[r] = mix(a + kPhi);
    g->s1[r] = mix(a + 2 * kPhi);
    g->s2[r] = mix(b + kPhi);
    g->s3[r] = mix(b + 2 * kPhi);
    // All zero is the one state that xoshiro never leaves.
    const U32v isZero = (U32v)((g->s0[r] | g->s1[r] | g->s2[r] | g->s3[r]) == 0u);
    g->s0[r] |= isZero & 1u;
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

}  // namespace heddle::HEDDLE_ISA
