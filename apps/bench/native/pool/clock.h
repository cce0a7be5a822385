// Time in steps fine enough for regions of less than a microsecond: the processor's own counter where it has a steady
// one, else the system's clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace bench {

inline uint64_t ticks() {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#else
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

/** Ticks in a microsecond, from 20 ms beside the system's clock. */
inline double ticksPerUs() {
  static const double measured = [] {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    const uint64_t first = ticks();
    while (Clock::now() - start < std::chrono::milliseconds(20)) {
    }
    const uint64_t last = ticks();
    const std::chrono::duration<double, std::micro> elapsed = Clock::now() - start;
    return static_cast<double>(last - first) / elapsed.count();
  }();
  return measured;
}

inline double toUs(uint64_t spent) { return static_cast<double>(spent) / ticksPerUs(); }

/** Keeps the calling thread at work for that many ticks. */
inline void work(uint64_t length) {
  const uint64_t start = ticks();
  while (ticks() - start < length) {
  }
}

}  // namespace bench
