// Scenarios of regions: a chunk for each thread, and the caller waits for all. How long one takes, hot or after the
// caller has worked alone for a while; whether the other threads took part at all, because who runs all chunks itself
// is quick with nothing and of no use with work; and what idle threads burn.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "clock.h"
#include "processes.h"
#include "report.h"

namespace bench {

/** What happened in a pass that is not timed. */
class Attendance {
 public:
  explicit Attendance(uint32_t threads) : places_(threads) {}

  void note(uint32_t index) {
    places_[index].times.fetch_add(1, std::memory_order_relaxed);
    places_[index].thread.store(&here, std::memory_order_relaxed);
  }
  /** Whether all chunks of the last region were run by different threads. */
  bool isShared() const {
    for (size_t a = 0; a < places_.size(); ++a) {
      for (size_t b = 0; b < a; ++b) {
        if (places_[a].thread.load(std::memory_order_relaxed) == places_[b].thread.load(std::memory_order_relaxed)) {
          return false;
        }
      }
    }
    return true;
  }
  void check(uint32_t regions, Report& report) const {
    for (const Place& place : places_) {
      const uint32_t times = place.times.load();
      if (times == regions) continue;
      report.problem("a chunk ran " + std::to_string(times) + " times in " + std::to_string(regions) + " regions");
    }
  }

 private:
  struct alignas(128) Place {
    std::atomic<uint32_t> times{0};
    std::atomic<const void*> thread{nullptr};
  };
  static inline thread_local char here = 0;  // its address is the thread's name

  std::vector<Place> places_;
};

struct RegionWork {
  uint64_t chunk;  // ticks that a chunk takes
  uint64_t alone;  // ticks that the caller works by itself before each region
};

/** Time of a region, each of `samples` the mean of `batch` in a row. */
template <class Pool>
std::vector<double> timeRegions(Pool& pool, uint32_t threads, const RegionWork& one, uint32_t samples, uint32_t batch) {
  const auto chunk = [length = one.chunk](uint32_t index) {
    asm volatile("" ::"r"(index) : "memory");
    if (length != 0) work(length);
  };
  std::vector<double> us;
  us.reserve(samples);
  for (uint32_t sample = 0; sample < samples; ++sample) {
    if (one.alone != 0) work(one.alone);
    const uint64_t start = ticks();
    for (uint32_t region = 0; region < batch; ++region) pool.runEven(threads, chunk);
    us.push_back(toUs(ticks() - start) / batch);
  }
  return us;
}

/** In per cent of `regions`: those whose chunks were all run by different threads. */
template <class Pool>
double sharedPercent(Pool& pool, uint32_t threads, const RegionWork& one, uint32_t regions, Report& report) {
  Attendance attendance(threads);
  uint32_t shared = 0;
  for (uint32_t region = 0; region < regions; ++region) {
    if (one.alone != 0) work(one.alone);
    pool.runEven(threads, [&](uint32_t index) {
      attendance.note(index);
      if (one.chunk != 0) work(one.chunk);
    });
    if (attendance.isShared()) ++shared;
  }
  attendance.check(regions, report);
  return 100.0 * shared / regions;
}

template <class Pool>
void regions(const Options& options, uint32_t threads, Report& report) {
  const Neighbours neighbours(options.number("neighbours"));
  const double perUs = ticksPerUs();
  const RegionWork one{static_cast<uint64_t>(options.number("chunkUs") * perUs),
                       static_cast<uint64_t>(options.number("aloneUs") * perUs)};
  const uint32_t samples = options.number("samples");
  const uint32_t windowMs = options.number("idleWindowMs");
  static Pool pool(threads);
  timeRegions(pool, threads, one, samples / 4 + 1, 1);
  std::vector<double> us = timeRegions(pool, threads, one, samples, options.number("batch"));
  report.figure("p50Us", quantile(us, 0.5));
  report.figure("p99Us", quantile(us, 0.99));
  report.figure("sharedPercent", sharedPercent(pool, threads, one, samples / 4 + 1, report));
  if (windowMs != 0) report.figure("idlePercent", idlePercent(windowMs));
}

/** What the pool burns from `graceMs` after its last region on. */
template <class Pool>
void idle(const Options& options, uint32_t threads, Report& report) {
  static Pool pool(threads);
  const RegionWork one{static_cast<uint64_t>(5 * ticksPerUs()), 0};
  sharedPercent(pool, threads, one, options.number("regions"), report);
  sleepMs(options.number("graceMs"));
  report.figure("idlePercent", idlePercent(options.number("windowMs")));
}

}  // namespace bench
