#include "sync/placement.h"

#if defined(__linux__)

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace heddle {

int Placement::currentProcessor() { return sched_getcpu(); }

void Placement::park() {
  giveBack();
  if (thread_.load(std::memory_order_relaxed) == 0) {
    thread_.store(static_cast<int>(syscall(SYS_gettid)), std::memory_order_relaxed);
  }
  isParked_.store(true, std::memory_order_relaxed);
}

void Placement::unpark() {
  isParked_.store(false, std::memory_order_relaxed);
  giveBack();
}

void Placement::keepOff(int processor) {
  if (processor < 0 || !isParked_.load(std::memory_order_relaxed)) return;
  // Refusals (more processors than the set has bits, a filter of system calls) leave everything as it was.
  const int thread = thread_.load(std::memory_order_relaxed);
  cpu_set_t set;
  if (sched_getaffinity(thread, sizeof set, &set) != 0) return;
  // What an earlier waker withheld, whose wake-up went to another thread, is free again.
  const int before = withheld_.load(std::memory_order_relaxed);
  if (before >= 0) CPU_SET(before, &set);
  CPU_CLR(processor, &set);
  if (CPU_COUNT(&set) == 0) return;
  withheld_.store(processor, std::memory_order_relaxed);
  sched_setaffinity(thread, sizeof set, &set);
}

void Placement::giveBack() {
  if (withheld_.load(std::memory_order_relaxed) < 0) return;
  const int processor = withheld_.exchange(-1, std::memory_order_relaxed);
  cpu_set_t set;
  if (processor < 0 || sched_getaffinity(0, sizeof set, &set) != 0) return;
  CPU_SET(processor, &set);
  sched_setaffinity(0, sizeof set, &set);
}

}  // namespace heddle

#else

namespace heddle {

int Placement::currentProcessor() { return -1; }
void Placement::park() {}
void Placement::unpark() {}
void Placement::keepOff(int) {}
void Placement::giveBack() {}

}  // namespace heddle

#endif
