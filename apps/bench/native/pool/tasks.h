// Scenarios of tasks: many empty ones from one thread, and two branches that split again and again.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "clock.h"
#include "report.h"

namespace bench {

/** Empty tasks per second, from the first to be submitted to the last to end. */
template <class Pool>
void queue(const Options& options, uint32_t threads, Report& report) {
  if constexpr (Pool::kHasQueue) {
    static Pool pool(threads);
    const uint32_t count = options.number("tasks");
    static std::atomic<uint32_t> ran{0};
    const auto counted = [] { ran.fetch_add(1, std::memory_order_relaxed); };
    pool.submitAll(count, counted);  // makes all memory, and shows that each task runs once
    if (ran.load() != count) report.problem(std::to_string(ran.load()) + " of " + std::to_string(count) + " tasks ran");
    const uint64_t start = ticks();
    pool.submitAll(count, [] { asm volatile("" ::: "memory"); });
    report.figure("perSecond", count * 1e6 / toUs(ticks() - start));
  } else {
    report.problem("it queues no tasks");
  }
}

inline uint32_t plainFibonacci(uint32_t n) { return n < 2 ? n : plainFibonacci(n - 1) + plainFibonacci(n - 2); }

template <class Pool>
uint32_t fibonacci(Pool& pool, uint32_t n, uint32_t cutoff) {
  if (n <= cutoff) return plainFibonacci(n);
  uint32_t left = 0;
  uint32_t right = 0;
  pool.both([&] { left = fibonacci(pool, n - 1, cutoff); }, [&] { right = fibonacci(pool, n - 2, cutoff); });
  return left + right;
}

/** A Fibonacci number by its definition, each sum above the cutoff as two branches; and by one thread, without any. */
template <class Pool>
void forkJoin(const Options& options, uint32_t threads, Report& report) {
  if constexpr (Pool::kHasForkJoin) {
    static Pool pool(threads);
    const uint32_t n = options.number("n");
    const uint32_t cutoff = options.number("cutoff");
    const uint32_t repeats = options.number("repeats");
    volatile uint32_t argument = n;  // keeps the compiler from knowing the answer
    std::vector<double> ms;
    std::vector<double> plainMs;
    for (uint32_t repeat = 0; repeat < repeats + repeats / 4; ++repeat) {
      uint32_t result = 0;
      const uint64_t start = ticks();
      pool.enter([&] { result = fibonacci(pool, argument, cutoff); });
      const uint64_t middle = ticks();
      const uint32_t expected = plainFibonacci(argument);
      const uint64_t end = ticks();
      if (result != expected) {
        report.problem("it found " + std::to_string(result) + " instead of " + std::to_string(expected));
      }
      if (repeat < repeats / 4) continue;  // to warm up
      ms.push_back(toUs(middle - start) / 1e3);
      plainMs.push_back(toUs(end - middle) / 1e3);
    }
    report.figure("ms", quantile(ms, 0.5));
    report.figure("sharePercent", 100 * quantile(plainMs, 0.5) / (threads * quantile(ms, 0.5)));
  } else {
    report.problem("it has no branches");
  }
}

}  // namespace bench
