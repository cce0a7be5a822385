// Escape counts of one span of a row. One lane per pixel, several vectors in turn so that the chain of one point's
// steps (add, multiply, add: about 12 cycles) leaves no unit idle. A lane keeps computing after its point escaped, its
// count doesn't; the group ends when all have escaped, looked at every few steps because the look costs a step.
#pragma once

#include "simd/kernel_set.h"
#include "simd/vec.h"

namespace heddle::HEDDLE_ISA {

inline void mandelbrotSpan(const MandelbrotSpan& span) {
  constexpr int kVectors = 4;
  constexpr int kGroup = kVectors * kF64Lanes;
  constexpr uint32_t kStepsPerLook = 8;
  const F64v four = splat(4.0);
  const F64v cy = splat(span.cy);
  for (uint64_t first = 0; first < span.count; first += kGroup) {
    F64v cx[kVectors];
    F64v x[kVectors];
    F64v y[kVectors];
    I64v counts[kVectors];
    MaskF64 active[kVectors];
    for (int v = 0; v < kVectors; ++v) {
      // Columns are whole numbers below 2^53, so their sum is exact in any order.
      const F64v column =
          laneNumbers() + static_cast<double>(span.column + first + static_cast<uint64_t>(v) * kF64Lanes);
      cx[v] = span.centerX + (column - span.halfWidth + 0.5) * span.pixelSize;
      x[v] = y[v] = F64v{};
      counts[v] = I64v{};
      active[v] = fullMask();
    }
    for (uint32_t n = 0; n < span.maxIter;) {
      const uint32_t steps = span.maxIter - n < kStepsPerLook ? span.maxIter - n : kStepsPerLook;
      for (uint32_t step = 0; step < steps; ++step) {
        for (int v = 0; v < kVectors; ++v) {
          const F64v xx = x[v] * x[v];
          const F64v yy = y[v] * y[v];
          active[v] = andNotGreater(active[v], xx + yy, four);
          counts[v] = countIn(active[v], counts[v]);
          y[v] = (x[v] + x[v]) * y[v] + cy;
          x[v] = (xx - yy) + cx[v];
        }
      }
      n += steps;
      MaskF64 any = active[0];
      for (int v = 1; v < kVectors; ++v) any |= active[v];
      if (!isAny(any)) break;
    }
    for (int i = 0; i < kGroup && first + static_cast<uint64_t>(i) < span.count; ++i) {
      span.out[first + static_cast<uint64_t>(i)] = static_cast<uint16_t>(counts[i / kF64Lanes][i % kF64Lanes]);
    }
  }
}

}  // namespace heddle::HEDDLE_ISA
