// Kernels against the plainest loops that say what they should do, at every thread count, and the vector bodies of
// every instruction set that this processor has against each other, bit for bit.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "check.h"
#include "kernel_calls.h"
#include "kernels/monte_carlo/monte_carlo_simd.h"

namespace heddle {
namespace {

/** Positions in the order that the sort promises: by value, -0 before +0, NaN last. */
template <class T>
bool isBefore(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || std::isnan(b)) return !std::isnan(a) && std::isnan(b);
    if (a == b) return std::signbit(a) && !std::signbit(b);
  }
  return a < b;
}

template <class T>
void checkSort(std::vector<T> array) {
  std::vector<T> expected = array;
  std::sort(expected.begin(), expected.end(), isBefore<T>);
  for (const uint32_t threads : kThreadCounts) {
    std::vector<T> sorted = array;
    KernelCall call = callOf(threads, {viewOf(sorted)});
    CHECK(run("sort", call).isOk());
    for (uint64_t i = 0; i < sorted.size(); ++i) {
      const bool isBothNan = sorted[i] != sorted[i] && expected[i] != expected[i];
      if (!isBothNan && std::memcmp(&sorted[i], &expected[i], sizeof(T)) != 0) {
        CHECK(!"sorted as expected");
        return;
      }
    }
  }
}

TEST(sortsEveryTypeAndLength) {
  useThreads();
  for (const uint64_t length : kLengths) {
    checkSort(randomArray<double>(length));
    checkSort(randomArray<float>(length));
    checkSort(randomArray<int32_t>(length));
    checkSort(randomArray<uint32_t>(length));
  }
}

TEST(sortsWhatIsHardForRadixSorts) {
  useThreads();
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double special[] = {nan, -nan, infinity, -infinity, 0.0, -0.0, 5e-324, -5e-324, 1.0, -1.0};
  for (const uint64_t length : {50u, 5000u, 150000u}) {
    std::vector<double> array(length, 1.5);
    checkSort(array);  // all equal
    array[length / 2] = -1.5;
    checkSort(array);
    for (uint64_t i = 0; i < length; ++i) array[i] = special[generator() % 10];
    checkSort(array);
    for (uint64_t i = 0; i < length; ++i) array[i] = static_cast<double>(length - i);
    checkSort(array);
    // Nearly everything in one bucket, again and again: each outlier hides the digits of the rest.
    for (uint64_t i = 0; i < length; ++i) {
      array[i] = 1.0 + std::ldexp(static_cast<double>(generator() % 1024), -static_cast<int>(generator() % 50) - 3);
      if (i % 1000 == 0) array[i] = std::ldexp(1.0, static_cast<int>(generator() % 2000) - 1000);
    }
    checkSort(array);
  }
}

template <class T>
void checkSums(uint64_t length) {
  std::vector<T> x = randomArray<T>(length);
  const double sum = contractSum(x, [](double v) { return v; });
  const double mean = sum / static_cast<double>(length);
  const double squares = contractSum(x, [mean](double v) { return (v - mean) * (v - mean); });
  for (const uint32_t threads : kThreadCounts) {
    KernelCall sumCall = callOf(threads, {viewOf(x)});
    CHECK(run("sum", sumCall).isOk());
    CHECK(sumCall.results[0] == sum);
    KernelCall call = callOf(threads, {viewOf(x)});
    CHECK(run("meanVariance", call).isOk());
    if (length == 0) {
      CHECK(std::isnan(call.results[0]) && std::isnan(call.results[1]));
    } else {
      CHECK(call.results[0] == mean && call.results[1] == squares / static_cast<double>(length));
    }
  }
}

TEST(sumsInTheContractsOrder) {
  useThreads();
  for (const uint64_t length : kLengths) {
    checkSums<double>(length);
    checkSums<float>(length);
    checkSums<int32_t>(length);
    checkSums<uint32_t>(length);
  }
}

template <class T>
std::vector<T> contractPrefix(const std::vector<T>& x) {
  std::vector<T> out(x.size());
  if constexpr (std::is_integral_v<T>) {
    uint32_t sum = 0;
    for (uint64_t i = 0; i < x.size(); ++i) out[i] = static_cast<T>(sum += static_cast<uint32_t>(x[i]));
  } else {
    double offset = 0;
    for (uint64_t begin = 0; begin < x.size(); begin += kBlock) {
      double local = 0;
      for (uint64_t i = begin; i < std::min<uint64_t>(begin + kBlock, x.size()); ++i) {
        local = i == begin ? static_cast<double>(x[i]) : local + static_cast<double>(x[i]);
        out[i] = static_cast<T>(begin == 0 ? local : offset + local);
      }
      offset = begin == 0 ? local : offset + local;
    }
  }
  return out;
}

template <class T>
void checkPrefix(uint64_t length) {
  std::vector<T> x = randomArray<T>(length);
  if (length > 0) x[0] = static_cast<T>(-0.0);
  const std::vector<T> expected = contractPrefix(x);
  for (const uint32_t threads : kThreadCounts) {
    std::vector<T> out(length);
    KernelCall apart = callOf(threads, {viewOf(x), viewOf(out)});
    CHECK(run("prefixSum", apart).isOk());
    CHECK(isSameBits(out, expected));
    std::vector<T> inPlace = x;
    KernelCall together = callOf(threads, {viewOf(inPlace), viewOf(inPlace)});
    CHECK(run("prefixSum", together).isOk());
    CHECK(isSameBits(inPlace, expected));
  }
}

TEST(prefixSumsInTheContractsOrder) {
  useThreads();
  for (const uint64_t length : kLengths) {
    checkPrefix<double>(length);
    checkPrefix<float>(length);
    checkPrefix<int32_t>(length);
    checkPrefix<uint32_t>(length);
  }
}

TEST(histogramsCountLikeOneLoop) {
  useThreads();
  for (const uint64_t length : kLengths) {
    std::vector<uint8_t> bytes = randomArray<uint8_t>(length);
    std::vector<double> numbers = randomArray<double>(length);
    for (uint64_t i = 0; i < length; i += 10) numbers[i] = i % 20 == 0 ? 3.0 : std::nan("");
    std::vector<uint32_t> byteBins(256, 0);
    for (const uint8_t byte : bytes) ++byteBins[byte];
    for (const uint32_t bins : {1u, 7u, 5000u}) {
      std::vector<uint32_t> expected(bins, 0);
      const double scale = bins / (3.0 - -2.0);
      for (const double value : numbers) {
        if (value >= -2.0 && value <= 3.0) ++expected[std::min<uint64_t>(bins - 1, (uint64_t)((value + 2.0) * scale))];
      }
      for (const uint32_t threads : kThreadCounts) {
        std::vector<uint32_t> out(bins, 77);
        KernelCall call = callOf(threads, {viewOf(numbers), viewOf(out)}, {-2.0, 3.0});
        CHECK(run("histogram", call).isOk());
        CHECK(out == expected);
        std::vector<uint32_t> outBytes(256, 77);
        KernelCall byteCall = callOf(threads, {viewOf(bytes), viewOf(outBytes)});
        CHECK(run("histogram", byteCall).isOk());
        CHECK(outBytes == byteBins);
      }
    }
  }
}

template <class T>
void checkMatmul(uint64_t m, uint64_t n, uint64_t k) {
  std::vector<T> a = randomArray<T>(m * k);
  std::vector<T> b = randomArray<T>(k * n);
  std::vector<T> first;
  for (const uint32_t threads : kThreadCounts) {
    std::vector<T> out(m * n, T{7});
    KernelCall call = callOf(threads, {viewOf(a), viewOf(b), viewOf(out)},
                             {static_cast<double>(m), static_cast<double>(n), static_cast<double>(k)});
    CHECK(run("matmul", call).isOk());
    if (threads == 1) first = out;
    CHECK(isSameBits(out, first));
  }
  const long double epsilon = std::numeric_limits<T>::epsilon();
  for (uint64_t row = 0; row < m; ++row) {
    for (uint64_t column = 0; column < n; ++column) {
      long double exact = 0;
      long double sizes = 0;
      for (uint64_t i = 0; i < k; ++i) {
        const long double product = static_cast<long double>(a[row * k + i]) * b[i * n + column];
        exact += product;
        sizes += std::abs(product);
      }
      const long double bound = 2 * static_cast<long double>(k) * epsilon * sizes;
      CHECK(std::abs(first[row * n + column] - exact) <= bound);
    }
  }
}

TEST(multipliesMatricesWithinTheBound) {
  useThreads();
  const uint64_t shapes[][3] = {{0, 3, 2},    {3, 0, 2},     {2, 2, 0},     {1, 1, 1},     {3, 5, 7},
                                {64, 64, 64}, {65, 25, 300}, {1, 300, 257}, {200, 1, 600}, {7, 2100, 20}};
  for (const auto& [m, n, k] : shapes) {
    checkMatmul<double>(m, n, k);
    checkMatmul<float>(m, n, k);
  }
}

TEST(everySetGivesTheSameSums) {
  for (const uint64_t length : kLengths) {
    std::vector<double> x = randomArray<double>(length);
    std::vector<float> y = randomArray<float>(length);
    std::vector<double> expected;
    for (int level = 0; level < kSimdLevels; ++level) {
      const KernelSet* const set = kernelSetOf(static_cast<SimdLevel>(level));
      if (set == nullptr) continue;
      const uint64_t blocks = (length + kBlock - 1) / kBlock;
      std::vector<double> sums(4 * blocks);
      set->blockSums(ElementType::f64, x.data(), length, sums.data());
      set->blockSquares(ElementType::f64, x.data(), length, 0.25, sums.data() + blocks);
      set->blockSums(ElementType::f32, y.data(), length, sums.data() + 2 * blocks);
      set->blockSquares(ElementType::f32, y.data(), length, 0.25, sums.data() + 3 * blocks);
      if (level == 0) expected = sums;
      CHECK(isSameBits(sums, expected));
    }
  }
}

/** One point, as the contract writes it. */
uint16_t escapeCount(double cx, double cy, uint32_t maxIter) {
  double x = 0;
  double y = 0;
  uint32_t n = 0;
  for (; n < maxIter; ++n) {
    const double xx = x * x;
    const double yy = y * y;
    if (xx + yy > 4) break;
    y = (x + x) * y + cy;
    x = (xx - yy) + cx;
  }
  return static_cast<uint16_t>(n);
}

TEST(everySetDrawsTheSamePicture) {
  for (int level = 0; level < kSimdLevels; ++level) {
    const KernelSet* const set = kernelSetOf(static_cast<SimdLevel>(level));
    if (set == nullptr) continue;
    for (const uint32_t maxIter : {1u, 7u, 8u, 500u}) {
      for (const uint64_t width : {1u, 31u, 32u, 33u, 200u}) {
        std::vector<uint16_t> row(width);
        const double pixelSize = 3.0 / static_cast<double>(width);
        set->mandelbrot({row.data(), width, 0, static_cast<double>(width) / 2, -0.6, pixelSize, 0.1, maxIter});
        for (uint64_t column = 0; column < width; ++column) {
          const double cx = -0.6 + (static_cast<double>(column) - static_cast<double>(width) / 2 + 0.5) * pixelSize;
          CHECK(row[column] == escapeCount(cx, 0.1, maxIter));
        }
      }
    }
  }
}

TEST(everySetAcceleratesBodiesAlike) {
  for (const uint64_t n : {1u, 2u, 3u, 15u, 33u, 100u}) {
    for (const double softening2 : {0.0, 1e-4}) {
      std::vector<double> positions = randomArray<double>(3 * n);
      std::vector<double> masses = randomArray<double>(n);
      std::vector<double> exact(3 * n);
      std::vector<double> sizes(n);
      for (uint64_t i = 0; i < n; ++i) {
        for (uint64_t j = 0; j < n; ++j) {
          if (i == j) continue;
          const double dx = positions[3 * j] - positions[3 * i];
          const double dy = positions[3 * j + 1] - positions[3 * i + 1];
          const double dz = positions[3 * j + 2] - positions[3 * i + 2];
          const double d2 = ((dx * dx + dy * dy) + dz * dz) + softening2;
          const double s = masses[j] * (1 / (d2 * std::sqrt(d2)));
          exact[3 * i] += dx * s;
          exact[3 * i + 1] += dy * s;
          exact[3 * i + 2] += dz * s;
          sizes[i] += std::abs(s) * (std::abs(dx) + std::abs(dy) + std::abs(dz));
        }
      }
      for (int level = 0; level < kSimdLevels; ++level) {
        const KernelSet* const set = kernelSetOf(static_cast<SimdLevel>(level));
        if (set == nullptr) continue;
        std::vector<double> out(3 * n);
        set->nbodyExact({positions.data(), masses.data(), n, softening2, 0, n, out.data()});
        CHECK(isSameBits(out, exact));
        if (softening2 < set->nbodyFastMin) continue;
        set->nbodyFast({positions.data(), masses.data(), n, softening2, 0, n, out.data()});
        for (uint64_t i = 0; i < 3 * n; ++i) CHECK(std::abs(out[i] - exact[i]) <= 1e-9 * sizes[i / 3]);
      }
    }
  }
}

TEST(everySetDrawsTheSameSamples) {
  for (const uint64_t samples : {1u, 16u, 17u, 1000u, 65536u}) {
    uint64_t expected = 0;
    for (int level = 0; level < kSimdLevels; ++level) {
      const KernelSet* const set = kernelSetOf(static_cast<SimdLevel>(level));
      if (set == nullptr) continue;
      const uint64_t inside = set->monteCarlo(42, uint64_t{3} << 31, 10, samples);
      if (level == 0) expected = inside;
      CHECK(inside == expected);
      // Whole blocks counted one by one add up.
      uint64_t apart = 0;
      for (uint64_t block = 0; block < 10; ++block) {
        apart += set->monteCarlo(42, (uint64_t{3} << 31) + block, 1, block == 9 ? samples : kMonteCarloBlock);
      }
      CHECK(apart == expected);
    }
    CHECK(std::abs(static_cast<double>(expected) / static_cast<double>(9 * kMonteCarloBlock + samples) - 0.785) < 0.01);
  }
}

TEST(cancelledKernelsSaySo) {
  useThreads();
  std::vector<double> x = randomArray<double>(300000);
  std::vector<double> square(90000, 1.0);
  std::vector<double> out(90000);
  std::atomic<uint32_t> cancel{1};
  for (const uint32_t threads : {1u, 4u}) {
    KernelCall calls[] = {callOf(threads, {viewOf(x)}), callOf(threads, {viewOf(x)}), callOf(threads, {viewOf(x)}),
                          callOf(threads, {viewOf(x), viewOf(x)}),
                          callOf(threads, {viewOf(square), viewOf(square), viewOf(out)}, {300, 300, 300})};
    const char* const names[] = {"sort", "sum", "meanVariance", "prefixSum", "matmul"};
    for (int index = 0; index < 5; ++index) {
      calls[index].run.cancel = &cancel;
      CHECK(run(names[index], calls[index]).code == StatusCode::kCancelled);
    }
  }
}

TEST(badArgumentsAreRefused) {
  const double nan = std::nan("");
  std::vector<double> x(12, 1.0);
  std::vector<double> y(12, 1.0);
  std::vector<float> floats(12, 1.0f);
  std::vector<uint32_t> bins(4);
  std::vector<uint16_t> pixels(12);
  const auto view = [](auto& array, uint64_t begin, uint64_t length) {
    ArrayArg all = viewOf(array);
    return ArrayArg{static_cast<char*>(all.data) + begin * bytesOf(all.type), length, all.type};
  };
  CHECK(isRefused("sort", "x", callOf(1, {viewOf(pixels)})));
  CHECK(isRefused("prefixSum", "out", callOf(1, {viewOf(x), viewOf(floats)})));
  CHECK(isRefused("prefixSum", "out", callOf(1, {viewOf(x), view(y, 0, 11)})));
  CHECK(isRefused("prefixSum", "out", callOf(1, {view(x, 0, 11), view(x, 1, 11)})));
  CHECK(isRefused("histogram", "max", callOf(1, {viewOf(x), viewOf(bins)}, {1, 1})));
  CHECK(isRefused("histogram", "max", callOf(1, {viewOf(x), viewOf(bins)}, {0, nan})));
  CHECK(isRefused("histogram", "max", callOf(1, {viewOf(x), viewOf(bins)}, {-1e308, 1e308})));
  CHECK(isRefused("histogram", "max", callOf(1, {viewOf(x), viewOf(bins)}, {0, 5e-324})));
  CHECK(isRefused("histogram", "out", callOf(1, {viewOf(x), view(bins, 0, 0)}, {0, 1})));
  CHECK(isRefused("matmul", "a", callOf(1, {viewOf(x), viewOf(y), viewOf(x)}, {4, 4, 4})));
  CHECK(isRefused("matmul", "m", callOf(1, {viewOf(x), viewOf(y), viewOf(x)}, {nan, 4, 4})));
  CHECK(isRefused("matmul", "k", callOf(1, {viewOf(x), viewOf(y), viewOf(x)}, {1, 1, -1})));
  CHECK(isRefused("matmul", "out", callOf(1, {view(x, 0, 4), view(y, 0, 4), view(x, 3, 4)}, {2, 2, 2})));
  CHECK(isRefused("mandelbrot", "out", callOf(1, {viewOf(pixels)}, {5, 5, 0, 0, 1, 10, 0, 5})));
  CHECK(isRefused("mandelbrot", "maxIter", callOf(1, {viewOf(pixels)}, {3, 4, 0, 0, 1, 0, 0, 4})));
  CHECK(isRefused("mandelbrot", "rowCount", callOf(1, {viewOf(pixels)}, {3, 4, 0, 0, 1, 9, 1, 4})));
  CHECK(isRefused("nbodyAccelerations", "positions", callOf(1, {viewOf(x), viewOf(y), viewOf(x)}, {0, 0, 0, 12})));
  CHECK(isRefused("nbodyAccelerations", "softening",
                  callOf(1, {viewOf(x), view(y, 0, 4), view(y, 0, 12)}, {-1, 0, 0, 4})));
  CHECK(isRefused("monteCarloPi", "samples", callOf(1, {}, {0, 1, 0})));
  CHECK(isRefused("monteCarloPi", "seed", callOf(1, {}, {1, 4294967296.0, 0})));
}

}  // namespace
}  // namespace heddle
