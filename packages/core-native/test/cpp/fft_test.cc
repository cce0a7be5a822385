// Fourier transforms against one of higher precision, at every thread count, and each instruction set within the bound.
#include <bit>
#include <cmath>
#include <complex>
#include <limits>
#include <random>

#include "base/scratch.h"
#include "check.h"
#include "kernel_calls.h"
#include "kernels/fft/fft_plan.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

using Precise = std::complex<long double>;

struct Signal {
  std::vector<double> re;
  std::vector<double> im;
};

std::mt19937_64 generator(20240608);  // fixed: a failure repeats

double randomNumber() { return static_cast<double>(generator() >> 11) * 0x1p-53 - 0.5; }

Signal randomSignal(uint64_t length) {
  Signal signal{std::vector<double>(length), std::vector<double>(length)};
  for (double& value : signal.re) value = randomNumber();
  for (double& value : signal.im) value = randomNumber();
  return signal;
}

bool isSame(const Signal& a, const Signal& b) { return isSameBits(a.re, b.re) && isSameBits(a.im, b.im); }

Precise rootOf(uint64_t k, uint64_t length) {
  const long double angle = -2 * 3.14159265358979323846264338327950288L * static_cast<long double>(k % length) /
                            static_cast<long double>(length);
  return {std::cos(angle), std::sin(angle)};
}

/** The sum that defines the transform. */
std::vector<Precise> definition(const Signal& signal, uint64_t begin, uint64_t length) {
  std::vector<Precise> result(length);
  for (uint64_t k = 0; k < length; ++k) {
    for (uint64_t j = 0; j < length; ++j) {
      result[k] += Precise(signal.re[begin + j], signal.im[begin + j]) * rootOf(j * k, length);
    }
  }
  return result;
}

/** The same by halves, for lengths at which the sum would take too long. */
void transformHalves(std::vector<Precise>& x, const std::vector<Precise>& roots) {
  const uint64_t length = x.size();
  if (length == 1) return;
  std::vector<Precise> even(length / 2);
  std::vector<Precise> odd(length / 2);
  for (uint64_t i = 0; i < length / 2; ++i) {
    even[i] = x[2 * i];
    odd[i] = x[2 * i + 1];
  }
  transformHalves(even, roots);
  transformHalves(odd, roots);
  for (uint64_t k = 0; k < length / 2; ++k) {
    const Precise turned = roots[k * (roots.size() / length)] * odd[k];
    x[k] = even[k] + turned;
    x[k + length / 2] = even[k] - turned;
  }
}

std::vector<Precise> byHalves(const Signal& signal, uint64_t begin, uint64_t length) {
  std::vector<Precise> roots(length);
  for (uint64_t k = 0; k < length; ++k) roots[k] = rootOf(k, length);
  std::vector<Precise> x(length);
  for (uint64_t i = 0; i < length; ++i) x[i] = {signal.re[begin + i], signal.im[begin + i]};
  transformHalves(x, roots);
  return x;
}

/** How far the result is from the precise one, by the size of that, in units of epsilon * log2(length). */
double errorOf(const Signal& result, uint64_t begin, const std::vector<Precise>& precise, double scale = 1) {
  long double error = 0;
  long double size = 0;
  for (uint64_t k = 0; k < precise.size(); ++k) {
    const Precise value = precise[k] * static_cast<long double>(scale);
    error += std::norm(Precise(result.re[begin + k], result.im[begin + k]) - value);
    size += std::norm(value);
  }
  const double epsilon = std::numeric_limits<double>::epsilon();
  const double levels = std::max(1.0, std::log2(static_cast<double>(precise.size())));
  return static_cast<double>(std::sqrt(error / size)) / epsilon / levels;
}

constexpr double kBound = 4;  // what src/kernels/fft.ts promises
constexpr uint32_t kThreadCounts[] = {1, 2, 3, 8};

void useThreads() { ThreadPool::instance().setThreads(8); }

Signal transformed(const char* kernel, Signal signal, uint64_t transforms, uint32_t threads) {
  KernelCall call = callOf(threads, {viewOf(signal.re), viewOf(signal.im)}, {static_cast<double>(transforms)});
  CHECK(run(kernel, call).isOk());
  return signal;
}

TEST(theTwoReferencesAgree) {
  for (const uint64_t length : {1u, 2u, 8u, 64u, 256u}) {
    const Signal signal = randomSignal(length);
    const std::vector<Precise> sum = definition(signal, 0, length);
    const std::vector<Precise> halves = byHalves(signal, 0, length);
    for (uint64_t k = 0; k < length; ++k) CHECK(std::abs(sum[k] - halves[k]) < 1e-12L);
  }
}

TEST(transformsStayWithinTheBound) {
  useThreads();
  for (const int bits : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20}) {
    const uint64_t length = uint64_t{1} << bits;
    const Signal signal = randomSignal(length);
    const std::vector<Precise> precise = byHalves(signal, 0, length);
    const Signal one = transformed("fft", signal, 1, 1);
    CHECK(errorOf(one, 0, precise) <= kBound);
    for (const uint32_t threads : kThreadCounts) CHECK(isSame(transformed("fft", signal, 1, threads), one));

    const Signal back = transformed("ifft", one, 1, 1);
    // With the parts exchanged the inverse is the transform.
    const Signal turned{back.im, back.re};
    CHECK(errorOf(turned, 0, byHalves({one.im, one.re}, 0, length), 1 / static_cast<double>(length)) <= kBound);
    for (const uint32_t threads : kThreadCounts) CHECK(isSame(transformed("ifft", one, 1, threads), back));
  }
}

TEST(transformsSideBySideAreThoseOfEachAlone) {
  useThreads();
  const uint64_t shapes[][2] = {{1, 5},  {2, 1},     {2, 9},     {8, 3000},   {32, 17},
                                {64, 3}, {128, 200}, {1024, 40}, {16384, 33}, {32768, 3}};
  for (const auto& shape : shapes) {
    const uint64_t length = shape[0];
    const uint64_t transforms = shape[1];
    const Signal signal = randomSignal(length * transforms);
    for (const char* const kernel : {"fft", "ifft"}) {
      Signal expected{std::vector<double>(length * transforms), std::vector<double>(length * transforms)};
      for (uint64_t t = 0; t < transforms; ++t) {
        const auto part = [&](const std::vector<double>& all) {
          return std::vector<double>(all.begin() + static_cast<long>(t * length),
                                     all.begin() + static_cast<long>((t + 1) * length));
        };
        const Signal alone = transformed(kernel, {part(signal.re), part(signal.im)}, 1, 1);
        std::copy(alone.re.begin(), alone.re.end(), expected.re.begin() + static_cast<long>(t * length));
        std::copy(alone.im.begin(), alone.im.end(), expected.im.begin() + static_cast<long>(t * length));
      }
      for (const uint32_t threads : kThreadCounts) {
        CHECK(isSame(transformed(kernel, signal, transforms, threads), expected));
      }
    }
  }
}

TEST(simpleSignalsHaveExactTransforms) {
  for (const uint64_t length : {2u, 32u, 64u, 1024u, 4096u}) {
    Signal impulse{std::vector<double>(length), std::vector<double>(length)};
    impulse.re[0] = 3;
    const Signal flat = transformed("fft", impulse, 1, 1);
    CHECK(flat.re == std::vector<double>(length, 3.0) && flat.im == std::vector<double>(length, 0.0));
    const Signal back = transformed("ifft", flat, 1, 1);
    CHECK(back.re == impulse.re && back.im == impulse.im);
  }
}

/** The transform of `plan` by the bodies of one set, on arrays that begin at element `offset` of their memory. */
Signal transformedBy(const KernelSet& set, const FftPlan& plan, const Signal& signal, uint64_t offset = 0) {
  const uint64_t length = plan.length;
  Scratch memory[4];
  double* const re = memory[0].tryArray<double>(length + offset) + offset;
  double* const im = memory[1].tryArray<double>(length + offset) + offset;
  std::copy(signal.re.begin(), signal.re.end(), re);
  std::copy(signal.im.begin(), signal.im.end(), im);
  if (length < kFftMatrixMin) {
    set.fft.batch({&plan, re, im, 1, 1.0});
  } else {
    double* const tile = memory[2].tryArray<double>(2 * plan.downLanes * (plan.height + kFftSplitRows));
    double* const scratch = memory[3].tryArray<double>(2 * length);
    for (uint64_t column = 0; column < plan.width; column += plan.downLanes) {
      set.fft.down({&plan, re, im, column, tile, scratch});
    }
    for (uint64_t block = 0; block < plan.height / plan.acrossLanes; ++block) {
      set.fft.across({&plan, scratch, block, re, im, 1.0});
    }
  }
  return {std::vector<double>(re, re + length), std::vector<double>(im, im + length)};
}

TEST(everySetTransformsWithinTheBound) {
  for (const int bits : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 16, 19}) {
    const uint64_t length = uint64_t{1} << bits;
    const Signal signal = randomSignal(length);
    const std::vector<Precise> precise = byHalves(signal, 0, length);
    for (int level = 0; level < kSimdLevels; ++level) {
      const KernelSet* const set = kernelSetOf(static_cast<SimdLevel>(level));
      if (set != nullptr) CHECK(errorOf(transformedBy(*set, *tryFftPlan(bits), signal), 0, precise) <= kBound);
    }
  }
}

TEST(storesPastTheCachesChangeNoBit) {
  for (const int bits : {6, 7, 9, 12, 15}) {
    const Signal signal = randomSignal(uint64_t{1} << bits);
    FftPlan plan = *tryFftPlan(bits);
    for (int level = 0; level < kSimdLevels; ++level) {
      const KernelSet* const set = kernelSetOf(static_cast<SimdLevel>(level));
      if (set == nullptr) continue;
      plan.isPast = false;
      const Signal expected = transformedBy(*set, plan, signal);
      plan.isPast = true;
      // From whole lines, from between them, and from where no such store is possible.
      for (const uint64_t offset : {0u, 1u, 2u, 5u, 6u}) {
        CHECK(isSame(transformedBy(*set, plan, signal, offset), expected));
      }
    }
  }
}

TEST(onlyLongTransformsGoPastTheCaches) {
  CHECK(!tryFftPlan(14)->isPast);
  CHECK(tryFftPlan(20)->isPast);
}

TEST(plansAreMadeOnce) {
  CHECK(tryFftPlan(9) == tryFftPlan(9));
  const FftPlan* const plan = tryFftPlan(20);
  CHECK(plan->height * plan->width == plan->length && plan->length == 1u << 20);
  for (uint64_t k = 0; k < plan->height; ++k) CHECK(plan->down->order[plan->down->position[k]] == k);
}

TEST(cancelledTransformsSaySo) {
  useThreads();
  std::atomic<uint32_t> cancel{1};
  for (const uint32_t threads : {1u, 4u}) {
    for (const uint64_t transforms : {1u, 4u, 64u, 65536u}) {
      Signal signal = randomSignal(1 << 16);
      KernelCall call = callOf(threads, {viewOf(signal.re), viewOf(signal.im)}, {static_cast<double>(transforms)});
      call.run.cancel = &cancel;
      const StatusCode expected = transforms == 65536u ? StatusCode::kOk : StatusCode::kCancelled;
      CHECK(run("fft", call).code == expected);  // of one point each there is nothing to do
    }
  }
}

TEST(badTransformsAreRefused) {
  std::vector<double> re(12);
  std::vector<double> im(12);
  std::vector<float> floats(8);
  const auto view = [](std::vector<double>& array, uint64_t begin, uint64_t length) {
    return ArrayArg{array.data() + begin, length, ElementType::f64};
  };
  for (const char* const kernel : {"fft", "ifft"}) {
    CHECK(isRefused(kernel, "re", callOf(1, {viewOf(floats), viewOf(floats)}, {1})));
    CHECK(isRefused(kernel, "re", callOf(1, {viewOf(re), viewOf(im)}, {1})));
    CHECK(isRefused(kernel, "re", callOf(1, {viewOf(re), viewOf(im)}, {5})));
    CHECK(isRefused(kernel, "re", callOf(1, {viewOf(re), viewOf(im)}, {0})));
    CHECK(isRefused(kernel, "re", callOf(1, {view(re, 0, 0), view(im, 0, 0)}, {1})));
    CHECK(isRefused(kernel, "re", callOf(1, {view(re, 0, 8), view(im, 0, 8)}, {16})));
    CHECK(isRefused(kernel, "im", callOf(1, {viewOf(re), view(im, 0, 11)}, {3})));
    CHECK(isRefused(kernel, "im", callOf(1, {view(re, 0, 8), view(re, 4, 8)}, {1})));
    CHECK(isRefused(kernel, "im", callOf(1, {view(re, 0, 8), view(re, 0, 8)}, {1})));
    CHECK(isRefused(kernel, "transforms", callOf(1, {viewOf(re), viewOf(im)}, {-1})));
    CHECK(isRefused(kernel, "transforms", callOf(1, {viewOf(re), viewOf(im)}, {1.5})));
    CHECK(isRefused(kernel, "transforms", callOf(1, {viewOf(re), viewOf(im)}, {std::nan("")})));
    KernelCall none = callOf(1, {view(re, 0, 0), view(im, 0, 0)}, {0});
    CHECK(run(kernel, none).isOk());
  }
}

}  // namespace
}  // namespace heddle
