// Jobs that have run, on the way back to the thread that brought them, their owner, which takes all at once. No step of
// a worker waits for anybody.
//
//   method                  | who may call
//   ------------------------+--------------------------------------------------------
//   expect, takeAll, close  | the owner
//   push, leave             | whoever ran the job: push, then leave, each once per job
//
// Words: `youngest_` is pushed to by workers and emptied by the owner. `left_` counts in its bits 1-31 the workers that
// have left, modulo 2^31, and bit 0 says that the owner waits for them in `close`. `expected_` is the owner's alone.
//
// No wake-up is lost: the worker whose push found the list empty wakes the owner after that push, and the owner empties
// the list after it was woken. Who pushes in between is taken along; who pushes later finds the list empty and wakes
// again.
//
// Ending: a worker may touch the list, and what it needs to wake the owner, until its `leave`, whose addition to
// `left_` is its last access. `close` returns after the last, so the owner may free all of it then.
#pragma once

#include <atomic>
#include <cstdint>

#include "pool/job_queue.h"
#include "sync/parker.h"

namespace heddle {

class FinishedJobs {
 public:
  /** Says that a job is about to be given to the pool, or, after a refusal, that it was not. */
  void expect() { ++expected_; }
  void unexpect(uint32_t jobs = 1) { expected_ -= jobs; }

  /** The job is the owner's again. True: the list was empty, so the caller has to wake the owner before it leaves. */
  bool push(Job* job) {
    Job* youngest = youngest_.load(std::memory_order_relaxed);
    do {
      job->next = youngest;
      // Release: publishes the job, with all that it has written, to the owner's exchange.
    } while (!youngest_.compare_exchange_weak(youngest, job, std::memory_order_release, std::memory_order_relaxed));
    return youngest == nullptr;
  }

  void leave() {
    // Release: what this worker did comes before the end of close. Nothing of the list is read after this step: the
    // address of the word is enough for waking, and a wake-up at an address that has other uses by then is harmless.
    if ((left_.fetch_add(kLeft, std::memory_order_acq_rel) & kClosing) != 0) unpark(left_, 1);
  }

  /** The jobs that were pushed, oldest first, linked by `next`. */
  Job* takeAll() {
    Job* youngest = youngest_.exchange(nullptr, std::memory_order_acquire);
    Job* oldest = nullptr;
    while (youngest != nullptr) {
      Job* const next = youngest->next;
      youngest->next = oldest;
      oldest = youngest;
      youngest = next;
    }
    return oldest;
  }

  /** Returns when as many workers have left as jobs were expected. Nothing may be expected afterwards. */
  void close() {
    const uint32_t all = expected_ * kLeft + kClosing;
    // Acquire, here and below: pairs with the addition of each worker that has left.
    uint32_t left = left_.fetch_or(kClosing, std::memory_order_acq_rel) | kClosing;
    while (left != all) {
      parkWhileEqual(left_, left);
      left = left_.load(std::memory_order_acquire);
    }
  }

 private:
  static constexpr uint32_t kClosing = 1;
  static constexpr uint32_t kLeft = 2;

  alignas(kLineBytes) std::atomic<Job*> youngest_{nullptr};
  std::atomic<uint32_t> left_{0};              // beside youngest_: the same threads write it, right after
  alignas(kLineBytes) uint32_t expected_ = 0;  // jobs that workers have left or will leave, modulo 2^32
};

}  // namespace heddle
