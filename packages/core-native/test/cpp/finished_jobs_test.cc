// The way back of jobs to their owner: each comes once, what it wrote is seen, the owner hears of the last one, and may
// free everything when close has returned.
#include "pool/finished_jobs.h"

#include <memory>
#include <thread>
#include <vector>

#include "check.h"

namespace heddle {
namespace {

struct Written : Job {
  uint32_t value = 0;
};

/** Jobs as workers hand them in: the owner is woken where push says so. */
struct Owner {
  FinishedJobs finished;
  std::atomic<uint32_t> wakeUps{0};

  void handIn(Job* job) {
    if (finished.push(job)) {
      wakeUps.fetch_add(1, std::memory_order_relaxed);
      unpark(wakeUps, 1);
    }
    finished.leave();
  }
};

TEST(finishedJobsComeOldestFirst) {
  Owner owner;
  CHECK(owner.finished.takeAll() == nullptr);
  std::vector<Written> jobs(3);
  owner.finished.expect();
  owner.finished.expect();
  owner.finished.expect();
  CHECK(owner.finished.push(&jobs[0]) && !owner.finished.push(&jobs[1]));
  CHECK(owner.finished.takeAll() == &jobs[0] && jobs[0].next == &jobs[1] && jobs[1].next == nullptr);
  CHECK(owner.finished.push(&jobs[2]));
  CHECK(owner.finished.takeAll() == &jobs[2] && jobs[2].next == nullptr);
  for (size_t left = 0; left < jobs.size(); ++left) owner.finished.leave();
  owner.finished.close();
}

TEST(finishedJobsAllComeAndWakeTheirOwner) {
  constexpr uint32_t kWorkers = 3;
  constexpr uint32_t kEach = 5000;
  auto owner = std::make_unique<Owner>();
  std::vector<std::vector<Written>> jobs(kWorkers);
  for (auto& some : jobs) {
    some = std::vector<Written>(kEach);
    for (uint32_t index = 0; index < kEach; ++index) owner->finished.expect();
  }
  std::vector<std::thread> workers;
  workers.reserve(kWorkers);
  for (auto& some : jobs) {
    workers.emplace_back([&some, all = owner.get()] {
      for (uint32_t index = 0; index < kEach; ++index) {
        some[index].value = index + 1;  // a plain field: ThreadSanitizer sees whether push publishes it
        all->handIn(&some[index]);
      }
    });
  }
  uint64_t sum = 0;
  uint32_t count = 0;
  while (count < kWorkers * kEach) {
    const uint32_t before = owner->wakeUps.load(std::memory_order_relaxed);
    for (Job* job = owner->finished.takeAll(); job != nullptr; job = job->next) {
      sum += static_cast<Written*>(job)->value;
      ++count;
    }
    // Without the wake-up of the last push this would be for ever.
    if (count < kWorkers * kEach) parkWhileEqual(owner->wakeUps, before);
  }
  CHECK(sum == uint64_t{kWorkers} * kEach * (kEach + 1) / 2);
  // Workers may still be on the way out.
  owner->finished.close();
  owner.reset();
  for (std::thread& worker : workers) worker.join();
}

TEST(finishedJobsCloseDoesNotWaitForWhatWasTakenBack) {
  for (int round = 0; round < 200; ++round) {
    auto owner = std::make_unique<Owner>();
    std::vector<Written> jobs(4);
    for (size_t index = 0; index < jobs.size(); ++index) owner->finished.expect();
    std::thread worker([&jobs, all = owner.get()] {
      all->handIn(&jobs[0]);
      all->handIn(&jobs[1]);
    });
    owner->finished.unexpect(2);
    owner->finished.close();
    owner.reset();
    worker.join();
  }
}

}  // namespace
}  // namespace heddle
