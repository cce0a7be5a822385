// Block sums in parallel, then added left to right by the caller: what sum, meanVariance and dot share. The cut into
// blocks is fixed, so the thread count can't show in the result.
#pragma once

#include "base/scratch.h"
#include "kernels/kernel.h"
#include "kernels/sum/sum_simd.h"

namespace heddle {

// Blocks per chunk: 32,768 elements, 5 to 20 us. Up to two chunks the caller is done before a sleeping worker would be
// awake, so it works alone.
inline constexpr uint64_t kBlocksPerChunk = 8;
inline constexpr uint64_t kBlocksAlone = 2 * kBlocksPerChunk;
inline constexpr uint64_t kBlocksOnStack = 64;

/** The contract's sum of all blocks; `sumBlocks(offset, count, sums)` does some whole blocks and the partial last one.
 */
template <class SumBlocks>
Status blockTotal(const RunContext& run, uint64_t count, const SumBlocks& sumBlocks, double* result) {
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

/** Where element `index` of the array lies. */
inline const void* elementAt(const ArrayArg& x, uint64_t index) {
  return static_cast<const char*>(x.data) + index * bytesOf(x.type);
}

}  // namespace heddle
