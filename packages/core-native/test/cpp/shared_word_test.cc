// Sleeping on words of shared memory, in this process and in others.
#include "os/shared_word.h"

#include <cerrno>
#include <thread>
#include <vector>

#include "check.h"
#include "os/event_fd.h"
#include "os/shared_segment.h"

#if defined(__linux__)
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace heddle::os {
namespace {

constexpr double kLongMs = 1e9;

SharedWord* wordsOf(const SharedSegment& segment) { return static_cast<SharedWord*>(segment.data); }

/** Waits until the counter is not 0, and takes it. */
uint64_t awaitCount(int event) {
  pollfd entry{event, POLLIN, 0};
  poll(&entry, 1, -1);
  uint64_t count = 0;
  takeFromEventFd(event, &count);
  return count;
}

TEST(wordThatHasChangedIsNotSleptOn) {
  SharedWord word{7};
  CHECK(waitOnWord(&word, 6, kLongMs) == 0);
  CHECK(waitOnWord(&word, 7, 0) == ETIMEDOUT);
  CHECK(waitOnWord(&word, 7, 1.5) == ETIMEDOUT);
  wakeWord(&word);
}

TEST(wordWakesAllThreads) {
  SharedSegment segment;
  CHECK(createSegment(4096, &segment) == 0);
  // Another mapping of the same memory: the kernel knows the word by the memory.
  SharedSegment other;
  CHECK(openSegment(segmentDescriptor(segment.id), &other) == 0);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&other] {
      while (wordsOf(other)[3].load() == 0) waitOnWord(&wordsOf(other)[3], 0, kLongMs);
    });
  }
  wordsOf(segment)[3].store(1);
  wakeWord(&wordsOf(segment)[3]);
  for (std::thread& thread : threads) thread.join();
  releaseSegment(segment.id);
  releaseSegment(other.id);
}

TEST(wordWakesAnotherProcess) {
  SharedSegment segment;
  CHECK(createSegment(4096, &segment) == 0);
  SharedWord* const words = wordsOf(segment);
  constexpr uint32_t kRounds = 200;
  const pid_t child = fork();
  if (child == 0) {
    // Each turn is waited for, and answered: a lost wake-up is a hang.
    for (uint32_t round = 0; round < kRounds; ++round) {
      while (words[0].load() == round) waitOnWord(&words[0], round, kLongMs);
      words[1].store(round + 1);
      wakeWord(&words[1]);
    }
    _exit(0);
  }
  for (uint32_t round = 0; round < kRounds; ++round) {
    words[0].store(round + 1);
    wakeWord(&words[0]);
    while (words[1].load() == round) waitOnWord(&words[1], round, kLongMs);
  }
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  releaseSegment(segment.id);
}

TEST(forwarderTellsOfEveryChange) {
  SharedSegment segment;
  CHECK(createSegment(4096, &segment) == 0);
  SharedWord* const word = &wordsOf(segment)[1];
  int event = -1;
  int error = -1;
  CHECK(createEventFd(&event) == 0);
  WordForwarder* const forwarder = WordForwarder::start(word, event, &error);
  CHECK(forwarder != nullptr && error == 0);
  for (int change = 0; change < 200; ++change) {
    word->fetch_add(1);
    wakeWord(word);
    CHECK(awaitCount(event) == 1);
  }
  // It holds the memory by itself, and ends in its sleep.
  releaseSegment(segment.id);
  delete forwarder;
  closeEventFd(event);
}

TEST(forwarderSeesWhatChangedWithoutAWakeUp) {
  SharedSegment segment;
  CHECK(createSegment(4096, &segment) == 0);
  SharedWord* const word = wordsOf(segment);
  int event = -1;
  int error = -1;
  CHECK(createEventFd(&event) == 0);
  for (int round = 0; round < 100; ++round) {
    WordForwarder* const forwarder = WordForwarder::start(word, event, &error);
    // Before or after its thread falls asleep; a wake-up is missed by who sleeps later, the change is not.
    word->fetch_add(1);
    wakeWord(word);
    CHECK(awaitCount(event) >= 1);
    delete forwarder;
    uint64_t rest = 0;
    takeFromEventFd(event, &rest);
  }
  releaseSegment(segment.id);
  closeEventFd(event);
}

TEST(forwarderRefusesOtherMemory) {
  SharedWord word{0};
  int event = -1;
  int error = 0;
  CHECK(createEventFd(&event) == 0);
  CHECK(WordForwarder::start(&word, event, &error) == nullptr && error == EINVAL);
  SharedSegment segment;
  CHECK(createSegment(4096, &segment) == 0);
  CHECK(WordForwarder::start(wordsOf(segment), -1, &error) == nullptr && error == EBADF);
  releaseSegment(segment.id);
  closeEventFd(event);
}

}  // namespace
}  // namespace heddle::os
#endif
