// Adds a multiple of one array to another, in place. x may be y itself: each element depends on its own place only.
// Numbers: a.
#include "kernels/kernel.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

constexpr uint64_t kChunk = 1 << 15;  // elements, 10 to 30 us
constexpr uint64_t kElementsAlone = 2 * kChunk;

}  // namespace

Status axpyKernel(KernelCall& call) {
  const ArrayArg& x = call.arrays[0];
  const ArrayArg& y = call.arrays[1];
  if (y.length != x.length) return Status::wrongRange("y", "have as many elements as x");
  if (overlaps(x, y) && !isSame(x, y)) return Status::wrongRange("y", "be x or share no byte with it");
  const double a = call.numbers[0];
  const KernelSet& set = kernelSet();
  const RunContext run{x.length <= kElementsAlone ? 1 : call.run.threads, call.run.cancel};
  const bool isDone = parallelFor(run, x.length, kChunk, [&](uint64_t begin, uint64_t end, uint32_t) {
    const uint64_t offset = begin * bytesOf(x.type);
    set.axpy(x.type, a, static_cast<const char*>(x.data) + offset, static_cast<char*>(y.data) + offset, end - begin);
  });
  return isDone ? Status::ok() : Status::cancelled();
}

}  // namespace heddle
