#include "pool/job_queue.h"

namespace heddle {

void JobQueue::push(Job* job) {
  Job* youngest = inbox_.load(std::memory_order_relaxed);
  do {
    job->next = youngest;
    // Release: publishes the job to who empties the inbox. Sequentially consistent: the caller looks for sleepers next.
  } while (!inbox_.compare_exchange_weak(youngest, job, std::memory_order_seq_cst, std::memory_order_relaxed));
}

Job* JobQueue::takeFromRow() {
  // Acquire: pairs with the filling, which publishes jobs_ and what they point to.
  uint64_t row = row_.load(std::memory_order_acquire);
  while ((row & kCountMask) != 0) {
    // Read before it is taken: as soon as the row is empty the place may be written again. Release: that writer, who
    // has seen the row empty, comes after this read. A row that was filled again since is another word, and the step
    // fails.
    Job* const job = jobs_[(row & kFirstMask) / kFirst].load(std::memory_order_relaxed);
    if (row_.compare_exchange_weak(row, row + kFirst - kCount, std::memory_order_acq_rel, std::memory_order_acquire)) {
      return job;
    }
  }
  return nullptr;
}

/** Under mutex_, while older_ is empty. */
void JobQueue::takeInbox() {
  Job* youngest = inbox_.exchange(nullptr, std::memory_order_acquire);
  while (youngest != nullptr) {
    Job* const next = youngest->next;
    youngest->next = older_;
    older_ = youngest;
    youngest = next;
  }
}

/** Under mutex_, while the row is empty. Says how many workers could take a job now. */
uint32_t JobQueue::fillRow() {
  const uint64_t row = row_.load(std::memory_order_acquire);
  uint64_t count = 0;
  for (; older_ != nullptr && count < kRowJobs; ++count) {
    jobs_[count].store(older_, std::memory_order_relaxed);
    older_ = older_->next;
  }
  if (count == 0 && (row & kMore) == 0) return 0;
  const uint64_t more = older_ == nullptr ? 0 : kMore;
  // Release: publishes jobs_. Sequentially consistent: the caller looks for sleepers next.
  row_.store(row / kFilling * kFilling + kFilling + more + count * kCount, std::memory_order_seq_cst);
  // Those who take the row's jobs may keep running them: what lies behind the row is worth a wake-up by itself.
  return more == 0 ? static_cast<uint32_t>(count) : kThreadsMax;
}

JobQueue::Taken JobQueue::take() {
  for (;;) {
    Job* job = takeFromRow();
    if (job != nullptr) return {job, 0};
    if (isEmpty()) return {nullptr, 0};
    const std::lock_guard<std::mutex> lock(mutex_);
    if ((row_.load(std::memory_order_relaxed) & kCountMask) != 0) continue;  // another has filled it meanwhile
    if (older_ == nullptr) takeInbox();
    job = older_;
    if (job == nullptr) return {nullptr, 0};
    older_ = job->next;
    return {job, fillRow()};
  }
}

JobQueue::Taken JobQueue::remove(const void* owner) {
  const std::lock_guard<std::mutex> lock(mutex_);
  // All jobs, oldest first; from here on no other thread has any of them.
  Job* all = nullptr;
  Job** end = &all;
  for (Job* job = takeFromRow(); job != nullptr; job = takeFromRow()) {
    *end = job;
    end = &job->next;
  }
  *end = older_;
  while (*end != nullptr) end = &(*end)->next;
  older_ = nullptr;
  takeInbox();
  *end = older_;

  Job* removed = nullptr;
  end = &older_;
  while (all != nullptr) {
    Job* const job = all;
    all = job->next;
    if (job->owner == owner) {
      job->next = removed;
      removed = job;
    } else {
      *end = job;
      end = &job->next;
    }
  }
  *end = nullptr;
  return {removed, fillRow()};
}

}  // namespace heddle
