// All-pairs accelerations. Numbers: softening isFast bodyStart bodyCount.
#include <algorithm>
#include <cmath>

#include "kernels/kernel.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

constexpr double kBodiesMax = 1 << 30;

// Pairs per chunk: about 0.5 ms at 2 pairs per ns. A group of lanes is the least that can be handed out.
constexpr uint64_t kPairsPerChunk = 1 << 20;
constexpr uint64_t kBodiesPerChunkMin = 32;
constexpr uint64_t kPairsAlone = 1 << 15;

/** Whether every squared distance lies where the fast form keeps its bound. Depends on all bodies, not on the span. */
bool canBeFast(const KernelSet& set, const double* positions, uint64_t n, double softening2) {
  if (softening2 < set.nbodyFastMin) return false;
  double most = softening2;
  for (int axis = 0; axis < 3; ++axis) {
    double low = positions[axis];
    double high = low;
    double mark = 0;  // NaN as soon as one coordinate is NaN or infinite
    for (uint64_t i = 0; i < n; ++i) {
      const double at = positions[3 * i + static_cast<uint64_t>(axis)];
      low = std::min(low, at);
      high = std::max(high, at);
      mark += at * 0;
    }
    most += (high - low) * (high - low) + mark;
  }
  return most <= set.nbodyFastMax;
}

}  // namespace

Status nbodyAccelerationsKernel(KernelCall& call) {
  const ArrayArg& positions = call.arrays[0];
  const ArrayArg& masses = call.arrays[1];
  const ArrayArg& out = call.arrays[2];
  const uint64_t n = masses.length;
  const double softening = call.numbers[0];
  uint64_t isFast;
  uint64_t bodyStart;
  uint64_t bodyCount;
  if (static_cast<double>(n) > kBodiesMax) return Status::wrongRange("masses", "have at most 2^30 elements");
  if (positions.length != 3 * n) return Status::wrongRange("positions", "have three elements per mass");
  if (!std::isfinite(softening) || softening < 0) return Status::wrongRange("softening", "be finite and not negative");
  if (!tryWhole(call.numbers[1], 1, &isFast)) return Status::wrongRange("isFast", "be 0 or 1");
  if (!tryWhole(call.numbers[2], static_cast<double>(n), &bodyStart)) {
    return Status::wrongRange("bodyStart", "be a body's number");
  }
  if (!tryWhole(call.numbers[3], static_cast<double>(n - bodyStart), &bodyCount)) {
    return Status::wrongRange("bodyCount", "end within the bodies");
  }
  if (out.length != 3 * bodyCount) return Status::wrongRange("out", "have three elements per accelerated body");
  if (overlaps(out, positions)) return Status::wrongRange("out", "share no byte with positions");
  if (overlaps(out, masses)) return Status::wrongRange("out", "share no byte with masses");
  if (bodyCount == 0) return Status::ok();

  const KernelSet& set = kernelSet();
  const double softening2 = softening * softening;
  const double* const at = positions.as<double>();
  const auto accelerate = isFast == 1 && canBeFast(set, at, n, softening2) ? set.nbodyFast : set.nbodyExact;
  // Whole groups of lanes, but enough chunks that the last one is a small part.
  const uint64_t byWork = std::min(kPairsPerChunk / n, bodyCount / 16);
  const uint64_t grain = std::max<uint64_t>(1, byWork / kBodiesPerChunkMin) * kBodiesPerChunkMin;
  const RunContext run{bodyCount * n <= kPairsAlone ? 1 : call.run.threads, call.run.cancel};
  const bool isDone = parallelFor(run, bodyCount, grain, [&](uint64_t begin, uint64_t end, uint32_t) {
    accelerate({at, masses.as<double>(), n, softening2, bodyStart + begin, end - begin, out.as<double>() + 3 * begin});
  });
  return isDone ? Status::ok() : Status::cancelled();
}

}  // namespace heddle
