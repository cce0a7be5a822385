// The process's thread pool. It runs regions (a range cut into chunks, shared between the calling thread and workers
// that join) and jobs (a function run on one worker, which may open regions itself). PROTOCOL.md beside this file tells
// the states, who writes which word, and why no wake-up is lost.
//
//   method              | who may call
//   --------------------+------------------------------------------------------------
//   instance            | any thread
//   run                 | any thread, workers inside a chunk or a job included
//   submit, removeJobs  | any thread
//   setThreads, threads | any thread
//
// The pool is made on first use and never destroyed: its threads may be running when the process ends or when the
// environment that loaded the library goes away.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "pool/job_queue.h"
#include "pool/pool_options.h"
#include "sync/patience.h"
#include "sync/placement.h"

namespace heddle {

/** A range and the function that handles a chunk of it. The function must not throw. */
struct Region {
  void (*chunk)(void* context, uint64_t begin, uint64_t end, uint32_t participant);
  void* context;
  uint64_t count;                       // elements 0..count-1
  uint64_t grain;                       // elements per chunk, at least 1
  uint32_t threads;                     // most threads that work on it at a time, the caller included
  uint32_t participants;                // bound of the participant index: workers with a greater one stay out
  const std::atomic<uint32_t>* cancel;  // not zero: no further chunk is started; may be null
};

class ThreadPool {
 public:
  static ThreadPool& instance();

  /**
   * Sets how many threads work at once, 1 to kThreadsMax; values outside are clamped. More workers are started when
   * work comes; fewer: the surplus sleeps. Work in progress keeps the threads it has.
   */
  void setThreads(uint32_t threads);

  /** Same, but only when nobody has set a number yet. */
  void setDefaultThreads(uint32_t threads);

  /** The number set, else what the operating system reports. */
  uint32_t threads() const { return limit_.load(std::memory_order_relaxed); }

  /**
   * Runs all chunks and returns when the last has ended. True if every chunk ran, false if the cancel flag stopped it.
   * The participant index passed to a chunk names the thread: 0 is the caller, worker w is w + 1; it is below
   * region.participants. Workers leave between chunks when jobs wait for a thread, and may come back. Does not
   * allocate.
   */
  bool run(const Region& region);

  /** Queues a job, first come first served. False when there is no worker and none can be started. */
  bool submit(Job* job);

  /** Takes the owner's jobs that no worker has begun out of the queue; returns them as a list. */
  Job* removeJobs(const void* owner);

 private:
  struct Slot;

  ThreadPool();
  static void* workerMain(void* argument);
  void workerLoop(uint32_t index);
  /** What became of a look for a seat: taken, or none was free, or there was no open region. */
  enum class Help { given, notWanted, nothing };
  Help help(uint32_t index);
  bool runOneJob();
  bool ensureWorkers(uint32_t wanted);
  void announce(uint32_t workers);
  void wake(uint32_t workers);
  void awaitNews(uint32_t index, uint32_t epoch, Patience& patience);
  void sleep(uint32_t index, uint32_t epoch);
  Slot* claimSlot();
  void close(Slot& slot);

  // Law of each word: PROTOCOL.md, "Words". Each line has one kind of writer.
  alignas(kLineBytes) std::atomic<uint32_t> epoch_{0};     // bumped to make workers look again; they park on it
  alignas(kLineBytes) std::atomic<uint32_t> sleepers_{0};  // workers that park on epoch_, and wake-ups for them
  alignas(kLineBytes) std::atomic<uint32_t> open_{0};      // bit s: slot s may have seats; written by slot owners
  JobQueue queue_;
  alignas(kLineBytes) std::atomic<uint32_t> limit_;  // threads(); written under startMutex_
  std::atomic<uint32_t> resized_{0};                 // bumped when limit_ changes; surplus workers park on it
  std::atomic<uint32_t> started_{0};                 // workers that exist; written under startMutex_
  std::mutex startMutex_;
  bool isSized_ = false;  // setThreads or setDefaultThreads was called; under startMutex_
  Slot* const slots_;
  Placement* const placements_;  // of worker w at w
};

}  // namespace heddle
