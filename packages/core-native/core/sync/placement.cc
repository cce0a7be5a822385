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
  isParked_.store(true, std::memory_order_release);
}

void Placement::unpark() {
  isParked_.store(false, std::memory_order_relaxed);
  giveBack();
}

void Placement::keepOff(int processor) {
  if (processor < 0 || !isParked_.load(std::memory_order_acquire)) return;
  change(thread_.load(std::memory_order_relaxed), processor);
}

void Placement::giveBack() { change(0, -1); }

/** Puts back what is withheld from the thread (0: the calling one), then withholds `processor`, if it is one. */
void Placement::change(int thread, int processor) {
  if (isHeld_.exchange(true, std::memory_order_acquire)) return;
  // Refusals (more processors than the set has bits, a filter of system calls) leave everything as it was.
  cpu_set_t set;
  if (processor != withheld_ && sched_getaffinity(thread, sizeof set, &set) == 0) {
    if (withheld_ >= 0) CPU_SET(withheld_, &set);
    if (processor >= 0) CPU_CLR(processor, &set);
    if (CPU_COUNT(&set) != 0 && sched_setaffinity(thread, sizeof set, &set) == 0) withheld_ = processor;
  }
  isHeld_.store(false, std::memory_order_release);
}

}  // namespace heddle

#else

namespace heddle {

int Placement::currentProcessor() { return -1; }
void Placement::park() {}
void Placement::unpark() {}
void Placement::keepOff(int) {}
void Placement::giveBack() {}
void Placement::change(int, int) {}

}  // namespace heddle

#endif
