// The exponential against the library's in wider arithmetic; that every instruction set, thread count and split at
// blocks gives the same sums. The sums against their definition are tested beside the twin.
#include <atomic>
#include <cmath>
#include <vector>

#include "check.h"
#include "kernel_calls.h"
#include "kernels/option_price/option_price_simd.h"

namespace heddle {
namespace {

TEST(exponentialKeepsItsBoundWithEverySet) {
  std::vector<double> arguments = {
      0, -0.0, 1, -1, 5e-324, 708.5, 709, -708, 0x1.62e42fefa39efp-2, -0x1.62e42fefa39efp-2};
  for (int i = 0; i < 20000; ++i) {
    const double unit = static_cast<double>(generator() >> 11) * 0x1p-53;
    arguments.push_back(-708 + 1417 * unit);
    arguments.push_back((unit - 0.5) * std::pow(2.0, -static_cast<double>(i % 60)));
  }
  for (const double x : arguments) {
    const long double expected = std::exp(static_cast<long double>(x));
    const double first = kernelSetOf(SimdLevel::kBaseline)->exponential(x);
    CHECK(std::abs(static_cast<long double>(first) - expected) <= expected * 0x1p-52L);
    forEverySet([&](const KernelSet& set) { CHECK(set.exponential(x) == first); });
  }
  forEverySet([](const KernelSet& set) {
    CHECK(set.exponential(0) == 1);
    CHECK(set.exponential(1e308) == set.exponential(709));
    CHECK(set.exponential(-HUGE_VAL) == set.exponential(-708));
  });
}

OptionSpan spanOf(uint64_t paths, uint64_t dates, bool isPut) {
  return {.seed = 7,
          .block = uint64_t{3} << 31,
          .paths = paths,
          .spot = 100,
          .strike = 103,
          .drift = 0.01,
          .spread = 0.2,
          .perDate = 1 / static_cast<double>(dates),
          .dates = dates,
          .isPut = isPut};
}

TEST(everySetAddsUpTheSamePayoffs) {
  for (const uint64_t paths : {1, 2, 7, 31, 32, 33, 1000, 4095, 4096}) {
    for (const uint64_t dates : {1, 2, 13}) {
      for (const bool isPut : {false, true}) {
        std::vector<double> expected(2);
        forEverySet([&](const KernelSet& set) {
          std::vector<double> sums(2, -1);
          set.optionBlock(spanOf(paths, dates, isPut), sums.data());
          if (set.level == SimdLevel::kBaseline) expected = sums;
          CHECK(isSameBits(sums, expected));
        });
        CHECK(expected[0] >= 0 && expected[1] >= 0);
      }
    }
  }
}

KernelCall priceCall(uint32_t threads, std::vector<double>& sums, double paths, double blockStart, double dates = 1) {
  return callOf(threads, {viewOf(sums)}, {paths, 5, blockStart, 0, 100, 103, 0.03, 0.2, 1.5, dates});
}

TEST(priceIsTheSameForAnyThreadCountAndSplit) {
  useThreads();
  constexpr uint64_t kPaths = 37 * kOptionBlock + 100;
  std::vector<double> expected(2 * 38);
  KernelCall first = priceCall(1, expected, kPaths, 4);
  CHECK(run("optionPrice", first).isOk());
  CHECK(std::abs(first.results[0] - 10.2) < 0.5);
  CHECK(first.results[1] > 0 && first.results[1] < 0.1);
  for (const uint32_t threads : kThreadCounts) {
    std::vector<double> sums(expected.size(), -1);
    KernelCall call = priceCall(threads, sums, kPaths, 4);
    CHECK(run("optionPrice", call).isOk());
    CHECK(isSameBits(sums, expected));
    CHECK(call.results[0] == first.results[0] && call.results[1] == first.results[1]);
  }
  std::vector<double> parts;
  for (const uint64_t block : {0u, 9u, 10u}) {
    const uint64_t end = block == 0 ? 9 : block == 9 ? 10 : 38;
    std::vector<double> part(2 * (end - block));
    const uint64_t paths = end == 38 ? kPaths - block * kOptionBlock : (end - block) * kOptionBlock;
    KernelCall call = priceCall(2, part, static_cast<double>(paths), static_cast<double>(4 + block));
    CHECK(run("optionPrice", call).isOk());
    parts.insert(parts.end(), part.begin(), part.end());
  }
  CHECK(isSameBits(parts, expected));
}

TEST(cancelledPricesSaySo) {
  useThreads();
  std::vector<double> sums(200);
  std::atomic<uint32_t> cancel{1};
  for (const uint32_t threads : {1u, 4u}) {
    KernelCall call = priceCall(threads, sums, 100 * kOptionBlock, 0, 1024);
    call.run.cancel = &cancel;
    CHECK(run("optionPrice", call).code == StatusCode::kCancelled);
  }
}

TEST(badOptionsAreRefused) {
  const double nan = std::nan("");
  std::vector<double> sums(2);
  std::vector<double> wrong(3);
  std::vector<float> floats(2);
  const double good[] = {10, 5, 0, 0, 100, 103, 0.03, 0.2, 1.5, 1};
  const auto refuses = [&](const char* name, int at, double value) {
    KernelCall call = callOf(1, {viewOf(sums)});
    std::copy(std::begin(good), std::end(good), call.numbers);
    call.numbers[at] = value;
    return isRefused("optionPrice", name, call);
  };
  const char* const names[] = {"paths",  "seed", "blockStart", "isPut", "spot",
                               "strike", "rate", "volatility", "years", "dates"};
  for (int at = 0; at < 10; ++at) {
    for (const double value : {nan, -1.5, 1e300}) CHECK(refuses(names[at], at, value));
  }
  CHECK(refuses("paths", 0, 0));
  CHECK(refuses("spot", 4, 0));
  CHECK(refuses("dates", 9, 0));
  CHECK(refuses("isPut", 3, 0.5));
  const auto with = [&](ArrayArg array) {
    KernelCall call = callOf(1, {array});
    std::copy(std::begin(good), std::end(good), call.numbers);
    return call;
  };
  CHECK(isRefused("optionPrice", "sums", with(viewOf(wrong))));
  CHECK(isRefused("optionPrice", "sums", with(viewOf(floats))));
}

}  // namespace
}  // namespace heddle
