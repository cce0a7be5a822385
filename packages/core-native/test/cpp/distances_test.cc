// Distances against the contract's order of additions, element by element, and against exact sums.
#include <cmath>
#include <limits>
#include <random>

#include "check.h"
#include "kernel_calls.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

std::mt19937_64 generator(20240609);  // fixed: a failure repeats

template <class T>
std::vector<T> randomVectors(uint64_t count, uint64_t dimension) {
  std::vector<T> all(count * dimension);
  for (T& value : all) {
    const double unit = static_cast<double>(generator() >> 11) * 0x1p-53 - 0.5;
    value = static_cast<T>(std::ldexp(unit, static_cast<int>(generator() % 12)));
  }
  return all;
}

template <class T>
T termOf(T a, T b, bool isDot) {
  if (isDot) return a * b;
  const T difference = a - b;
  return difference * difference;
}

/** The contract's distance: 64 bytes of lanes in turn, then halved. */
template <class T>
T contractDistance(const T* a, const T* b, uint64_t dimension, bool isDot) {
  constexpr uint64_t kLanes = 64 / sizeof(T);
  T lanes[kLanes] = {};
  for (uint64_t i = 0; i < dimension; ++i) lanes[i % kLanes] += termOf(a[i], b[i], isDot);
  for (uint64_t width = kLanes / 2; width > 0; width /= 2) {
    for (uint64_t lane = 0; lane < width; ++lane) lanes[lane] += lanes[lane + width];
  }
  return lanes[0];
}

template <class T>
std::vector<T> contractDistances(const std::vector<T>& queries, const std::vector<T>& rows, uint64_t dimension,
                                 bool isDot) {
  std::vector<T> out;
  for (uint64_t q = 0; q < queries.size(); q += dimension) {
    for (uint64_t r = 0; r < rows.size(); r += dimension) {
      out.push_back(contractDistance(&queries[q], &rows[r], dimension, isDot));
    }
  }
  return out;
}

template <class T>
void checkDistances(uint64_t queryCount, uint64_t rowCount, uint64_t dimension) {
  std::vector<T> queries = randomVectors<T>(queryCount, dimension);
  std::vector<T> rows = randomVectors<T>(rowCount, dimension);
  for (const bool isDot : {false, true}) {
    const std::vector<T> expected = contractDistances(queries, rows, dimension, isDot);
    for (const uint32_t threads : {1u, 2u, 3u, 8u}) {
      std::vector<T> out(queryCount * rowCount, T{7});
      KernelCall call = callOf(threads, {viewOf(queries), viewOf(rows), viewOf(out)},
                               {static_cast<double>(dimension), isDot ? 1.0 : 0.0});
      CHECK(run("distances", call).isOk());
      CHECK(isSameBits(out, expected));
    }
    for (uint64_t pair = 0; pair < expected.size(); pair += 97) {
      long double exact = 0;
      long double sizes = 0;
      for (uint64_t i = 0; i < dimension; ++i) {
        const long double a = queries[pair / rowCount * dimension + i];
        const long double b = rows[pair % rowCount * dimension + i];
        const long double term = isDot ? a * b : (a - b) * (a - b);
        exact += term;
        sizes += std::abs(term);
      }
      constexpr bool kIsDouble = sizeof(T) == 8;
      const long double bound = kIsDouble ? dimension / 8.0L + 6 : dimension / 16.0L + 7;
      CHECK(std::abs(expected[pair] - exact) <= bound * std::numeric_limits<T>::epsilon() * sizes);
    }
  }
}

TEST(distancesAddInTheContractsOrder) {
  ThreadPool::instance().setThreads(8);
  const uint64_t shapes[][3] = {{0, 3, 4},     {3, 0, 4},     {1, 1, 1},     {1, 5, 3},     {2, 4, 8},
                                {3, 7, 16},    {5, 9, 17},    {4, 4, 31},    {9, 13, 64},   {1, 3000, 100},
                                {70, 50, 33},  {300, 30, 40}, {3, 11, 5000}, {1, 700, 256}, {40, 300, 48},
                                {1, 9000, 120}};  // the last is more than caches hold
  for (const auto& shape : shapes) {
    checkDistances<double>(shape[0], shape[1], shape[2]);
    checkDistances<float>(shape[0], shape[1], shape[2]);
  }
}

template <class T>
void checkSets(void (*KernelSet::*body)(const DistanceSpan<T>&)) {
  for (const uint64_t dimension : {1u, 7u, 8u, 15u, 16u, 48u, 100u, 260u, 700u}) {
    for (const uint64_t queryCount : {1u, 2u, 3u, 5u, 9u}) {
      const uint64_t rowCount = 11;
      const std::vector<T> queries = randomVectors<T>(queryCount, dimension);
      const std::vector<T> rows = randomVectors<T>(rowCount, dimension);
      for (const bool isDot : {false, true}) {
        const std::vector<T> expected = contractDistances(queries, rows, dimension, isDot);
        for (int level = 0; level < kSimdLevels; ++level) {
          const KernelSet* const set = kernelSetOf(static_cast<SimdLevel>(level));
          if (set == nullptr) continue;
          for (const bool isFar : {false, true}) {
            std::vector<T> out(queryCount * rowCount);
            (set->*body)(
                {queries.data(), queryCount, rows.data(), rowCount, dimension, isDot, out.data(), rowCount, isFar});
            CHECK(isSameBits(out, expected));
          }
        }
      }
    }
  }
}

TEST(everySetGivesTheSameDistances) {
  checkSets<double>(&KernelSet::distancesF64);
  checkSets<float>(&KernelSet::distancesF32);
}

TEST(cancelledDistancesSaySo) {
  std::atomic<uint32_t> cancel{1};
  std::vector<double> queries(100);
  std::vector<double> rows(100000);
  std::vector<double> out(1000);
  for (const uint32_t threads : {1u, 4u}) {
    KernelCall call = callOf(threads, {viewOf(queries), viewOf(rows), viewOf(out)}, {100, 0});
    call.run.cancel = &cancel;
    CHECK(run("distances", call).code == StatusCode::kCancelled);
  }
}

TEST(badDistancesAreRefused) {
  std::vector<double> all(24);
  std::vector<float> floats(6);
  const auto view = [&](uint64_t begin, uint64_t length) {
    return ArrayArg{all.data() + begin, length, ElementType::f64};
  };
  const auto refused = [&](const char* argument, const ArrayArg& queries, const ArrayArg& rows, const ArrayArg& out,
                           double dimension, double isDot) {
    CHECK(isRefused("distances", argument, callOf(1, {queries, rows, out}, {dimension, isDot})));
  };
  refused("rows", view(0, 6), viewOf(floats), view(12, 4), 3, 0);
  refused("out", view(0, 6), view(6, 6), viewOf(floats), 3, 0);
  refused("queries", view(0, 5), view(6, 6), view(12, 4), 3, 0);
  refused("rows", view(0, 6), view(6, 7), view(16, 4), 3, 0);
  refused("out", view(0, 6), view(6, 6), view(12, 5), 3, 0);
  refused("out", view(0, 6), view(6, 6), view(5, 4), 3, 0);
  refused("out", view(0, 6), view(6, 6), view(9, 4), 3, 0);
  refused("isDot", view(0, 6), view(6, 6), view(12, 4), 3, 2);
  for (const double dimension : {0.0, -1.0, 0.5, std::nan(""), 2147483648.0}) {
    refused("dimension", view(0, 6), view(6, 6), view(12, 4), dimension, 0);
  }
}

}  // namespace
}  // namespace heddle
