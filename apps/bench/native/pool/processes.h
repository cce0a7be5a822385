// The program among others: it ends with the one that started it, may take neighbours along that want its processors,
// and reads how much processor time it used.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace bench {

/** `parent`: its id as it was before anything could end it; a parent that has gone meanwhile ends this process too. */
inline void endWithParent(pid_t parent) {
#if defined(__linux__)
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (getppid() != parent) std::_Exit(1);
}

/** Other programs that compute without end. Made before any thread is, ended when this goes. */
class Neighbours {
 public:
  explicit Neighbours(uint32_t count) {
    const pid_t self = getpid();
    for (uint32_t index = 0; index < count; ++index) {
      const pid_t child = fork();
      if (child < 0) {
        std::perror("pool bench: fork");
        std::exit(1);
      }
      if (child == 0) {
        endWithParent(self);
        for (;;) asm volatile("" ::: "memory");
      }
      children_.push_back(child);
    }
  }
  ~Neighbours() {
    for (const pid_t child : children_) {
      kill(child, SIGKILL);
      waitpid(child, nullptr, 0);
    }
  }
  Neighbours(const Neighbours&) = delete;
  Neighbours& operator=(const Neighbours&) = delete;

 private:
  std::vector<pid_t> children_;
};

inline double secondsOf(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

inline void sleepMs(uint32_t ms) {
  const timespec length{static_cast<time_t>(ms / 1000), static_cast<long>(ms % 1000) * 1'000'000};
  nanosleep(&length, nullptr);
}

/** Processor time of all threads while the calling one sleeps for `windowMs`, in per cent of one processor. */
inline double idlePercent(uint32_t windowMs) {
  const double start = secondsOf(CLOCK_MONOTONIC);
  const double before = secondsOf(CLOCK_PROCESS_CPUTIME_ID);
  sleepMs(windowMs);
  const double used = secondsOf(CLOCK_PROCESS_CPUTIME_ID) - before;
  return 100 * used / (secondsOf(CLOCK_MONOTONIC) - start);
}

}  // namespace bench
