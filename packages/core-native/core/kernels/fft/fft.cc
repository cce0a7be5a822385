// fft and ifft of f64 in place. Numbers: transforms. The inverse is the forward transform with real and imaginary parts
// exchanged on the way in and out, times 1 / n, a power of two.
//
// Every element is computed by the same operations whatever the thread count: threads share out tiles, or whole
// transforms where many are short.
#include <bit>

#include "base/scratch.h"
#include "kernels/fft/fft_plan.h"
#include "kernels/kernel.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

constexpr double kTransformsMax = 2147483647.0;
constexpr uint64_t kPointsMax = uint64_t{1} << kFftBitsMax;
// Points per chunk of short transforms: about 50 us. Below two chunks the caller is done before a sleeping worker would
// be awake.
constexpr uint64_t kPointsPerChunk = 8192;
constexpr uint64_t kPointsAlone = 2 * kPointsPerChunk;
// Longer transforms are shared out tile by tile, one transform after the other.
constexpr uint64_t kPointsPerThread = 32768;

uint64_t tileElements(const FftPlan& plan) { return 2 * plan.downLanes * (plan.height + kFftSplitRows); }

/** Transforms of less than kFftMatrixMin points, in groups of kFftGroup. */
Status transformShort(const RunContext& run, const FftPlan& plan, double* re, double* im, uint64_t transforms,
                      double scale) {
  const auto& body = kernelSet().fft.batch;
  const uint64_t groups = (transforms + kFftGroup - 1) / kFftGroup;
  const uint64_t grain = kPointsPerChunk / (kFftGroup * plan.length);
  const bool isDone = parallelFor(run, groups, grain, [&](uint64_t begin, uint64_t end, uint32_t) {
    for (uint64_t first = begin * kFftGroup; first < end * kFftGroup && first < transforms; first += kFftGroup) {
      const uint64_t count = transforms - first < kFftGroup ? transforms - first : kFftGroup;
      body({&plan, re + first * plan.length, im + first * plan.length, count, scale});
    }
  });
  return isDone ? Status::ok() : Status::cancelled();
}

/** Transforms that one thread does from begin to end, with scratch memory of its own. */
Status transformEach(const RunContext& run, const FftPlan& plan, double* re, double* im, uint64_t transforms,
                     double scale) {
  const FftBodies& bodies = kernelSet().fft;
  Scratch memory;
  const uint64_t each = tileElements(plan) + 2 * plan.length;
  double* const all = memory.tryArray<double>(run.participants * each);
  if (all == nullptr) return Status::noMemory();
  const uint64_t grain = plan.length < kPointsPerChunk ? kPointsPerChunk / plan.length : 1;
  const bool isDone = parallelFor(run, transforms, grain, [&](uint64_t begin, uint64_t end, uint32_t participant) {
    double* const tile = all + participant * each;
    double* const scratch = tile + tileElements(plan);
    for (uint64_t t = begin; t < end; ++t) {
      double* const reals = re + t * plan.length;
      double* const imaginaries = im + t * plan.length;
      for (uint64_t column = 0; column < plan.width; column += plan.downLanes) {
        bodies.down({&plan, reals, imaginaries, column, tile, scratch});
      }
      for (uint64_t block = 0; block < plan.height / plan.acrossLanes; ++block) {
        bodies.across({&plan, scratch, block, reals, imaginaries, scale});
      }
    }
  });
  return isDone ? Status::ok() : Status::cancelled();
}

/** One transform after the other, each shared out. All tiles are down before the first goes across. */
Status transformShared(const RunContext& run, const FftPlan& plan, double* re, double* im, uint64_t transforms,
                       double scale) {
  const FftBodies& bodies = kernelSet().fft;
  Scratch memory;
  Scratch tileMemory;
  double* const scratch = memory.tryArray<double>(2 * plan.length);
  double* const tiles = tileMemory.tryArray<double>(run.participants * tileElements(plan));
  if (scratch == nullptr || tiles == nullptr) return Status::noMemory();
  for (uint64_t t = 0; t < transforms; ++t, re += plan.length, im += plan.length) {
    const bool isDone = parallelFor(run, plan.width / plan.downLanes, 1,
                                    [&](uint64_t block, uint64_t, uint32_t participant) {
                                      double* const tile = tiles + participant * tileElements(plan);
                                      bodies.down({&plan, re, im, block * plan.downLanes, tile, scratch});
                                    }) &&
                        parallelFor(run, plan.height / plan.acrossLanes, 1, [&](uint64_t block, uint64_t, uint32_t) {
                          bodies.across({&plan, scratch, block, re, im, scale});
                        });
    if (!isDone) return Status::cancelled();
  }
  return Status::ok();
}

Status check(const KernelCall& call, uint64_t* transforms, uint64_t* length) {
  const ArrayArg& re = call.arrays[0];
  const ArrayArg& im = call.arrays[1];
  if (!tryWhole(call.numbers[0], kTransformsMax, transforms)) {
    return Status::wrongRange("transforms", "be an integer from 0 to 2^31 - 1");
  }
  *length = *transforms == 0 ? 0 : re.length / *transforms;
  const bool isEmpty = *transforms == 0 && re.length == 0;
  if (!isEmpty && (*length * *transforms != re.length || !std::has_single_bit(*length))) {
    return Status::wrongRange("re", "have a power of two of elements per transform");
  }
  if (*length > kPointsMax) return Status::wrongRange("re", "have at most 2^30 elements per transform");
  if (im.length != re.length) return Status::wrongRange("im", "have as many elements as re");
  if (overlaps(re, im)) return Status::wrongRange("im", "share no byte with re");
  return Status::ok();
}

Status transform(const KernelCall& call, bool isInverse) {
  uint64_t transforms;
  uint64_t length;
  const Status status = check(call, &transforms, &length);
  if (!status.isOk()) return status;
  if (length <= 1) return Status::ok();  // one point is its own transform
  const FftPlan* const plan = tryFftPlan(std::countr_zero(length));
  if (plan == nullptr) return Status::noMemory();
  double* const re = call.arrays[isInverse ? 1 : 0].as<double>();
  double* const im = call.arrays[isInverse ? 0 : 1].as<double>();
  const double scale = isInverse ? 1.0 / static_cast<double>(length) : 1.0;
  const RunContext run{transforms * length < kPointsAlone ? 1 : call.run.threads, call.run.cancel};
  if (length < kFftMatrixMin) return transformShort(run, *plan, re, im, transforms, scale);
  const bool isEach = run.threads == 1 ? length < kPointsPerThread
                                       : length < kPointsPerThread && transforms >= 4 * uint64_t{run.threads};
  return isEach ? transformEach(run, *plan, re, im, transforms, scale)
                : transformShared(run, *plan, re, im, transforms, scale);
}

}  // namespace

Status fftKernel(KernelCall& call) { return transform(call, false); }

Status ifftKernel(KernelCall& call) { return transform(call, true); }

}  // namespace heddle
