// sum, and meanVariance on top of it: block sums in parallel, then added left to right by the caller. The cut into
// blocks is fixed, so the thread count can't show in the result.
#include <cmath>
#include <limits>

#include "kernels/kernel.h"
#include "kernels/sum/block_total.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

Status plainTotal(const RunContext& run, const ArrayArg& x, double* result) {
  const KernelSet& set = kernelSet();
  return blockTotal(
      run, x.length,
      [&](uint64_t offset, uint64_t count, double* sums) { set.blockSums(x.type, elementAt(x, offset), count, sums); },
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
  status = blockTotal(
      call.run, x.length,
      [&](uint64_t offset, uint64_t count, double* sums) {
        set.blockSquares(x.type, elementAt(x, offset), count, mean, sums);
      },
      &squares);
  if (!status.isOk()) return status;
  call.results[0] = mean;
  call.results[1] = squares / length;
  return Status::ok();
}

}  // namespace heddle
