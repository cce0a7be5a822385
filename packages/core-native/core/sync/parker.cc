#include "sync/parker.h"

#if defined(__linux__)

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace heddle {

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t), "a futex is a plain 32-bit word");

void parkWhileEqual(std::atomic<uint32_t>& word, uint32_t value) {
  // Interrupted and mismatched waits both return: the caller looks again.
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
}

void unpark(std::atomic<uint32_t>& word, int count) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

}  // namespace heddle

#else

#include <condition_variable>
#include <mutex>

namespace heddle {
namespace {

struct Bucket {
  std::mutex mutex;
  std::condition_variable changed;
};

// Few words are ever parked on at once; words that share a bucket cost each other spurious wake-ups only.
constexpr unsigned kBuckets = 64;

Bucket& bucketOf(const std::atomic<uint32_t>& word) {
  // Never destroyed: threads may be parked here while the process ends.
  static Bucket* const buckets = new Bucket[kBuckets];
  return buckets[(reinterpret_cast<uintptr_t>(&word) >> 7) % kBuckets];
}

}  // namespace

void parkWhileEqual(std::atomic<uint32_t>& word, uint32_t value) {
  Bucket& bucket = bucketOf(word);
  std::unique_lock<std::mutex> lock(bucket.mutex);
  if (word.load(std::memory_order_seq_cst) == value) bucket.changed.wait(lock);
}

void unpark(std::atomic<uint32_t>& word, int) {
  Bucket& bucket = bucketOf(word);
  // Taking the lock orders this wake-up after the compare of any thread about to sleep.
  bucket.mutex.lock();
  bucket.mutex.unlock();
  bucket.changed.notify_all();
}

}  // namespace heddle

#endif
