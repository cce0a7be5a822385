#include "os/shared_word.h"

#include <cerrno>

#include "os/event_fd.h"
#include "os/shared_segment.h"

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <ctime>
#include <new>
#include <system_error>

namespace heddle::os {
namespace {

static_assert(sizeof(SharedWord) == sizeof(uint32_t) && SharedWord::is_always_lock_free, "a futex is a plain word");

/** Not FUTEX_PRIVATE_FLAG: the kernel then knows the word by the memory below it, not by its address here. */
int futexWait(SharedWord* word, uint32_t value, const timespec* timeout) {
  return syscall(SYS_futex, reinterpret_cast<uint32_t*>(word), FUTEX_WAIT, value, timeout, nullptr, 0) == 0 ? 0 : errno;
}

}  // namespace

int waitOnWord(SharedWord* word, uint32_t value, double timeoutMs) {
  const int64_t seconds = static_cast<int64_t>(timeoutMs) / 1000;
  const timespec timeout{static_cast<time_t>(seconds),
                         static_cast<long>((timeoutMs - static_cast<double>(seconds * 1000)) * 1e6)};
  const int error = futexWait(word, value, &timeout);
  // Changed before it slept, or a signal came: the caller looks again in either case.
  return error == EAGAIN || error == EINTR ? 0 : error;
}

void wakeWord(SharedWord* word) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(word), FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

WordForwarder* WordForwarder::start(SharedWord* word, int event, int* error) {
  auto* const self = new WordForwarder();
  self->word_ = word;
  // The memory stays mapped until the thread has ended, whatever becomes of its buffer.
  self->segment_ = findSegment(word, sizeof(SharedWord), true).id;
  *error = self->segment_ == 0 ? EINVAL : openEventFd(event, &self->event_);
  if (*error == 0) {
    self->seen_ = word->load();
    try {
      self->thread_ = std::thread(&WordForwarder::run, self);
      return self;
    } catch (const std::system_error& refusal) {
      *error = refusal.code().value();
    }
  }
  delete self;
  return nullptr;
}

WordForwarder::~WordForwarder() {
  if (thread_.joinable()) {
    isEnding_.store(true);
    word_->fetch_add(1);
    wakeWord(word_);
    thread_.join();
  }
  closeEventFd(event_);
  if (segment_ != 0) releaseSegment(segment_);
}

void WordForwarder::run() {
  while (!isEnding_.load()) {
    const uint32_t now = word_->load();
    if (now == seen_) {
      futexWait(word_, seen_, nullptr);
      continue;
    }
    // Before the counter is told: a change after this load is told again.
    seen_ = now;
    addToEventFd(event_, 1);
  }
}

}  // namespace heddle::os

#else

namespace heddle::os {

int waitOnWord(SharedWord*, uint32_t, double) { return ENOSYS; }
void wakeWord(SharedWord*) {}
WordForwarder* WordForwarder::start(SharedWord*, int, int* error) {
  *error = ENOSYS;
  return nullptr;
}
WordForwarder::~WordForwarder() = default;
void WordForwarder::run() {}

}  // namespace heddle::os

#endif
