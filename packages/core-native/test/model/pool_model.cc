// The thread pool with its queue, whole, in many orders of its steps: core/pool. Its law is core/pool/PROTOCOL.md.
//   usage: pool_model [orders of each scenario, default 20000]
#include "world.h"

#define atomic ModelAtomic
#define mutex ModelMutex
#define private public
#define pthread_create heddle::model::createThread

namespace heddle::model {

int createThread(pthread_t* thread, const pthread_attr_t* attributes, void* (*begin)(void*), void* argument);

}  // namespace heddle::model

#include "pool/job_queue.cc"
#include "pool/thread_pool.cc"
#undef private
#undef pthread_create

namespace heddle::model {

ThreadPool* pool = nullptr;

/** Instead of workerMain, which asks for the pool of the process. */
int createThread(pthread_t*, const pthread_attr_t*, void* (*)(void*), void* argument) {
  const auto work = [](void* index) { pool->workerLoop(static_cast<uint32_t>(reinterpret_cast<uintptr_t>(index))); };
  return startThread(work, argument) ? 0 : EAGAIN;
}

struct Scenario {
  Scenario() { pool = new ThreadPool(); }
  ~Scenario() {
    delete[] pool->slots_;
    delete[] pool->placements_;
    delete pool;
  }
  void check() {}
};

/** A caller blocks until `count` have come here. */
struct Meeting {
  std::atomic<uint32_t> come{0};

  void wait(uint32_t count) {
    const uint32_t before = come.fetch_add(1);
    unpark(come, static_cast<int>(kThreadsMost));
    for (uint32_t now = before + 1; now < count; now = come.load()) parkWhileEqual(come, now);
  }
};

Region regionOf(void (*chunk)(void*, uint64_t, uint64_t, uint32_t), void* context, uint64_t chunks, uint32_t threads) {
  return {chunk, context, chunks, 1, threads, kThreadsMax + 1, nullptr};
}

/** What a chunk is given, and gives back, without any other order than the pool's. */
struct Data {
  Watched given;
  Watched results[3];
};

/** Two chunks that wait for each other: without the worker the caller would wait for ever. */
struct RegionWakesAWorker : Scenario {
  static constexpr unsigned kCallers = 1;
  static constexpr unsigned kOthers = 2;
  Data data;
  Meeting* meeting = nullptr;

  void run(unsigned) {
    pool->setThreads(2);
    for (int round = 1; round <= 2; ++round) {
      Meeting here;
      meeting = &here;
      data.given.store(round);
      const auto chunk = [](void* context, uint64_t begin, uint64_t, uint32_t) {
        auto& self = *static_cast<RegionWakesAWorker*>(context);
        self.meeting->wait(2);
        self.data.results[begin].store(self.data.given.load());
      };
      RL_ASSERT(pool->run(regionOf(chunk, this, 2, 2)));
      for (int index = 0; index < 2; ++index) RL_ASSERT(data.results[index].load() == round);
    }
  }
};

/** Chunks of any length: the owner may be done first, and sleep until the workers have left. */
struct OwnerWaits : Scenario {
  static constexpr unsigned kCallers = 1;
  static constexpr unsigned kOthers = 2;
  Data data;

  void run(unsigned) {
    pool->setThreads(3);
    for (int round = 1; round <= 2; ++round) {
      data.given.store(round);
      const auto chunk = [](void* context, uint64_t begin, uint64_t, uint32_t) {
        auto& self = *static_cast<OwnerWaits*>(context);
        self.data.results[begin].store(self.data.given.load());
      };
      RL_ASSERT(pool->run(regionOf(chunk, this, 3, 3)));
      for (const auto& result : data.results) RL_ASSERT(result.load() == round);
    }
  }
};

/** A job that its caller waits for. */
struct Errand : Job {
  Watched given;
  Watched result;
  std::atomic<uint32_t> isDone{0};  // how often it has run
  bool isBack = false;              // was taken back, so it doesn't run

  Errand() {
    run = [](Job* job) {
      auto& self = *static_cast<Errand*>(job);
      RL_ASSERT(!self.isBack);
      self.result.store(self.given.load());
      self.isDone.fetch_add(1, std::memory_order_release);
      unpark(self.isDone, 1);
    };
  }
  void submit(int value) {
    given.store(value);
    RL_ASSERT(pool->submit(this));
  }
  void wait() {
    while (isDone.load(std::memory_order_acquire) == 0) parkWhileEqual(isDone, 0);
    RL_ASSERT(isDone.latest() == 1);
    RL_ASSERT(result.load() == given.load());
  }
  void submitAndWait(int value) {
    submit(value);
    wait();
  }
};

struct JobsOfTwoCallers : Scenario {
  static constexpr unsigned kCallers = 2;
  static constexpr unsigned kOthers = 1;
  Errand errands[2];

  JobsOfTwoCallers() { pool->setThreads(1); }
  void run(unsigned caller) { errands[caller].submitAndWait(static_cast<int>(caller) + 1); }
};

/** More jobs than the row has places, from two callers, while two workers take and move them. */
struct QueueOfTwoCallers : Scenario {
  static constexpr unsigned kCallers = 2;
  static constexpr unsigned kOthers = 2;
  Errand errands[2][3];

  QueueOfTwoCallers() { pool->setThreads(2); }
  void run(unsigned caller) {
    for (Errand& errand : errands[caller]) errand.submit(static_cast<int>(caller) + 1);
    for (Errand& errand : errands[caller]) errand.wait();
  }
};

/** One worker begins the jobs of a caller in their order. */
struct JobsInOrder : Scenario {
  static constexpr unsigned kCallers = 1;
  static constexpr unsigned kOthers = 1;
  struct Numbered : Errand {
    JobsInOrder* self;
    int number;
  } jobs[5];
  Watched begun;

  void run(unsigned) {
    pool->setThreads(1);
    begun.store(0);
    int number = 0;
    for (Numbered& job : jobs) {
      job.self = this;
      job.number = number++;
      job.run = [](Job* one) {
        auto& job = *static_cast<Numbered*>(one);
        RL_ASSERT(job.self->begun.load() == job.number);
        job.self->begun.store(job.number + 1);
        job.result.store(job.given.load());
        job.isDone.fetch_add(1, std::memory_order_release);
        unpark(job.isDone, 1);
      };
      job.submit(number);
    }
    for (Numbered& job : jobs) job.wait();
  }
};

/**
 * Jobs that wait for each other: a job waits only while every worker runs one. Twice, so that workers have slept.
 * `isLookedThrough`: their caller looks for jobs of its own among them, so workers may find none meanwhile.
 */
template <bool isLookedThrough>
struct JobsThatMeet : Scenario {
  static constexpr unsigned kCallers = 1;
  static constexpr unsigned kOthers = 3;
  struct Guest : Errand {
    Meeting* meeting;
  } jobs[2][3];
  Meeting meetings[2];

  JobsThatMeet() { pool->setThreads(3); }
  void run(unsigned) {
    for (int round = 0; round < 2; ++round) {
      for (Guest& job : jobs[round]) {
        job.meeting = &meetings[round];
        job.run = [](Job* one) {
          auto& job = *static_cast<Guest*>(one);
          job.meeting->wait(3);
          job.result.store(job.given.load());
          job.isDone.fetch_add(1, std::memory_order_release);
          unpark(job.isDone, 1);
        };
        job.submit(round);
      }
      if (isLookedThrough) RL_ASSERT(pool->removeJobs(this) == nullptr);
      for (Guest& job : jobs[round]) job.wait();
    }
  }
};

/** Jobs are taken back while the worker is at them: each is run or given back, and those of others are run. */
struct JobsTakenBack : Scenario {
  static constexpr unsigned kCallers = 2;
  static constexpr unsigned kOthers = 1;
  Errand mine[3];
  Errand others[2];

  JobsTakenBack() { pool->setThreads(1); }
  void run(unsigned caller) {
    if (caller == 1) {
      for (Errand& errand : others) errand.submit(3);
      for (Errand& errand : others) errand.wait();
      return;
    }
    for (Errand& errand : mine) {
      errand.owner = this;
      errand.submit(5);
    }
    for (Job* job = pool->removeJobs(this); job != nullptr; job = job->next) {
      auto& errand = *static_cast<Errand*>(job);
      RL_ASSERT(job->owner == this && !errand.isBack && errand.isDone.latest() == 0);
      errand.isBack = true;
    }
    for (Errand& errand : mine) {
      if (!errand.isBack) errand.wait();
    }
    RL_ASSERT(pool->removeJobs(this) == nullptr);
  }
};

/** A job comes while a region keeps the only worker: it leaves between two chunks, and the region ends all the same. */
struct JobBesideARegion : Scenario {
  static constexpr unsigned kCallers = 2;
  static constexpr unsigned kOthers = 1;
  Data data;
  Errand errand;

  JobBesideARegion() {
    data.given.store(7);
    pool->setThreads(2);
  }
  void run(unsigned caller) {
    if (caller == 1) return errand.submitAndWait(5);
    const auto chunk = [](void* context, uint64_t begin, uint64_t, uint32_t) {
      auto& self = *static_cast<JobBesideARegion*>(context);
      self.data.results[begin].store(self.data.given.load());
    };
    RL_ASSERT(pool->run(regionOf(chunk, this, 3, 2)));
    for (const auto& result : data.results) RL_ASSERT(result.load() == 7);
  }
};

/** The number of threads falls and rises while jobs come, and stays low: a wake-up that the surplus worker takes is
 * made good. */
struct JobWhileResized : Scenario {
  static constexpr unsigned kCallers = 2;
  static constexpr unsigned kOthers = 2;
  Errand errands[2];

  JobWhileResized() { pool->setThreads(2); }
  void run(unsigned caller) {
    if (caller == 0) {
      for (Errand& errand : errands) errand.submitAndWait(3);
    } else {
      pool->setThreads(1);
      pool->setThreads(2);
      pool->setThreads(1);
    }
  }
};

/** A job that opens a region, in whose chunks others are opened. */
struct Nested : Scenario {
  static constexpr unsigned kCallers = 1;
  static constexpr unsigned kOthers = 2;
  std::atomic<uint32_t> chunks{0};
  std::atomic<uint32_t> isDone{0};
  struct Outer : Job {
    Nested* self;
  } job;

  void run(unsigned) {
    pool->setThreads(2);
    job.self = this;
    job.run = [](Job* job) {
      auto& self = *static_cast<Outer*>(job)->self;
      const auto inner = [](void* context, uint64_t, uint64_t, uint32_t) {
        static_cast<Nested*>(context)->chunks.fetch_add(1, std::memory_order_relaxed);
      };
      static constexpr auto innerRegion = +inner;
      const auto outer = [](void* context, uint64_t, uint64_t, uint32_t) {
        RL_ASSERT(pool->run(regionOf(innerRegion, context, 2, 2)));
      };
      RL_ASSERT(pool->run(regionOf(outer, &self, 2, 2)));
      self.isDone.store(1, std::memory_order_release);
      unpark(self.isDone, 1);
    };
    RL_ASSERT(pool->submit(&job));
    while (isDone.load(std::memory_order_acquire) == 0) parkWhileEqual(isDone, 0);
    RL_ASSERT(chunks.load(std::memory_order_relaxed) == 4);
  }
};

}  // namespace heddle::model

int main(int count, char** words) {
  using namespace heddle::model;
  const uint64_t orders = count > 1 ? std::strtoull(words[1], nullptr, 10) : 20'000;
  bool holds = explore<RegionWakesAWorker>("a region wakes a worker", orders);
  holds = explore<OwnerWaits>("an owner waits for its workers", orders) && holds;
  holds = explore<JobsOfTwoCallers>("jobs of two callers", orders) && holds;
  holds = explore<QueueOfTwoCallers>("a queue of two callers and two workers", orders) && holds;
  holds = explore<JobsInOrder>("jobs in their order", orders) && holds;
  holds = explore<JobsThatMeet<false>>("jobs that wait for each other", orders) && holds;
  holds = explore<JobsThatMeet<true>>("jobs that wait for each other, looked through", orders) && holds;
  holds = explore<JobsTakenBack>("jobs that are taken back", orders) && holds;
  holds = explore<JobBesideARegion>("a job beside a region", orders) && holds;
  holds = explore<JobWhileResized>("a job while the pool is resized", orders) && holds;
  holds = explore<Nested>("regions in regions in a job", orders) && holds;
  return holds ? 0 : 1;
}
