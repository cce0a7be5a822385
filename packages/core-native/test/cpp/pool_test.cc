// The pool: every chunk once, in every situation that the protocol names.
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "check.h"
#include "parallel/parallel_for.h"
#include "pool/thread_pool.h"

namespace heddle {
namespace {

ThreadPool& poolOf(uint32_t threads) {
  ThreadPool::instance().setThreads(threads);
  return ThreadPool::instance();
}

/** Counts visits per element; true when each element of 0..count-1 was handed out exactly once. */
bool visitsOnce(const RunContext& context, uint64_t count, uint64_t grain) {
  std::vector<uint32_t> visits(count, 0);  // plain: chunks don't overlap, which the thread sanitizer checks
  const bool isDone = parallelFor(context, count, grain, [&](uint64_t begin, uint64_t end, uint32_t participant) {
    CHECK(begin < end && end <= count && end - begin <= grain && begin % grain == 0);
    CHECK(participant < context.participants);
    for (uint64_t i = begin; i < end; ++i) ++visits[i];
  });
  for (const uint32_t visit : visits) {
    if (visit != 1) return false;
  }
  return isDone;
}

TEST(coversEveryElementOnce) {
  for (const uint32_t threads : {1u, 2u, 3u, 8u}) {
    poolOf(threads);
    for (const uint64_t count : {0u, 1u, 2u, 7u, 64u, 1000u, 4097u}) {
      for (const uint64_t grain : {1u, 3u, 64u, 5000u}) CHECK(visitsOnce({threads, nullptr}, count, grain));
    }
  }
}

TEST(manyEpochsInARow) {
  poolOf(4);
  std::atomic<uint64_t> sum{0};
  for (int round = 0; round < 20000; ++round) {
    parallelFor({4, nullptr}, 8, 1, [&](uint64_t begin, uint64_t, uint32_t) { sum.fetch_add(begin); });
  }
  CHECK(sum.load() == 20000ull * 28);
}

TEST(workersThatSleepAreWoken) {
  poolOf(3);
  for (int round = 0; round < 50; ++round) {
    // Each of the three participants waits for the others, so the region ends only if both workers join.
    std::atomic<uint32_t> here{0};
    parallelFor({3, nullptr}, 3, 1, [&](uint64_t, uint64_t, uint32_t) {
      here.fetch_add(1);
      while (here.load() < 3) std::this_thread::yield();
    });
    CHECK(here.load() == 3);
    // Longer than any spin: the next round finds the workers asleep (or about to be, which is the harder case).
    std::this_thread::sleep_for(std::chrono::microseconds(round * 10));
  }
}

TEST(aSmallerPoolWakesAllThatStillCount) {
  const auto meetAll = [](uint32_t threads) {
    std::atomic<uint32_t> here{0};
    parallelFor({threads, nullptr}, threads, 1, [&](uint64_t, uint64_t, uint32_t) {
      here.fetch_add(1);
      while (here.load() < threads) std::this_thread::yield();
    });
    CHECK(here.load() == threads);
  };
  poolOf(6);
  meetAll(6);  // from here on there are more workers than count below
  for (int round = 0; round < 200; ++round) {
    poolOf(4);
    meetAll(4);
    poolOf(3);
    // The surplus worker may still be on its way to sleep; in these pauses the others fall asleep behind it.
    for (int region = 0; region < 3; ++region) {
      meetAll(3);
      std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
  }
}

TEST(participantIndexIsExclusive) {
  poolOf(8);
  std::atomic<uint32_t> inUse[9] = {};
  for (int round = 0; round < 200; ++round) {
    parallelFor({8, nullptr}, 64, 1, [&](uint64_t, uint64_t, uint32_t participant) {
      CHECK(participant < 9 && inUse[participant].fetch_add(1) == 0);
      inUse[participant].fetch_sub(1);
    });
  }
}

TEST(cancelStopsBetweenChunks) {
  poolOf(4);
  for (int round = 0; round < 200; ++round) {
    std::atomic<uint32_t> cancel{0};
    std::atomic<uint64_t> chunks{0};
    const bool isDone = parallelFor({4, &cancel}, 1 << 20, 1, [&](uint64_t, uint64_t, uint32_t) {
      if (chunks.fetch_add(1) == 10) cancel.store(1);
    });
    CHECK(!isDone);
    // Each of the four may have had one chunk in hand.
    CHECK(chunks.load() >= 11 && chunks.load() < (1 << 20));
  }
}

TEST(cancelledBeforeTheStartRunsNothing) {
  poolOf(2);
  std::atomic<uint32_t> cancel{1};
  for (const uint32_t threads : {1u, 2u}) {
    bool hasRun = false;
    CHECK(!parallelFor({threads, &cancel}, 100, 1, [&](uint64_t, uint64_t, uint32_t) { hasRun = true; }));
    CHECK(!hasRun);
  }
}

TEST(nestedCallsFromChunks) {
  poolOf(4);
  std::atomic<uint64_t> leaves{0};
  parallelFor({4, nullptr}, 16, 1, [&](uint64_t, uint64_t, uint32_t) {
    parallelFor({4, nullptr}, 16, 1, [&](uint64_t, uint64_t, uint32_t) {
      parallelFor({4, nullptr}, 16, 2, [&](uint64_t begin, uint64_t end, uint32_t) { leaves.fetch_add(end - begin); });
    });
  });
  CHECK(leaves.load() == 16 * 16 * 16);
}

TEST(severalCallersAtOnce) {
  poolOf(4);
  std::vector<std::thread> callers;
  std::atomic<int> good{0};
  // More callers than slots: those that find none work alone.
  for (uint32_t caller = 0; caller < kSlots + 8; ++caller) {
    callers.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        if (visitsOnce({4, nullptr}, 500, 7)) good.fetch_add(1);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(good.load() == static_cast<int>(kSlots + 8) * 20);
}

struct CountingJob : Job {
  std::atomic<uint32_t>* count = nullptr;
  bool isNested = false;
  static void execute(Job* job) {
    auto* self = static_cast<CountingJob*>(job);
    if (self->isNested) CHECK(visitsOnce({4, nullptr}, 300, 5));
    // Copied first: with the last count the test may end and take the job away. Counters are static for that reason.
    std::atomic<uint32_t>& counter = *self->count;
    counter.fetch_add(1);
    counter.notify_all();
  }
};

void awaitCount(std::atomic<uint32_t>& count, uint32_t wanted) {
  for (uint32_t now = count.load(); now < wanted; now = count.load()) count.wait(now);
}

TEST(jobsRunOnceEach) {
  for (const uint32_t threads : {1u, 4u}) {
    ThreadPool& pool = poolOf(threads);
    static std::atomic<uint32_t> count;
    count.store(0);
    std::vector<CountingJob> jobs(500);
    for (size_t index = 0; index < jobs.size(); ++index) {
      jobs[index].run = &CountingJob::execute;
      jobs[index].count = &count;
      jobs[index].isNested = index % 3 == 0;
      CHECK(pool.submit(&jobs[index]));
    }
    awaitCount(count, 500);
    CHECK(count.load() == 500);
  }
}

TEST(jobsFromManyThreads) {
  ThreadPool& pool = poolOf(4);
  static std::atomic<uint32_t> count;
  count.store(0);
  std::vector<std::vector<CountingJob>> jobs(8);
  std::vector<std::thread> submitters;
  for (auto& mine : jobs) {
    mine = std::vector<CountingJob>(100);
    submitters.emplace_back([&] {
      for (CountingJob& job : mine) {
        job.run = &CountingJob::execute;
        job.count = &count;
        job.isNested = true;
        CHECK(pool.submit(&job));
      }
    });
  }
  for (std::thread& submitter : submitters) submitter.join();
  awaitCount(count, 800);
  CHECK(count.load() == 800);
}

TEST(jobsThatWaitForEachOther) {
  // As many as there are workers, behind more short ones than are moved on at once.
  ThreadPool& pool = poolOf(4);
  static std::atomic<uint32_t> count;
  static std::atomic<uint32_t> guests;
  struct Guest : Job {};
  for (int round = 0; round < 50; ++round) {
    count.store(0);
    guests.store(0);
    std::vector<CountingJob> before(round % 2 == 0 ? 2 * kRowJobs : 0);
    for (CountingJob& job : before) {
      job.run = &CountingJob::execute;
      job.count = &count;
      CHECK(pool.submit(&job));
    }
    Guest together[4];
    for (Guest& job : together) {
      job.run = [](Job*) {
        guests.fetch_add(1);
        while (guests.load() < 4) std::this_thread::yield();
        count.fetch_add(1);
        count.notify_all();
      };
      CHECK(pool.submit(&job));
    }
    const uint32_t all = static_cast<uint32_t>(before.size()) + 4;
    awaitCount(count, all);
    CHECK(count.load() == all);
  }
}

TEST(aJobDoesNotWaitForALongRegion) {
  // Two workers: one drives a region that ends only when a later job has run, the other has joined it.
  static std::atomic<uint32_t> isOver;
  static std::atomic<uint32_t> helpers;
  static std::atomic<uint32_t> finished;
  isOver.store(0);
  helpers.store(0);
  finished.store(0);
  struct LongJob : Job {};
  static LongJob driver;
  driver.run = [](Job*) {
    while (isOver.load() == 0) {
      parallelFor({2, nullptr}, 1000, 1, [](uint64_t, uint64_t, uint32_t participant) {
        if (participant != 0) helpers.fetch_add(1);
        std::this_thread::yield();
      });
    }
    finished.fetch_add(1);
    finished.notify_all();
  };
  ThreadPool& pool = poolOf(2);
  CHECK(pool.submit(&driver));
  while (helpers.load() == 0) std::this_thread::yield();
  static LongJob last;
  last.run = [](Job*) {
    isOver.store(1);
    finished.fetch_add(1);
    finished.notify_all();
  };
  CHECK(pool.submit(&last));
  awaitCount(finished, 2);
  CHECK(finished.load() == 2);
}

TEST(removedJobsDoNotRun) {
  ThreadPool& pool = poolOf(1);
  static std::atomic<uint32_t> gate;
  gate.store(0);
  struct Blocker : Job {
    std::atomic<uint32_t>* gate = nullptr;
    std::atomic<uint32_t> isIn{0};
  };
  static Blocker blocker;  // its thread may still be notifying when the test ends
  blocker.isIn.store(0);
  blocker.gate = &gate;
  blocker.run = [](Job* job) {
    auto* self = static_cast<Blocker*>(job);
    self->isIn.store(1);
    self->isIn.notify_all();
    self->gate->wait(0);
    self->isIn.store(2);
    self->isIn.notify_all();
  };
  CHECK(pool.submit(&blocker));
  blocker.isIn.wait(0);
  int mine = 0;
  int others = 0;
  static std::atomic<uint32_t> count;
  count.store(0);
  std::vector<CountingJob> jobs(10);
  for (size_t index = 0; index < jobs.size(); ++index) {
    jobs[index].run = &CountingJob::execute;
    jobs[index].count = &count;
    jobs[index].owner = index % 2 == 0 ? &mine : &others;
    CHECK(pool.submit(&jobs[index]));
  }
  int removed = 0;
  for (Job* job = pool.removeJobs(&mine); job != nullptr; job = job->next) ++removed;
  CHECK(removed == 5);
  gate.store(1);
  gate.notify_all();
  awaitCount(count, 5);
  while (blocker.isIn.load() != 2) blocker.isIn.wait(1);
  CHECK(pool.removeJobs(&others) == nullptr);
  CHECK(count.load() == 5);
}

TEST(aJobIsRunOrRemovedNeverBoth) {
  ThreadPool& pool = poolOf(4);
  static std::atomic<uint32_t> count[3];
  std::vector<std::thread> owners;
  std::atomic<uint32_t> good{0};
  for (auto& mine : count) {
    mine.store(0);
    owners.emplace_back([&pool, &mine, &good] {
      std::vector<CountingJob> jobs(kRowJobs * 2);
      uint32_t expected = 0;
      for (int round = 0; round < 100; ++round) {
        for (CountingJob& job : jobs) {
          job.run = &CountingJob::execute;
          job.count = &mine;
          job.owner = &mine;
          CHECK(pool.submit(&job));
        }
        expected += static_cast<uint32_t>(jobs.size());
        for (Job* job = pool.removeJobs(&mine); job != nullptr; job = job->next) --expected;
        awaitCount(mine, expected);  // the other owners' jobs are run as well, whoever moved them
      }
      if (mine.load() == expected) good.fetch_add(1);
    });
  }
  for (std::thread& owner : owners) owner.join();
  CHECK(good.load() == 3);
}

TEST(sizeMayChangeUnderWork) {
  ThreadPool& pool = poolOf(2);
  std::atomic<bool> isOver{false};
  std::thread resizer([&] {
    for (uint32_t round = 0; !isOver.load(); ++round) {
      pool.setThreads(1 + round % 8);
      std::this_thread::yield();
    }
  });
  static std::atomic<uint32_t> count;
  count.store(0);
  std::vector<CountingJob> jobs(200);
  for (CountingJob& job : jobs) {
    job.run = &CountingJob::execute;
    job.count = &count;
    CHECK(pool.submit(&job));
    CHECK(visitsOnce({8, nullptr}, 200, 3));
  }
  awaitCount(count, 200);
  isOver.store(true);
  resizer.join();
  CHECK(count.load() == 200);
}

TEST(sizeIsClamped) {
  CHECK(poolOf(0).threads() == 1);
  CHECK(poolOf(100000).threads() == kThreadsMax);
  poolOf(2).setDefaultThreads(7);
  CHECK(ThreadPool::instance().threads() == 2);
}

}  // namespace
}  // namespace heddle
