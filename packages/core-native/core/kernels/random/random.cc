// Random numbers by blocks, each with streams of its own: which thread makes a block changes nothing.
// Numbers: seed blockStart, and for normal ones mean deviation.
#include <cmath>

#include "kernels/kernel.h"
#include "kernels/random/random_blocks_simd.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

constexpr double kSeedMax = 4294967295.0;
constexpr double kBlockStartMax = 1099511627776.0;  // 2^40

// Blocks per chunk, 10 to 50 us. Up to two chunks the caller is done before a sleeping worker would be awake.
constexpr uint64_t kUniformBlocks = 8;
constexpr uint64_t kNormalBlocks = 2;

Status fill(const KernelCall& call, void (*draw)(const RandomSpan& span), uint64_t grain, double mean,
            double deviation) {
  const ArrayArg& out = call.arrays[0];
  uint64_t seed;
  uint64_t blockStart;
  if (!tryWhole(call.numbers[0], kSeedMax, &seed)) return Status::wrongRange("seed", "be an unsigned 32-bit integer");
  if (!tryWhole(call.numbers[1], kBlockStartMax, &blockStart)) {
    return Status::wrongRange("blockStart", "be an integer from 0 to 2^40");
  }
  const uint64_t blocks = (out.length + kRandomBlock - 1) / kRandomBlock;
  const RunContext run{blocks <= 2 * grain ? 1 : call.run.threads, call.run.cancel};
  const bool isDone = parallelFor(run, blocks, grain, [&](uint64_t begin, uint64_t end, uint32_t) {
    const uint64_t first = begin * kRandomBlock;
    const uint64_t last = end == blocks ? out.length : end * kRandomBlock;
    draw({out.type, static_cast<char*>(out.data) + first * bytesOf(out.type), last - first, static_cast<uint32_t>(seed),
          blockStart + begin, mean, deviation});
  });
  return isDone ? Status::ok() : Status::cancelled();
}

}  // namespace

Status randomUniformKernel(KernelCall& call) { return fill(call, kernelSet().randomUniform, kUniformBlocks, 0, 0); }

Status randomNormalKernel(KernelCall& call) {
  const double mean = call.numbers[2];
  const double deviation = call.numbers[3];
  if (!std::isfinite(mean)) return Status::wrongRange("mean", "be finite");
  if (!std::isfinite(deviation) || deviation < 0) return Status::wrongRange("deviation", "be finite and not negative");
  return fill(call, kernelSet().randomNormal, kNormalBlocks, mean, deviation);
}

}  // namespace heddle
