// heddle's pool, from the sources that the addon is built of, through the loop that its kernels use.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "parallel/parallel_for.h"
#include "pool/thread_pool.h"
#include "sync/parker.h"

namespace bench {

class Pool {
 public:
  static constexpr bool kHasQueue = true;
  static constexpr bool kHasForkJoin = true;

  explicit Pool(uint32_t threads) : threads_(threads) { heddle::ThreadPool::instance().setThreads(threads); }

  template <class Body>
  void runEven(uint32_t count, const Body& body) {
    heddle::parallelFor(heddle::RunContext{threads_}, count, 1,
                        [&body](uint64_t begin, uint64_t, uint32_t) { body(static_cast<uint32_t>(begin)); });
  }

  template <class Body>
  void runUneven(uint32_t count, const Body& body) {
    runEven(count, body);
  }

  /**
   * The pool's jobs belong to who submits them and tell nobody that they have ended: here is the counting that goes
   * with it. Their memory is made by the first call and used again, as an allocator of tasks would.
   */
  template <class Task>
  void submitAll(uint32_t count, const Task& task) {
    if (queued_.size() < count) queued_ = std::vector<Queued>(count);
    const uint32_t batch = ended_.load(std::memory_order_relaxed);
    left_.store(count, std::memory_order_relaxed);  // published by the queue
    for (uint32_t index = 0; index < count; ++index) {
      Queued& job = queued_[index];
      job.run = &Pool::runQueued;
      job.pool = this;
      job.task = &task;
      job.call = [](const void* context) { (*static_cast<const Task*>(context))(); };
      if (!heddle::ThreadPool::instance().submit(&job)) {
        std::fputs("heddle's pool could not start a thread\n", stderr);
        std::exit(1);
      }
    }
    // Bumped once, by the task that ends last. Acquire: pairs with its release.
    while (ended_.load(std::memory_order_acquire) == batch) heddle::parkWhileEqual(ended_, batch);
  }

  /** Calls `root` where `both` may be called. */
  template <class Root>
  void enter(const Root& root) {
    root();
  }

  template <class Left, class Right>
  void both(const Left& left, const Right& right) {
    runEven(2, [&](uint32_t index) { index == 0 ? left() : right(); });
  }

 private:
  struct Queued : heddle::Job {
    Pool* pool = nullptr;
    void (*call)(const void* task) = nullptr;
    const void* task = nullptr;
  };

  static void runQueued(heddle::Job* job) {
    auto* const self = static_cast<Queued*>(job);
    Pool& pool = *self->pool;
    self->call(self->task);
    // Whoever ends last has seen the ends of all others (acquire, release), and hands them to the submitter.
    if (pool.left_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    pool.ended_.fetch_add(1, std::memory_order_release);
    heddle::unpark(pool.ended_, 1);
  }

  const uint32_t threads_;
  std::vector<Queued> queued_;
  alignas(heddle::kLineBytes) std::atomic<uint32_t> left_{0};   // tasks that have not ended; whoever runs one
  alignas(heddle::kLineBytes) std::atomic<uint32_t> ended_{0};  // batches; whoever ends last; the submitter parks on it
};

}  // namespace bench
