// The functions that exist once per instruction set, behind one table of pointers that is chosen once per process.
// Drivers (kernels/*/*.cc) cut the work, call through the table, and are compiled once.
#pragma once

#include <cstdint>

#include "base/simd_level.h"

namespace heddle {

/** One row's part of a picture: counts of `count` pixels from column `column` on. See kernels/mandelbrot. */
struct MandelbrotSpan {
  uint16_t* out;
  uint64_t count;
  uint64_t column;
  double halfWidth;
  double centerX;
  double pixelSize;
  double cy;
  uint32_t maxIter;
};

struct KernelSet {
  SimdLevel level;
  void (*mandelbrot)(const MandelbrotSpan& span);
};

/** The chosen set; the widest that the processor offers unless another one was forced before. Any thread. */
const KernelSet& kernelSet();

/**
 * Chooses the set for the rest of the process. False when this processor, or this build, hasn't got it, or when
 * another one has been chosen before.
 */
bool forceKernelSet(SimdLevel level);

/** Tests only: the set of a level, null when the processor or the build hasn't got it. */
const KernelSet* kernelSetOf(SimdLevel level);

}  // namespace heddle
