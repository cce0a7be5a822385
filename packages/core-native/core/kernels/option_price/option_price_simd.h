// Paths of an asset's value under geometric Brownian motion, a block of them at a time. A step of the block's
// generators gives 32 normal numbers, as randomNormal draws them (kernels/random): one for each of 32 paths that
// advance together from date to date. Payoffs are added in 32 lanes, path p of the block to lane p mod 32, in ascending
// order from +0; then the lanes are combined by halving.
#pragma once

#include "kernels/option_price/exponential_simd.h"
#include "kernels/random/random_normal_simd.h"
#include "simd/kernel_set.h"

namespace heddle {

/** Paths per block. Part of the numeric contract: never changes. */
inline constexpr uint64_t kOptionBlock = 4096;

inline constexpr Stream kOptionStream = {0x9b05688cu, 0x1f83d9abu};

}  // namespace heddle

namespace heddle::HEDDLE_ISA {

inline constexpr int kOptionPaths = NormalPairs<double>::kNumbers;  // that advance together
inline constexpr int kOptionVectors = kOptionPaths / kF64Lanes;

/** Adds up 32 lanes by halving. */
HEDDLE_INLINE double sumOfPaths(const F64v* values) {
  alignas(64) double lanes[kOptionPaths];
  for (int v = 0; v < kOptionVectors; ++v) store(lanes + v * kF64Lanes, values[v]);
  for (int width = kOptionPaths / 2; width > 0; width /= 2) {
    for (int lane = 0; lane < width; ++lane) lanes[lane] += lanes[lane + width];
  }
  return lanes[0];
}

/** What the option pays for an average value, from `count` paths on nothing: these don't take part. */
HEDDLE_INLINE F64v payoffOf(F64v average, const OptionSpan& span, F64v pathNumbers, double count) {
  const F64v gain = span.isPut ? span.strike - average : average - span.strike;
  return (gain > 0.0) & (pathNumbers < count) ? gain : F64v{};
}

inline void optionBlock(const OptionSpan& span, double* sums) {
  Generators g;
  seedGenerators(kOptionStream, span.seed, span.block, &g);
  const NormalPairs<double> draw{0, 1};
  F64v payoffs[kOptionVectors] = {};
  F64v squares[kOptionVectors] = {};
  for (uint64_t path = 0; path < span.paths; path += kOptionPaths) {
    F64v values[kOptionVectors];
    F64v totals[kOptionVectors] = {};
    for (int v = 0; v < kOptionVectors; ++v) values[v] = splat(span.spot);
    for (uint64_t date = 0; date < span.dates; ++date) {
      alignas(64) double normals[kOptionPaths];
      draw(g, normals);
      for (int v = 0; v < kOptionVectors; ++v) {
        values[v] *= exponentialOf(span.drift + span.spread * load(normals + v * kF64Lanes));
        totals[v] += values[v];
      }
    }
    const double left = static_cast<double>(span.paths - path);
    for (int v = 0; v < kOptionVectors; ++v) {
      const F64v numbers = laneNumbers() + static_cast<double>(v * kF64Lanes);
      const F64v payoff = payoffOf(totals[v] * span.perDate, span, numbers, left);
      payoffs[v] += payoff;
      squares[v] += payoff * payoff;
    }
  }
  sums[0] = sumOfPaths(payoffs);
  sums[1] = sumOfPaths(squares);
}

}  // namespace heddle::HEDDLE_ISA
