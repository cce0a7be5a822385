// Monte Carlo estimate of pi: counts samples inside the quarter circle, block by block; counts are whole numbers, so
// the order of adding doesn't matter. Numbers: samples seed blockStart.
#include <atomic>

#include "kernels/kernel.h"
#include "kernels/monte_carlo/monte_carlo_simd.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

constexpr double kSamplesMax = 1099511627776.0;  // 2^40
constexpr double kBlockStartMax = kSamplesMax;
constexpr double kSeedMax = 4294967295.0;

constexpr uint64_t kBlocksPerChunk = 8;  // 524,288 samples, 0.1 to 1 ms

}  // namespace

Status monteCarloPiKernel(KernelCall& call) {
  uint64_t samples;
  uint64_t seed;
  uint64_t blockStart;
  if (!tryWhole(call.numbers[0], kSamplesMax, &samples) || samples == 0) {
    return Status::wrongRange("samples", "be an integer from 1 to 2^40");
  }
  if (!tryWhole(call.numbers[1], kSeedMax, &seed)) return Status::wrongRange("seed", "be an unsigned 32-bit integer");
  if (!tryWhole(call.numbers[2], kBlockStartMax, &blockStart)) {
    return Status::wrongRange("blockStart", "be an integer from 0 to 2^40");
  }
  const uint64_t blocks = (samples + kMonteCarloBlock - 1) / kMonteCarloBlock;
  const uint64_t lastSamples = samples - (blocks - 1) * kMonteCarloBlock;
  const KernelSet& set = kernelSet();
  // Written by all participants, read by the caller after the region's end, which orders it.
  std::atomic<uint64_t> inside{0};
  const bool isDone = parallelFor(call.run, blocks, kBlocksPerChunk, [&](uint64_t begin, uint64_t end, uint32_t) {
    const uint64_t count = set.monteCarlo(static_cast<uint32_t>(seed), blockStart + begin, end - begin,
                                          end == blocks ? lastSamples : kMonteCarloBlock);
    inside.fetch_add(count, std::memory_order_relaxed);
  });
  if (!isDone) return Status::cancelled();
  call.results[0] = static_cast<double>(inside.load(std::memory_order_relaxed));
  return Status::ok();
}

}  // namespace heddle
