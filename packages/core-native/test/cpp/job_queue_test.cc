// The queue of jobs by itself: its order, and who gets which job. Threads meet at it in pool_test.cc and in the model.
#include "pool/job_queue.h"

#include <vector>

#include "check.h"

namespace heddle {
namespace {

constexpr uint32_t kJobs = 3 * kRowJobs + 5;

struct Numbered : Job {
  uint32_t number = 0;
};

std::vector<Numbered> jobsFrom(uint32_t first, uint32_t count) {
  std::vector<Numbered> jobs(count);
  for (Numbered& job : jobs) job.number = first++;
  return jobs;
}

uint32_t takeNumber(JobQueue& queue) {
  const JobQueue::Taken taken = queue.take();
  return taken.job == nullptr ? UINT32_MAX : static_cast<Numbered*>(taken.job)->number;
}

TEST(queueIsFirstComeFirstServed) {
  JobQueue queue;
  CHECK(queue.isEmpty() && queue.take().job == nullptr);
  std::vector<Numbered> early = jobsFrom(0, kJobs);
  std::vector<Numbered> late = jobsFrom(kJobs, kJobs);
  for (Numbered& job : early) queue.push(&job);
  // The late ones come while the row, what follows it, and then the inbox have some of the early ones.
  for (uint32_t number = 0; number < 2 * kJobs; ++number) {
    if (number < kJobs) queue.push(&late[number]);
    CHECK(!queue.isEmpty());
    CHECK(takeNumber(queue) == number);
  }
  CHECK(queue.isEmpty() && queue.take().job == nullptr);
}

TEST(queueSaysHowManyCouldTakeAJob) {
  JobQueue queue;
  std::vector<Numbered> jobs = jobsFrom(0, kRowJobs + 2);
  queue.push(&jobs[0]);
  CHECK(queue.take().shown == 0);  // nothing is left
  for (uint32_t index = 0; index < 3; ++index) queue.push(&jobs[index]);
  CHECK(queue.take().shown == 2);
  CHECK(queue.take().shown == 0);  // others know of the last one
  CHECK(queue.take().job == &jobs[2]);
  for (Numbered& job : jobs) queue.push(&job);
  CHECK(queue.take().shown == kThreadsMax);  // one is behind the row
}

TEST(queueKeepsTheOrderOfJobsThatStay) {
  const int mine = 0;
  for (const uint32_t taken : {0u, 1u, kRowJobs, kJobs - 3}) {
    JobQueue queue;
    std::vector<Numbered> jobs = jobsFrom(0, kJobs + 4);
    for (Numbered& job : jobs) job.owner = job.number % 3 == 0 ? &mine : nullptr;
    for (uint32_t number = 0; number < kJobs; ++number) queue.push(&jobs[number]);
    for (uint32_t number = 0; number < taken; ++number) CHECK(takeNumber(queue) == number);
    for (uint32_t number = kJobs; number < kJobs + 4; ++number) queue.push(&jobs[number]);  // stay in the inbox
    std::vector<bool> isBack(jobs.size(), false);
    for (Job* job = queue.remove(&mine).job; job != nullptr; job = job->next) {
      const uint32_t number = static_cast<Numbered*>(job)->number;
      CHECK(job->owner == &mine && !isBack[number]);
      isBack[number] = true;
    }
    for (uint32_t number = taken; number < jobs.size(); ++number) {
      if (number % 3 == 0) {
        CHECK(isBack[number]);
      } else {
        CHECK(takeNumber(queue) == number);
      }
    }
    CHECK(queue.isEmpty() && queue.remove(&mine).job == nullptr);
  }
}

}  // namespace
}  // namespace heddle
