// sum, and meanVariance on top of it: block sums in parallel, then added left to right by the caller. The cut into
// blocks is fixed, so the thread count can't show in the result.
#include <cmath>
#include <limits>

#include "base/scratch.h"
#include "kernels/kernel.h"
#include "kernels/sum/sum_simd.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

// Blocks per chunk: 32,768 elements, 5 to 20 us. Up to two chunks the caller is done before a sleeping worker would be
// awake, so it works alone.
constexpr uint64_t kBlocksPerChunk = 8;
constexpr uint64_t kBlocksAlone = 2 * kBlocksPerChunk;
constexpr uint64_t kBlocksOnStack = 64;

/** The contract's sum of all blocks; `sumBlocks(offset, count, sums)` does some whole blocks and the partial last one.
 */
template <class SumBlocks>
Status total(const RunContext& run, uint64_t count, const SumBlocks& sumBlocks, double* result) {
  const uint64_t blocks = (count + kBlock - 1) / kBlock;
  double onStack[kBlocksOnStack];
  Scratch scratch;
  double* const sums = blocks <= kBlocksOnStack ? onStack : scratch.tryArray<double>(blocks);
  if (sums == nullptr) return Status::noMemory();
  const RunContext shared{blocks <= kBlocksAlone ? 1 : run.threads, run.cancel};
  const bool isDone = parallelFor(shared, blocks, kBlocksPerChunk, [&](uint64_t begin, uint64_t end, uint32_t) {
    const uint64_t last = end * kBlock < count ? end * kBlock : count;
    sumBlocks(begin * kBlock, last - begin * kBlock, sums + begin);
  });
  if (!isDone) return Status::cancelled();
  double sum = blocks == 0 ? 0.0 : sums[0];
  for (uint64_t block = 1; block < blocks; ++block) sum += sums[block];
  *result = sum;
  return Status::ok();
}

const void* at(const ArrayArg& x, uint64_t index) { return static_cast<const char*>(x.data) + index * bytesOf(x.type); }

Status plainTotal(const RunContext& run, const ArrayArg& x, double* result) {
  const KernelSet& set = kernelSet();
  return total(
      run, x.length,
      [&](uint64_t offset, uint64_t count, double* sums) { set.blockSums(x.type, at(x, offset), count, sums); },
      result);
}

}  // namespace

Status sumKernel(KernelCall& call) { return plainTotal(call.run, call.arrays[0], &call.results[0]); }

Status meanVarianceKernel(KernelCall& call) {
  const ArrayArg& x = call.arrays[0];
  if (x.length == 0) {
    call.results[0] = call.results[1] = std::numeric_limits<double>::quiet_NaN();
    return Status::ok();
  }
  const double length = static_cast<double>(x.length);
  double sum = 0;
  Status status = plainTotal(call.run, x, &sum);
  if (!status.isOk()) return status;
  const double mean = sum / length;
  const KernelSet& set = kernelSet();
  double squares = 0;
  status = total(
      call.run, x.length,
      [&](uint64_t offset, uint64_t count, double* sums) {
        set.blockSquares(x.type, at(x, offset), count, mean, sums);
      },
      &squares);
  if (!status.isOk()) return status;
  call.results[0] = mean;
  call.results[1] = squares / length;
  return Status::ok();
}

}  // namespace heddle
