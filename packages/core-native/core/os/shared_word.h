// Sleeping on a word of memory that processes share, until somebody changes it (futex). `Atomics.wait` of JavaScript
// keeps its list of sleepers within one process; here it is the kernel's, by the memory itself. Linux only.
//
// Whoever changes the word changes it first and wakes then; whoever sleeps gives the value it has seen, which the
// kernel compares in one step with falling asleep. So no change is slept through. A sleep may end without a change:
// whoever sleeps looks again.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace heddle::os {

using SharedWord = std::atomic<uint32_t>;

/**
 * Blocks until the word is no longer `value`, somebody wakes, or `timeoutMs` (at most about 24 days) have passed. 0, or
 * the system's error number: ETIMEDOUT; ENOSYS: not on this system.
 */
int waitOnWord(SharedWord* word, uint32_t value, double timeoutMs);

/** Ends the sleep of all who sleep on the word, in any process. */
void wakeWord(SharedWord* word);

/**
 * Tells a counter (event_fd.h) of every change of a word, for who can't block: a thread that sleeps on the word, and
 * adds 1 to the counter when it has changed. Several changes may come as one. It keeps the segment that the word lies
 * in, and has a descriptor of its own of the counter.
 *
 * The thread ends with the object, which adds 1 to the word for that: otherwise it might fall asleep after it was
 * woken.
 */
class WordForwarder {
 public:
  /** Null: *error is the system's error number; EINVAL: the word lies in no segment. */
  static WordForwarder* start(SharedWord* word, int event, int* error);
  WordForwarder(const WordForwarder&) = delete;
  ~WordForwarder();

 private:
  WordForwarder() = default;
  void run();

  SharedWord* word_ = nullptr;
  uint64_t segment_ = 0;
  int event_ = -1;
  /** Of the word, when it was told last. Before the thread starts written by who starts it, then by the thread alone.
   */
  uint32_t seen_ = 0;
  /** Set once, before the word is changed, which the thread sees later: so it finds this set. */
  std::atomic<bool> isEnding_{false};
  std::thread thread_;
};

}  // namespace heddle::os
