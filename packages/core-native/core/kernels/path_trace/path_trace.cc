// Packs the spheres for the search by vectors, cuts the rows into spans of pixels and hands them out one by one: rows
// of glass cost far more than rows of sky. Numbers: width height samples seed rowStart rowCount.
#include <algorithm>
#include <cmath>

#include "kernels/kernel.h"
#include "kernels/path_trace/path_trace_simd.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

constexpr double kSideMax = 32768;
constexpr double kSamplesMax = 4096;
constexpr double kSeedMax = 4294967295.0;
constexpr uint64_t kSpheresMax = 4096;
constexpr uint64_t kViewLength = 16;  // from, to, up, viewHeight, horizon, zenith

// Paths in one span times what a surface costs, in looks at a sphere: some 0.5 ms where paths meet three surfaces. A
// hand-out costs 0.1 us, and a cancelled call stops after the spans in hand.
constexpr uint64_t kSpanLooks = 1 << 17;
constexpr uint64_t kSpanPixelsMin = 16;   // as many as the widest set has lanes for
constexpr uint64_t kSurfaceSpheres = 16;  // what else a surface costs

struct Triple {
  double x, y, z;
};

Triple unitOf(Triple a) {
  const double length = std::sqrt(a.x * a.x + a.y * a.y + a.z * a.z);
  return {a.x / length, a.y / length, a.z / length};
}

Triple crossOf(Triple a, Triple b) { return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x}; }

void put(double* to, Triple from) {
  to[0] = from.x;
  to[1] = from.y;
  to[2] = from.z;
}

/** The camera's axes and the sky, of `view`. */
void readView(const double* view, TraceSpan* span) {
  const Triple ahead = unitOf({view[3] - view[0], view[4] - view[1], view[5] - view[2]});
  const Triple right = unitOf(crossOf(ahead, {view[6], view[7], view[8]}));
  std::copy(view, view + 3, span->from);
  put(span->ahead, ahead);
  put(span->right, right);
  put(span->above, crossOf(right, ahead));
  std::copy(view + 10, view + 13, span->horizon);
  std::copy(view + 13, view + 16, span->zenith);
}

}  // namespace

Status pathTraceKernel(KernelCall& call) {
  const ArrayArg& spheres = call.arrays[0];
  const ArrayArg& view = call.arrays[1];
  const ArrayArg& out = call.arrays[2];
  uint64_t width;
  uint64_t height;
  uint64_t samples;
  uint64_t seed;
  uint64_t rowStart;
  uint64_t rowCount;
  if (!tryWhole(call.numbers[0], kSideMax, &width)) return Status::wrongRange("width", "be an integer from 0 to 32768");
  if (!tryWhole(call.numbers[1], kSideMax, &height)) {
    return Status::wrongRange("height", "be an integer from 0 to 32768");
  }
  if (!tryWhole(call.numbers[2], kSamplesMax, &samples) || samples == 0) {
    return Status::wrongRange("samples", "be an integer from 1 to 4096");
  }
  if (!tryWhole(call.numbers[3], kSeedMax, &seed)) return Status::wrongRange("seed", "be an unsigned 32-bit integer");
  if (!tryWhole(call.numbers[4], call.numbers[1], &rowStart)) return Status::wrongRange("rowStart", "be a row");
  if (!tryWhole(call.numbers[5], static_cast<double>(height - rowStart), &rowCount)) {
    return Status::wrongRange("rowCount", "end within the picture");
  }
  const uint64_t count = spheres.length / kSphereFields;
  if (spheres.length % kSphereFields != 0 || count > kSpheresMax) {
    return Status::wrongRange("spheres", "have nine elements per sphere, of at most 4096");
  }
  if (view.length != kViewLength) return Status::wrongRange("view", "have 16 elements");
  if (out.length != 3 * width * rowCount) return Status::wrongRange("out", "have 3 * width * rowCount elements");
  if (overlaps(out, spheres)) return Status::wrongRange("out", "share no byte with spheres");
  if (overlaps(out, view)) return Status::wrongRange("out", "share no byte with view");
  if (width == 0 || rowCount == 0) return Status::ok();

  TraceSpan all{};
  all.spheres = spheres.as<double>();
  all.sphereCount = count;
  readView(view.as<double>(), &all);
  all.width = width;
  all.halfWidth = static_cast<double>(width) / 2;
  all.halfHeight = static_cast<double>(height) / 2;
  all.step = view.as<double>()[9] / static_cast<double>(height);
  all.samples = static_cast<uint32_t>(samples);
  all.seed = static_cast<uint32_t>(seed);

  float* const picture = out.as<float>();
  const KernelSet& set = kernelSet();
  const uint64_t spanPixels = std::max(kSpanPixelsMin, kSpanLooks / (samples * (count + kSurfaceSpheres)));
  const uint64_t spansPerRow = (width + spanPixels - 1) / spanPixels;
  // Small pictures, few paths: several rows per chunk, but enough chunks that the last one is a small part.
  const uint64_t grain = std::max<uint64_t>(1, std::min(spanPixels / width, rowCount / 64));
  const bool isDone = parallelFor(call.run, rowCount * spansPerRow, grain, [&](uint64_t begin, uint64_t end, uint32_t) {
    TraceSpan span = all;
    for (uint64_t index = begin; index < end; ++index) {
      const uint64_t row = index / spansPerRow;
      span.row = rowStart + row;
      span.column = index % spansPerRow * spanPixels;
      span.count = std::min(spanPixels, width - span.column);
      span.out = picture + 3 * (row * width + span.column);
      set.traceSpan(span);
    }
  });
  return isDone ? Status::ok() : Status::cancelled();
}

}  // namespace heddle
