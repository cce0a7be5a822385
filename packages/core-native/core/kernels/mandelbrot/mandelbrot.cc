// Cuts the rows into spans and hands them out one by one: rows through the set cost far more than rows beside it.
// Numbers: width height centerX centerY pixelSize maxIter rowStart rowCount.
#include <algorithm>
#include <cmath>

#include "kernels/kernel.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

constexpr double kSideMax = 1 << 20;
constexpr double kIterationsMax = 65535;

// Iterations at most in one span: about 1 ms with the widest set, 5 ms with the narrowest. A hand-out costs 0.1 us, and
// a cancelled call stops after the spans in hand.
constexpr uint64_t kSpanIterations = 1 << 22;
constexpr uint64_t kSpanPixelsMin = 64;

}  // namespace

Status mandelbrotKernel(KernelCall& call) {
  uint64_t width;
  uint64_t height;
  uint64_t maxIter;
  uint64_t rowStart;
  uint64_t rowCount;
  const double centerX = call.numbers[2];
  const double centerY = call.numbers[3];
  const double pixelSize = call.numbers[4];
  if (!tryWhole(call.numbers[0], kSideMax, &width)) return Status::wrongRange("width", "be an integer from 0 to 2^20");
  if (!tryWhole(call.numbers[1], kSideMax, &height))
    return Status::wrongRange("height", "be an integer from 0 to 2^20");
  if (!std::isfinite(centerX)) return Status::wrongRange("centerX", "be finite");
  if (!std::isfinite(centerY)) return Status::wrongRange("centerY", "be finite");
  if (!std::isfinite(pixelSize)) return Status::wrongRange("pixelSize", "be finite");
  if (!tryWhole(call.numbers[5], kIterationsMax, &maxIter) || maxIter == 0) {
    return Status::wrongRange("maxIter", "be an integer from 1 to 65535");
  }
  if (!tryWhole(call.numbers[6], call.numbers[1], &rowStart)) return Status::wrongRange("rowStart", "be a row");
  if (!tryWhole(call.numbers[7], static_cast<double>(height - rowStart), &rowCount)) {
    return Status::wrongRange("rowCount", "end within the picture");
  }
  if (call.arrays[0].length != width * rowCount) return Status::wrongRange("out", "have width * rowCount elements");
  if (width == 0 || rowCount == 0) return Status::ok();

  uint16_t* const out = call.arrays[0].as<uint16_t>();
  const KernelSet& set = kernelSet();
  const uint64_t spanPixels = std::max(kSpanPixelsMin, kSpanIterations / maxIter);
  const uint64_t spansPerRow = (width + spanPixels - 1) / spanPixels;
  // Small pictures, few iterations: several rows per chunk, but enough chunks that the last one is a small part.
  const uint64_t rowsPerSpan = std::min(spanPixels / width, rowCount / 64);
  const uint64_t grain = std::max<uint64_t>(1, rowsPerSpan);
  const bool isDone = parallelFor(call.run, rowCount * spansPerRow, grain, [&](uint64_t begin, uint64_t end, uint32_t) {
    for (uint64_t index = begin; index < end; ++index) {
      const uint64_t row = index / spansPerRow;
      const uint64_t column = index % spansPerRow * spanPixels;
      const double py = static_cast<double>(rowStart + row);
      const double cy = centerY - (py - static_cast<double>(height) / 2 + 0.5) * pixelSize;
      set.mandelbrot({out + row * width + column, std::min(spanPixels, width - column), column,
                      static_cast<double>(width) / 2, centerX, pixelSize, cy, static_cast<uint32_t>(maxIter)});
    }
  });
  return isDone ? Status::ok() : Status::cancelled();
}

}  // namespace heddle
