// The smallest and the largest element, as Math.min and Math.max. Each participant keeps those of its chunks: which
// chunks they are changes nothing, because the smallest of all is the smallest in any order.
#include <cmath>
#include <limits>

#include "kernels/kernel.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

constexpr uint64_t kChunk = 1 << 15;  // elements, 5 to 20 us
constexpr uint64_t kElementsAlone = 2 * kChunk;

/** Written by its participant, read by the caller after the region's end, which orders it. */
struct Found {
  bool isAny = false;
  Extremes extremes{};
};

double smallerOf(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  if (a == b) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}

double largerOf(double a, double b) { return -smallerOf(-a, -b); }

void add(Found& found, const Extremes& other) {
  Extremes& own = found.extremes;
  own = found.isAny ? Extremes{smallerOf(own.min, other.min), largerOf(own.max, other.max)} : other;
  found.isAny = true;
}

}  // namespace

Status minMaxKernel(KernelCall& call) {
  const ArrayArg& x = call.arrays[0];
  if (x.length == 0) return Status::wrongRange("x", "have at least one element");
  const KernelSet& set = kernelSet();
  const RunContext run{x.length <= kElementsAlone ? 1 : call.run.threads, call.run.cancel};
  Found found[kThreadsMax + 1];
  const bool isDone = parallelFor(run, x.length, kChunk, [&](uint64_t begin, uint64_t end, uint32_t participant) {
    const char* const from = static_cast<const char*>(x.data) + begin * bytesOf(x.type);
    add(found[participant], set.extremes(x.type, from, end - begin));
  });
  if (!isDone) return Status::cancelled();
  Found all;
  for (uint32_t participant = 0; participant < run.participants; ++participant) {
    if (found[participant].isAny) add(all, found[participant].extremes);
  }
  call.results[0] = all.extremes.min;
  call.results[1] = all.extremes.max;
  return Status::ok();
}

}  // namespace heddle
