#include "pool/thread_pool.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "sync/parker.h"
#include "sync/patience.h"
#include "sync/spin_wait.h"

namespace heddle {
namespace {

// The state word of a slot: bits 0-15 workers inside, 16-31 seats left, then two flags.
constexpr uint64_t kInside = 1;
constexpr uint64_t kInsideMask = 0xffff;
constexpr uint64_t kSeat = uint64_t{1} << 16;
constexpr uint64_t kSeatMask = uint64_t{0xffff} << 16;
constexpr uint64_t kOpen = uint64_t{1} << 32;         // workers may join
constexpr uint64_t kOwnerSleeps = uint64_t{1} << 33;  // the last worker to leave wakes the owner

// The word of the sleepers: bits 0-15 workers that sleep or are about to, 16-31 those of them that are being woken.
constexpr uint32_t kAsleep = 1;
constexpr uint32_t kAsleepMask = 0xffff;
constexpr uint32_t kWoken = uint32_t{1} << 16;

/** Sleepers that nobody has woken yet. */
constexpr uint32_t unwoken(uint32_t sleepers) { return (sleepers & kAsleepMask) - sleepers / kWoken; }

}  // namespace

struct alignas(kLineBytes) ThreadPool::Slot {
  std::atomic<uint64_t> state{0};  // owner opens and closes; workers join and leave
  std::atomic<uint32_t> isClaimed{0};
  std::atomic<uint32_t> wasCancelled{0};              // any participant, before it stops taking chunks
  Region region{};                                    // written by the owner while no worker is inside
  alignas(kLineBytes) std::atomic<uint64_t> next{0};  // first element of the next chunk; every participant
  alignas(kLineBytes) std::atomic<uint32_t> done{0};  // bumped by the last worker to leave; the owner parks on it

  /** Takes chunks until none is left or the flag is up (true), or a job is queued (false). Null: jobs don't matter. */
  bool work(uint32_t participant, const JobQueue* jobs) {
    for (;;) {
      if (region.cancel != nullptr && region.cancel->load(std::memory_order_relaxed) != 0) {
        wasCancelled.store(1, std::memory_order_relaxed);  // published to the owner by leaving (release)
        return true;
      }
      if (jobs != nullptr && !jobs->isEmpty()) return false;
      const uint64_t begin = next.fetch_add(region.grain, std::memory_order_relaxed);
      if (begin >= region.count) return true;
      region.chunk(region.context, begin, std::min(begin + region.grain, region.count), participant);
    }
  }
};

ThreadPool& ThreadPool::instance() {
  static ThreadPool* const pool = new ThreadPool();
  return *pool;
}

ThreadPool::ThreadPool()
    : limit_(std::clamp(std::thread::hardware_concurrency(), 1u, kThreadsMax)),
      slots_(new Slot[kSlots]),
      placements_(new Placement[kThreadsMax]) {}

void ThreadPool::setThreads(uint32_t threads) {
  const std::lock_guard<std::mutex> lock(startMutex_);
  isSized_ = true;
  limit_.store(std::clamp(threads, 1u, kThreadsMax), std::memory_order_seq_cst);
  // Surplus workers wake to see whether they count again; all others wake to see whether they still do. A worker that
  // took a wake-up meant for work just before it became surplus is made good by this second wake-up of everybody.
  resized_.fetch_add(1, std::memory_order_seq_cst);
  unpark(resized_, static_cast<int>(kThreadsMax));
  epoch_.fetch_add(1, std::memory_order_seq_cst);
  unpark(epoch_, static_cast<int>(kThreadsMax));
}

void ThreadPool::setDefaultThreads(uint32_t threads) {
  {
    const std::lock_guard<std::mutex> lock(startMutex_);
    if (isSized_) return;
  }
  setThreads(threads);
}

bool ThreadPool::ensureWorkers(uint32_t wanted) {
  if (started_.load(std::memory_order_acquire) >= wanted) return true;
  const std::lock_guard<std::mutex> lock(startMutex_);
  // Signals belong to Node's threads: a worker inherits the mask it is created under.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  uint32_t count = started_.load(std::memory_order_relaxed);
  while (count < wanted) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, &ThreadPool::workerMain, reinterpret_cast<void*>(uintptr_t{count})) != 0) {
      break;  // the process is out of threads: those that exist do the work
    }
    started_.store(++count, std::memory_order_release);
  }
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return count > 0;
}

void* ThreadPool::workerMain(void* argument) {
  const uint32_t index = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(argument));
#if defined(__linux__)
  char name[16];
  std::snprintf(name, sizeof name, "heddle-%u", index);
  pthread_setname_np(pthread_self(), name);
#endif
  instance().workerLoop(index);
  return nullptr;
}

void ThreadPool::workerLoop(uint32_t index) {
  Patience patience;
  for (;;) {
    // Read before looking for regions: one that is announced after the look changes the epoch, and the worker looks
    // again. Read before looking at the limit, too: a worker that has become surplus since would sleep among those that
    // count, and take a wake-up that was meant for one of them.
    const uint32_t epoch = epoch_.load(std::memory_order_seq_cst);
    const uint32_t size = resized_.load(std::memory_order_seq_cst);
    if (index >= limit_.load(std::memory_order_seq_cst)) {
      parkWhileEqual(resized_, size);
      continue;
    }
    // Jobs first: a small one must not wait for the end of a long region.
    if (runOneJob()) continue;
    const Help help = this->help(index);
    if (help == Help::given) continue;
    if (help == Help::notWanted) patience.lose();
    awaitNews(index, epoch, patience);
  }
}

void ThreadPool::awaitNews(uint32_t index, uint32_t epoch, Patience& patience) {
  const auto isNews = [&] {
    spinPause();
    return epoch_.load(std::memory_order_relaxed) != epoch || !queue_.isEmpty();
  };
  for (uint32_t spins = 0; spins < kSpinPauses; ++spins) {
    if (isNews()) return;
  }
  patience.begin();
  bool isNew = false;
  while (!isNew && patience.lasts()) isNew = isNews();
  if (!isNew) sleep(index, epoch);
  if (queue_.isEmpty()) patience.regionCame();
}

void ThreadPool::sleep(uint32_t index, uint32_t epoch) {
  placements_[index].park();
  sleepers_.fetch_add(kAsleep, std::memory_order_seq_cst);
  // Who brings a job makes it visible, then looks for sleepers; here it is the other way round: one of the two sees the
  // other. Of anything else the epoch tells.
  if (queue_.isEmpty()) parkWhileEqual(epoch_, epoch);
  // Whoever goes first uses up a wake-up that was meant for anybody.
  uint32_t sleepers = sleepers_.load(std::memory_order_relaxed);
  while (!sleepers_.compare_exchange_weak(sleepers, sleepers - kAsleep - (sleepers >= kWoken ? kWoken : 0),
                                          std::memory_order_seq_cst, std::memory_order_relaxed)) {
  }
  placements_[index].unpark();
}

void ThreadPool::announce(uint32_t workers) {
  // Sequentially consistent, like the sleeper's increment and the compare inside its park: one of the two sees the
  // other, so either the worker doesn't sleep or it is woken here.
  epoch_.fetch_add(1, std::memory_order_seq_cst);
  wake(workers);
}

void ThreadPool::wake(uint32_t workers) {
  uint32_t sleepers = sleepers_.load(std::memory_order_seq_cst);
  uint32_t count;
  do {
    count = std::min(workers, unwoken(sleepers));
    if (count == 0) return;
  } while (!sleepers_.compare_exchange_weak(sleepers, sleepers + count * kWoken, std::memory_order_seq_cst,
                                            std::memory_order_seq_cst));
  // For those of them that have looked and not yet fallen asleep.
  epoch_.fetch_add(1, std::memory_order_seq_cst);
  const uint32_t started = started_.load(std::memory_order_relaxed);
  if (started <= kPlacedMax) {
    const int processor = Placement::currentProcessor();
    for (uint32_t index = 0; index < started; ++index) placements_[index].keepOff(processor);
  }
  unpark(epoch_, static_cast<int>(count));
}

ThreadPool::Help ThreadPool::help(uint32_t index) {
  Help answer = Help::nothing;
  uint32_t open = open_.load(std::memory_order_acquire);
  while (open != 0) {
    Slot& slot = slots_[__builtin_ctz(open)];
    open &= open - 1;
    uint64_t state = slot.state.load(std::memory_order_relaxed);
    while ((state & kOpen) != 0 && (state & kSeatMask) != 0) {
      // Acquire: pairs with the owner's release store that opened the slot and publishes `region`.
      if (!slot.state.compare_exchange_weak(state, state - kSeat + kInside, std::memory_order_acquire,
                                            std::memory_order_relaxed)) {
        continue;
      }
      const bool isIn = index + 1 < slot.region.participants;  // false: started after the region's owner counted
      const bool isExhausted = isIn && slot.work(index + 1, &queue_);
      if (isExhausted) slot.state.fetch_and(~kOpen, std::memory_order_relaxed);  // latecomers need not join
      // Release: what this worker wrote in its chunks is the owner's when it sees the count at zero.
      const uint64_t left = slot.state.fetch_add(kSeat - kInside, std::memory_order_acq_rel);
      if ((left & kInsideMask) == 1 && (left & kOwnerSleeps) != 0) {
        slot.done.fetch_add(1, std::memory_order_release);
        unpark(slot.done, 1);
      }
      if (isIn) return Help::given;
      break;
    }
    if ((state & kOpen) != 0 && (state & kSeatMask) == 0) answer = Help::notWanted;
  }
  return answer;
}

ThreadPool::Slot* ThreadPool::claimSlot() {
  for (uint32_t index = 0; index < kSlots; ++index) {
    Slot& slot = slots_[index];
    if (slot.isClaimed.load(std::memory_order_relaxed) == 0 &&
        slot.isClaimed.exchange(1, std::memory_order_acquire) == 0) {
      return &slot;
    }
  }
  return nullptr;
}

bool ThreadPool::run(const Region& region) {
  const uint64_t chunks = region.count / region.grain + (region.count % region.grain != 0 ? 1 : 0);
  const uint64_t most = std::min<uint64_t>({region.threads, threads(), chunks});
  Slot* slot = most > 1 && ensureWorkers(static_cast<uint32_t>(most) - 1) ? claimSlot() : nullptr;
  if (slot == nullptr) {
    for (uint64_t begin = 0; begin < region.count; begin += region.grain) {
      if (region.cancel != nullptr && region.cancel->load(std::memory_order_relaxed) != 0) return false;
      region.chunk(region.context, begin, std::min(begin + region.grain, region.count), 0);
    }
    return true;
  }
  const uint32_t seats = static_cast<uint32_t>(most) - 1;
  const uint32_t bit = uint32_t{1} << (slot - slots_);
  slot->region = region;
  slot->next.store(0, std::memory_order_relaxed);
  slot->wasCancelled.store(0, std::memory_order_relaxed);
  // Release: publishes the plain fields to a worker whose join reads this state.
  slot->state.store(kOpen | seats * kSeat, std::memory_order_release);
  open_.fetch_or(bit, std::memory_order_release);
  announce(seats);

  slot->work(0, nullptr);

  open_.fetch_and(~bit, std::memory_order_relaxed);
  close(*slot);
  const bool isComplete = slot->wasCancelled.load(std::memory_order_relaxed) == 0;
  slot->isClaimed.store(0, std::memory_order_release);
  return isComplete;
}

void ThreadPool::close(Slot& slot) {
  // Acquire: pairs with the release of each leaving worker.
  uint64_t state = slot.state.fetch_and(~kOpen, std::memory_order_acquire);
  for (uint32_t spins = 0; (state & kInsideMask) != 0 && spins < kSpinPauses; ++spins) {
    spinPause();
    state = slot.state.load(std::memory_order_acquire);
  }
  if ((state & kInsideMask) == 0) return;
  const uint32_t done = slot.done.load(std::memory_order_relaxed);
  // From here on the worker that brings the count to zero sees the flag and bumps `done`, exactly once.
  state = slot.state.fetch_or(kOwnerSleeps, std::memory_order_acq_rel);
  if ((state & kInsideMask) == 0) return;
  while (slot.done.load(std::memory_order_acquire) == done) parkWhileEqual(slot.done, done);
}

bool ThreadPool::submit(Job* job) {
  if (!ensureWorkers(threads())) return false;
  queue_.push(job);
  wake(1);
  return true;
}

bool ThreadPool::runOneJob() {
  const JobQueue::Taken taken = queue_.take();
  if (taken.shown != 0) wake(taken.shown);
  if (taken.job == nullptr) return false;
  taken.job->run(taken.job);
  return true;
}

Job* ThreadPool::removeJobs(const void* owner) {
  const JobQueue::Taken taken = queue_.remove(owner);
  if (taken.shown != 0) wake(taken.shown);
  return taken.job;
}

}  // namespace heddle
