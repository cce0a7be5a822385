// The thread pool, whole, in many orders of its steps: core/pool/thread_pool.cc. Its law is core/pool/PROTOCOL.md.
//   usage: pool_model [orders of each scenario, default 20000]
#include "world.h"

#define atomic ModelAtomic
#define mutex ModelMutex
#define private public
#define pthread_create heddle::model::createThread

namespace heddle::model {

int createThread(pthread_t* thread, const pthread_attr_t* attributes, void* (*begin)(void*), void* argument);

}  // namespace heddle::model

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
  std::atomic<uint32_t> isDone{0};

  Errand() {
    run = [](Job* job) {
      auto& self = *static_cast<Errand*>(job);
      self.result.store(self.given.load());
      self.isDone.store(1, std::memory_order_release);
      unpark(self.isDone, 1);
    };
  }
  void submitAndWait(int value) {
    given.store(value);
    RL_ASSERT(pool->submit(this));
    while (isDone.load(std::memory_order_acquire) == 0) parkWhileEqual(isDone, 0);
    RL_ASSERT(result.load() == value);
  }
};

struct JobsOfTwoCallers : Scenario {
  static constexpr unsigned kCallers = 2;
  static constexpr unsigned kOthers = 1;
  Errand errands[2];

  JobsOfTwoCallers() { pool->setThreads(1); }
  void run(unsigned caller) { errands[caller].submitAndWait(static_cast<int>(caller) + 1); }
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
  holds = explore<JobBesideARegion>("a job beside a region", orders) && holds;
  holds = explore<JobWhileResized>("a job while the pool is resized", orders) && holds;
  holds = explore<Nested>("regions in regions in a job", orders) && holds;
  return holds ? 0 : 1;
}
