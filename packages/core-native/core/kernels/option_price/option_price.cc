// Prices an option by simulation, block by block: the two sums of each block go to its own place, and are added in the
// order of the blocks when all are there. Numbers: paths seed blockStart isPut spot strike rate volatility years dates.
#include <algorithm>
#include <cmath>

#include "kernels/kernel.h"
#include "kernels/option_price/option_price_simd.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

constexpr double kPathsMax = 4294967296.0;          // 2^32
constexpr double kBlockStartMax = 1099511627776.0;  // 2^40
constexpr double kSeedMax = 4294967295.0;
constexpr double kValueMax = 1e15;
constexpr double kRateMax = 1;
constexpr double kVolatilityMax = 10;
constexpr double kYearsMax = 100;
constexpr double kDatesMax = 1024;

// Steps of paths per chunk where blocks are short, 20 to 80 us; the longest block takes 10 to 40 ms.
constexpr uint64_t kChunkSteps = 8192;

/** False for NaN too. */
bool isWithin(double value, double min, double max) { return value >= min && value <= max; }

Status readSpan(const KernelCall& call, OptionSpan* span, double* discountedYears) {
  const double* const numbers = call.numbers;
  uint64_t isPut;
  if (!tryWhole(numbers[3], 1, &isPut)) return Status::wrongRange("isPut", "be 0 or 1");
  if (!isWithin(numbers[4], 0, kValueMax) || numbers[4] == 0) {
    return Status::wrongRange("spot", "be greater than 0 and at most 1e15");
  }
  if (!isWithin(numbers[5], 0, kValueMax)) return Status::wrongRange("strike", "be from 0 to 1e15");
  if (!isWithin(numbers[6], -kRateMax, kRateMax)) return Status::wrongRange("rate", "be from -1 to 1");
  if (!isWithin(numbers[7], 0, kVolatilityMax)) return Status::wrongRange("volatility", "be from 0 to 10");
  if (!isWithin(numbers[8], 0, kYearsMax)) return Status::wrongRange("years", "be from 0 to 100");
  uint64_t dates;
  if (!tryWhole(numbers[9], kDatesMax, &dates) || dates == 0) {
    return Status::wrongRange("dates", "be an integer from 1 to 1024");
  }
  const double rate = numbers[6];
  const double volatility = numbers[7];
  const double step = numbers[8] / static_cast<double>(dates);
  span->isPut = isPut == 1;
  span->spot = numbers[4];
  span->strike = numbers[5];
  span->drift = (rate - 0.5 * volatility * volatility) * step;
  span->spread = volatility * std::sqrt(step);
  span->dates = dates;
  span->perDate = 1 / static_cast<double>(dates);
  *discountedYears = -(rate * numbers[8]);
  return Status::ok();
}

}  // namespace

Status optionPriceKernel(KernelCall& call) {
  uint64_t paths;
  uint64_t seed;
  uint64_t blockStart;
  if (!tryWhole(call.numbers[0], kPathsMax, &paths) || paths == 0) {
    return Status::wrongRange("paths", "be an integer from 1 to 2^32");
  }
  if (!tryWhole(call.numbers[1], kSeedMax, &seed)) return Status::wrongRange("seed", "be an unsigned 32-bit integer");
  if (!tryWhole(call.numbers[2], kBlockStartMax, &blockStart)) {
    return Status::wrongRange("blockStart", "be an integer from 0 to 2^40");
  }
  OptionSpan all{};
  double discountedYears;
  const Status status = readSpan(call, &all, &discountedYears);
  if (!status.isOk()) return status;
  const uint64_t blocks = (paths + kOptionBlock - 1) / kOptionBlock;
  if (call.arrays[0].length != 2 * blocks) return Status::wrongRange("sums", "have two elements per block of paths");

  all.seed = static_cast<uint32_t>(seed);
  double* const sums = call.arrays[0].as<double>();
  const KernelSet& set = kernelSet();
  const uint64_t grain = std::max<uint64_t>(1, kChunkSteps / (kOptionBlock * all.dates));
  const bool isDone = parallelFor(call.run, blocks, grain, [&](uint64_t begin, uint64_t end, uint32_t) {
    OptionSpan span = all;
    for (uint64_t block = begin; block < end; ++block) {
      span.block = blockStart + block;
      span.paths = std::min(kOptionBlock, paths - block * kOptionBlock);
      set.optionBlock(span, sums + 2 * block);
    }
  });
  if (!isDone) return Status::cancelled();

  double total = 0;
  double squares = 0;
  for (uint64_t block = 0; block < blocks; ++block) {
    total += sums[2 * block];
    squares += sums[2 * block + 1];
  }
  const double count = static_cast<double>(paths);
  const double mean = total / count;
  // Rounding may leave less than nothing of a variance that is none.
  const double variance = std::max(0.0, squares / count - mean * mean);
  const double discount = set.exponential(discountedYears);
  call.results[0] = discount * mean;
  call.results[1] = discount * std::sqrt(variance / count);
  return Status::ok();
}

}  // namespace heddle
