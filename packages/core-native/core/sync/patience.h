// How long a worker looks on for the next region when a short spin has brought none, before it sleeps.
//
// A thread that sleeps takes 25 us to wake on a virtual machine, as long as a small region. Where regions follow each
// other within 2 ms all the time, say because the caller computes something by itself between them, a worker is awake
// for each only if it looks on for that long: it burns its core then, as OpenMP does by itself, though after every
// region, and without looking whether another program wants the core. So patience is earned and easily lost:
//
// - earned by kProofs waits in a row that each ended with a region within kPatience of their begin. Jobs prove nothing:
//   nobody stands still for their begin;
// - lost by one wait that lasted longer, so that an idle pool burns 2 ms at most;
// - lost where another thread wants the core for longer than a moment. The worker yields its core every kYieldEvery:
//   1.2 us if nobody else is there to take it, 10 to 140 us if the system does something of its own, about 1 ms or more
//   if a program computes;
// - lost by who wakes or looks on for a region without getting a seat: others are enough.
//
// A patience belongs to one worker; no other thread touches it.
#pragma once

#include <chrono>
#include <cstdint>

#if defined(__linux__)
#include <sched.h>
#endif

namespace heddle {

/** The clock and the core, as they are. */
struct SystemCore {
  static int64_t nowNs() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  static void yield() {
#if defined(__linux__)
    sched_yield();
#endif
  }
};

template <class Core>
class BasicPatience {
 public:
  /** A guess: twice the millisecond that the bench leaves between two regions. */
  static constexpr int64_t kPatienceNs = 2'000'000;
  /** Regions in a row; a guess: a burst of a few calls shouldn't be enough. */
  static constexpr uint32_t kProofs = 8;
  static constexpr int64_t kYieldEveryNs = 50'000;
  /** Longer than what the system takes for itself, shorter than a slice. */
  static constexpr int64_t kYieldTakesNs = 300'000;
  /** Looks between two looks at the clock, which takes 25 ns. */
  static constexpr uint32_t kLooks = 16;

  /** A short spin has brought nothing. */
  void begin() {
    start_ = yielded_ = Core::nowNs();
    looks_ = 0;
  }

  /** After begin(), before each further look: whether to look on. */
  bool lasts() {
    if (proofs_ < kProofs) return false;
    if (++looks_ % kLooks != 0) return true;
    const int64_t now = Core::nowNs();
    if (now - start_ > kPatienceNs) return false;
    if (now - yielded_ > kYieldEveryNs) {
      Core::yield();
      yielded_ = Core::nowNs();
      if (yielded_ - now > kYieldTakesNs) {
        lose();
        return false;
      }
    }
    return true;
  }

  /** The wait that began has ended with a region, be it after a sleep. */
  void regionCame() {
    if (Core::nowNs() - start_ > kPatienceNs) {
      lose();
    } else if (proofs_ < kProofs) {
      ++proofs_;
    }
  }

  void lose() { proofs_ = 0; }

 private:
  int64_t start_ = 0;
  int64_t yielded_ = 0;
  uint32_t looks_ = 0;
  uint32_t proofs_ = 0;
};

using Patience = BasicPatience<SystemCore>;

}  // namespace heddle
