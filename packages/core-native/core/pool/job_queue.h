// The pool's queue of jobs, first come first served. Who brings a job never waits for anybody; who takes one waits only
// while another moves jobs on. PROTOCOL.md, "The queue", tells the steps and who writes which word.
//
//   method  | who may call
//   --------+-------------
//   all     | any thread
//
// No memory is allocated: jobs are linked through their own field, and the row is a part of the queue.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "pool/pool_options.h"

namespace heddle {

/** A function that one worker runs. Owned by the submitter, which keeps it alive until it has run or was removed. */
struct Job {
  void (*run)(Job* job) = nullptr;
  const void* owner = nullptr;  // compared by removeJobs, never dereferenced
  Job* next = nullptr;          // the pool's while queued
};

class JobQueue {
 public:
  /** What a call took, and how many workers have something to do from then on: the caller wakes as many. */
  struct Taken {
    Job* job;  // null: there is none
    uint32_t shown;
  };

  void push(Job* job);

  /** The oldest job; it is the caller's alone from then on. */
  Taken take();

  /** Takes the owner's jobs out: a list. The others keep their order. */
  Taken remove(const void* owner);

  /**
   * False: a job is queued, or was a moment ago. True: none is, or it is in the hands of a thread in `take` or
   * `remove`, which will show it. Sequentially consistent, as `push` and the showing are.
   */
  bool isEmpty() const {
    return (row_.load(std::memory_order_seq_cst) & (kCountMask | kMore)) == 0 &&
           inbox_.load(std::memory_order_seq_cst) == nullptr;
  }

 private:
  // The word of the row: bits 0-7 jobs in it, 8-15 index of the oldest, 16 whether older_ has more, 17-63 how often it
  // was filled.
  static constexpr uint64_t kCount = 1;
  static constexpr uint64_t kCountMask = 0xff;
  static constexpr uint64_t kFirst = uint64_t{1} << 8;
  static constexpr uint64_t kFirstMask = uint64_t{0xff} << 8;
  static constexpr uint64_t kMore = uint64_t{1} << 16;
  static constexpr uint64_t kFilling = uint64_t{1} << 17;
  static_assert(kRowJobs <= 0xff);

  Job* takeFromRow();
  void takeInbox();
  uint32_t fillRow();

  alignas(kLineBytes) std::atomic<Job*> inbox_{nullptr};  // the youngest, linked to older ones; push, takers empty it
  alignas(kLineBytes) std::atomic<uint64_t> row_{0};      // takers; filled under mutex_ while it is empty
  std::atomic<Job*> jobs_[kRowJobs] = {};                 // the row's; written under mutex_ while it is empty
  std::mutex mutex_;                                      // of those that move jobs on
  Job* older_ = nullptr;  // older than those in the inbox, younger than those in the row, oldest first; under mutex_
};

}  // namespace heddle
