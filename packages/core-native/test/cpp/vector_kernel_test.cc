// minMax, dot and axpy against the plainest loops, at every thread count and with every instruction set.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "check.h"
#include "kernel_calls.h"

namespace heddle {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/** What Math.min gives. */
double mathMin(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return kNan;
  if (a == b) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}

bool isSameNumber(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b)); }

template <class T>
void checkExtremes(std::vector<T> x) {
  double min = kInfinity;
  double max = -kInfinity;
  for (const T element : x) {
    min = mathMin(min, static_cast<double>(element));
    max = -mathMin(-max, -static_cast<double>(element));
  }
  forEverySet([&](const KernelSet& set) {
    const Extremes found = set.extremes(kTypeOf<T>, x.data(), x.size());
    CHECK(isSameNumber(found.min, min) && isSameNumber(found.max, max));
  });
  for (const uint32_t threads : kThreadCounts) {
    KernelCall call = callOf(threads, {viewOf(x)});
    CHECK(run("minMax", call).isOk());
    CHECK(isSameNumber(call.results[0], min) && isSameNumber(call.results[1], max));
  }
}

TEST(findsExtremesOfEveryTypeAndLength) {
  useThreads();
  for (const uint64_t length : kLengths) {
    if (length == 0) continue;
    checkExtremes(randomArray<double>(length));
    checkExtremes(randomArray<float>(length));
    checkExtremes(randomArray<int32_t>(length));
    checkExtremes(randomArray<uint32_t>(length));
  }
}

TEST(findsExtremesAtEveryPlace) {
  useThreads();
  for (const uint64_t length : {1u, 3u, 17u, 150u}) {
    for (uint64_t place = 0; place < length; ++place) {
      for (const double value : {-7.0, 7.0, kNan, kInfinity, -kInfinity}) {
        std::vector<double> doubles(length, 1.5);
        std::vector<float> floats(length, 1.5f);
        doubles[place] = value;
        floats[place] = static_cast<float>(value);
        checkExtremes(doubles);
        checkExtremes(floats);
      }
      std::vector<int32_t> whole(length, -5);
      std::vector<uint32_t> natural(length, 5);
      whole[place] = place % 2 == 0 ? INT32_MIN : INT32_MAX;
      natural[place] = place % 2 == 0 ? 0 : UINT32_MAX;
      checkExtremes(whole);
      checkExtremes(natural);
    }
  }
}

template <class T>
void checkZeros() {
  for (const uint64_t length : {1u, 2u, 31u, 33u, 200u, 70001u}) {
    for (const double other : {0.0, 3.0, -3.0, kNan}) {
      std::vector<T> x(length, static_cast<T>(other));
      x[length - 1] = T{0};
      checkExtremes(x);
      x[length / 2] = -T{0};
      checkExtremes(x);
      x[length - 1] = -T{0};
      checkExtremes(x);
      std::fill(x.begin(), x.end(), -T{0});
      checkExtremes(x);
    }
  }
}

TEST(tellsZerosApart) {
  useThreads();
  checkZeros<double>();
  checkZeros<float>();
}

template <class T>
void checkDot(uint64_t length) {
  std::vector<T> x = randomArray<T>(length);
  std::vector<T> y = randomArray<T>(length);
  const double dot = contractSumOf(length, [&](uint64_t i) { return static_cast<double>(x[i]) * y[i]; });
  const double square = contractSumOf(length, [&](uint64_t i) { return static_cast<double>(x[i]) * x[i]; });
  for (const uint32_t threads : kThreadCounts) {
    KernelCall call = callOf(threads, {viewOf(x), viewOf(y)});
    CHECK(run("dot", call).isOk());
    CHECK(isSameNumber(call.results[0], dot));
    KernelCall ofOne = callOf(threads, {viewOf(x), viewOf(x)});
    CHECK(run("dot", ofOne).isOk());
    CHECK(isSameNumber(ofOne.results[0], square));
  }
  std::vector<double> first;
  forEverySet([&](const KernelSet& set) {
    std::vector<double> sums((length + kBlock - 1) / kBlock);
    set.blockDots(kTypeOf<T>, x.data(), y.data(), length, sums.data());
    if (first.empty()) first = sums;
    CHECK(isSameBits(sums, first));
  });
}

TEST(addsProductsInTheContractsOrder) {
  useThreads();
  for (const uint64_t length : kLengths) {
    checkDot<double>(length);
    checkDot<float>(length);
  }
}

/** Element by element, each operation rounded to T. */
template <class T>
std::vector<T> plainAxpy(T a, const std::vector<T>& x, const std::vector<T>& y) {
  std::vector<T> out = y;
  for (uint64_t i = 0; i < x.size(); ++i) {
    volatile T product = a * x[i];
    out[i] = product + y[i];
  }
  return out;
}

template <class T>
void checkAxpy(uint64_t length, double a) {
  std::vector<T> x = randomArray<T>(length);
  std::vector<T> y = randomArray<T>(length);
  for (uint64_t i = 0; i < length; i += 3) {
    x[i] = i % 2 == 0 ? T{0} : -T{0};
    y[i] = -T{0};
  }
  const std::vector<T> expected = plainAxpy(static_cast<T>(a), x, y);
  const std::vector<T> expectedOfOne = plainAxpy(static_cast<T>(a), x, x);
  forEverySet([&](const KernelSet& set) {
    std::vector<T> out = y;
    set.axpy(kTypeOf<T>, a, x.data(), out.data(), length);
    CHECK(isSameBits(out, expected));
  });
  for (const uint32_t threads : kThreadCounts) {
    std::vector<T> out = y;
    KernelCall call = callOf(threads, {viewOf(x), viewOf(out)}, {a});
    CHECK(run("axpy", call).isOk());
    CHECK(isSameBits(out, expected));
    std::vector<T> one = x;
    KernelCall ofOne = callOf(threads, {viewOf(one), viewOf(one)}, {a});
    CHECK(run("axpy", ofOne).isOk());
    CHECK(isSameBits(one, expectedOfOne));
  }
}

TEST(addsMultiplesWithTwoRoundings) {
  useThreads();
  for (const uint64_t length : kLengths) {
    for (const double a : {0.1, -1.0, 0.0, -0.0, 1e300}) {
      checkAxpy<double>(length, a);
      checkAxpy<float>(length, a > 1e38 ? 1e30 : a);
    }
  }
}

TEST(cancelledVectorKernelsSaySo) {
  useThreads();
  std::vector<double> x = randomArray<double>(300000);
  std::vector<double> y = randomArray<double>(300000);
  std::atomic<uint32_t> cancel{1};
  for (const uint32_t threads : {1u, 4u}) {
    KernelCall calls[] = {callOf(threads, {viewOf(x)}), callOf(threads, {viewOf(x), viewOf(y)}),
                          callOf(threads, {viewOf(x), viewOf(y)}, {2})};
    const char* const names[] = {"minMax", "dot", "axpy"};
    for (int index = 0; index < 3; ++index) {
      calls[index].run.cancel = &cancel;
      CHECK(run(names[index], calls[index]).code == StatusCode::kCancelled);
    }
  }
}

TEST(badVectorArgumentsAreRefused) {
  std::vector<double> x(12, 1.0);
  std::vector<double> none;
  std::vector<float> floats(12, 1.0f);
  std::vector<int32_t> whole(12, 1);
  const auto part = [&](uint64_t begin, uint64_t length) {
    return ArrayArg{x.data() + begin, length, ElementType::f64};
  };
  CHECK(isRefused("minMax", "x", callOf(1, {viewOf(none)})));
  CHECK(isRefused("dot", "x", callOf(1, {viewOf(whole), viewOf(whole)})));
  CHECK(isRefused("dot", "y", callOf(1, {viewOf(x), viewOf(floats)})));
  CHECK(isRefused("dot", "y", callOf(1, {viewOf(x), part(0, 11)})));
  CHECK(isRefused("axpy", "x", callOf(1, {viewOf(whole), viewOf(whole)}, {1})));
  CHECK(isRefused("axpy", "y", callOf(1, {viewOf(x), viewOf(floats)}, {1})));
  CHECK(isRefused("axpy", "y", callOf(1, {part(0, 4), part(4, 5)}, {1})));
  CHECK(isRefused("axpy", "y", callOf(1, {part(0, 4), part(3, 4)}, {1})));
}

}  // namespace
}  // namespace heddle
