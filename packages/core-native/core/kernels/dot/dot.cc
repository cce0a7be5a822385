// The dot product of two arrays, which may be one: the sum of their products, block by block as `sum` adds.
#include "kernels/kernel.h"
#include "kernels/sum/block_total.h"
#include "simd/kernel_set.h"

namespace heddle {

Status dotKernel(KernelCall& call) {
  const ArrayArg& x = call.arrays[0];
  const ArrayArg& y = call.arrays[1];
  if (y.length != x.length) return Status::wrongRange("y", "have as many elements as x");
  const KernelSet& set = kernelSet();
  return blockTotal(
      call.run, x.length,
      [&](uint64_t offset, uint64_t count, double* sums) {
        set.blockDots(x.type, elementAt(x, offset), elementAt(y, offset), count, sums);
      },
      &call.results[0]);
}

}  // namespace heddle
