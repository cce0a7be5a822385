// Segments and counters: who holds what, and what is refused.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <thread>
#include <vector>

#include "check.h"
#include "os/event_fd.h"
#include "os/segment_mail.h"
#include "os/shared_segment.h"

#if defined(__linux__)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace heddle::os {
namespace {

TEST(segmentIsSharedAndCounted) {
  SharedSegment first;
  CHECK(createSegment(10000, &first) == 0 && first.id != 0 && first.bytes == 10000);
  SharedSegment second;
  CHECK(openSegment(segmentDescriptor(first.id), &second) == 0);
  CHECK(second.id != first.id && second.bytes == 10000 && second.data != first.data);
  uint64_t numbers[2] = {1, 2};
  CHECK(segmentNumber(segmentDescriptor(first.id), &numbers[0]) == 0);
  CHECK(segmentNumber(segmentDescriptor(second.id), &numbers[1]) == 0);
  CHECK(numbers[0] == numbers[1]);
  auto* const bytes = static_cast<char*>(first.data);
  bytes[9999] = 7;
  CHECK(static_cast<char*>(second.data)[9999] == 7);
  releaseSegment(first.id);
  CHECK(segmentDescriptor(first.id) == -1);
  CHECK(static_cast<char*>(second.data)[9999] == 7);
  releaseSegment(second.id);
  releaseSegment(second.id);  // one too many does nothing
}

TEST(segmentIsFoundByAddress) {
  SharedSegment segment;
  CHECK(createSegment(4096, &segment) == 0);
  auto* const bytes = static_cast<char*>(segment.data);
  CHECK(findSegment(bytes, 4096, false).id == segment.id);
  CHECK(findSegment(bytes + 4000, 96, false).id == segment.id);
  CHECK(findSegment(bytes + 4000, 97, false).id == 0);
  CHECK(findSegment(bytes - 1, 2, false).id == 0);
  CHECK(findSegment(&segment, 1, false).id == 0);
  CHECK(findSegment(nullptr, 0, false).id == 0);
  CHECK(findSegment(bytes + 10, 1, true).id == segment.id);
  releaseSegment(segment.id);
  bytes[0] = 1;  // held still
  releaseSegment(segment.id);
  CHECK(findSegment(bytes, 1, false).id == 0);
}

TEST(closedSegmentStaysMapped) {
  SharedSegment segment;
  CHECK(createSegment(1, &segment) == 0);
  const int descriptor = segmentDescriptor(segment.id);
  closeSegmentDescriptor(segment.id);
  closeSegmentDescriptor(segment.id);
  CHECK(segmentDescriptor(segment.id) == -1 && fcntl(descriptor, F_GETFD) == -1);
  *static_cast<char*>(segment.data) = 1;
  releaseSegment(segment.id);
}

TEST(segmentRefusesWhatCouldShrink) {
  SharedSegment segment;
  CHECK(openSegment(-1, &segment) == EBADF);
  CHECK(openSegment(1 << 20, &segment) == EBADF);
  int ends[2];
  CHECK(pipe(ends) == 0);
  CHECK(openSegment(ends[0], &segment) == EINVAL);
  close(ends[0]);
  close(ends[1]);
  const int unsealed = memfd_create("unsealed", MFD_ALLOW_SEALING);
  CHECK(ftruncate(unsealed, 4096) == 0);
  CHECK(openSegment(unsealed, &segment) == EINVAL);
  CHECK(fcntl(unsealed, F_ADD_SEALS, F_SEAL_SHRINK) == 0);
  CHECK(openSegment(unsealed, &segment) == 0);
  close(unsealed);
  CHECK(ftruncate(segmentDescriptor(segment.id), 0) == -1 && errno == EPERM);
  releaseSegment(segment.id);
  CHECK(createSegment(0, &segment) != 0);
  CHECK(createSegment(UINT64_MAX, &segment) != 0);
  CHECK(createSegment(uint64_t{1} << 62, &segment) != 0);
}

TEST(segmentsFromManyThreads) {
  SharedSegment shared;
  CHECK(createSegment(1 << 16, &shared) == 0);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&shared, thread] {
      auto* const bytes = static_cast<char*>(shared.data);
      for (int round = 0; round < 500; ++round) {
        SharedSegment own;
        CHECK(createSegment(4096, &own) == 0);
        const SharedSegment held = findSegment(bytes + thread, 1, true);
        CHECK(held.id == shared.id);
        bytes[thread] = static_cast<char>(round);
        releaseSegment(held.id);
        static_cast<char*>(own.data)[0] = 1;
        releaseSegment(own.id);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(static_cast<char*>(shared.data)[3] == static_cast<char>(499));
  releaseSegment(shared.id);
}

TEST(segmentTravels) {
  int ends[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  SharedSegment sent;
  CHECK(createSegment(100, &sent) == 0);
  static_cast<char*>(sent.data)[99] = 3;
  uint64_t number = 0;
  int descriptor = 0;
  CHECK(receiveDescriptor(ends[1], &number, &descriptor) == EAGAIN && descriptor == -1);
  CHECK(sendSegment(ends[0], sent.id, 7) == 0 && sendSegment(ends[0], sent.id, 8) == 0);
  // On its way it lives without anyone: neither mapping nor sender is left.
  releaseSegment(sent.id);
  CHECK(sendSegment(ends[0], sent.id, 9) == EBADF);
  close(ends[0]);
  for (const uint64_t expected : {7u, 8u}) {
    CHECK(receiveDescriptor(ends[1], &number, &descriptor) == 0 && number == expected);
    SharedSegment got;
    CHECK(openSegment(descriptor, &got) == 0 && got.bytes == 100 && static_cast<char*>(got.data)[99] == 3);
    close(descriptor);
    releaseSegment(got.id);
  }
  CHECK(receiveDescriptor(ends[1], &number, &descriptor) == EPIPE);
  close(ends[1]);
}

TEST(countersTravelAsSegmentsDo) {
  int ends[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  SharedSegment segment;
  CHECK(createSegment(100, &segment, SegmentUse::kWire) == 0);
  int counter;
  CHECK(createEventFd(&counter) == 0);
  CHECK(sendDescriptor(ends[0], counter, 1) == 0 && sendSegment(ends[0], segment.id, 2) == 0);
  CHECK(sendDescriptor(ends[0], -1, 3) == EBADF && sendDescriptor(ends[0], 1 << 20, 3) == EBADF);
  CHECK(addToEventFd(counter, 41) == 0);
  closeEventFd(counter);
  releaseSegment(segment.id);
  uint64_t number = 0;
  int descriptor = -1;
  int own = -1;
  CHECK(receiveDescriptor(ends[1], &number, &descriptor) == 0 && number == 1);
  uint64_t inode = 0;
  CHECK(segmentNumber(descriptor, &inode) == EINVAL && openEventFd(descriptor, &own) == 0);
  close(descriptor);
  CHECK(addToEventFd(own, 1) == 0);
  uint64_t count = 0;
  CHECK(takeFromEventFd(own, &count) == 0 && count == 42);
  closeEventFd(own);
  CHECK(receiveDescriptor(ends[1], &number, &descriptor) == 0 && number == 2);
  CHECK(openEventFd(descriptor, &own) == EINVAL && segmentNumber(descriptor, &inode) == 0);
  close(descriptor);
  CHECK(receiveDescriptor(ends[1], &number, &descriptor) == EAGAIN);
  close(ends[0]);
  close(ends[1]);
}

TEST(segmentMailNeverWaits) {
  int ends[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  SharedSegment segment;
  CHECK(createSegment(1, &segment) == 0);
  uint64_t sent = 0;
  while (sendSegment(ends[0], segment.id, sent) == 0) ++sent;
  CHECK(sent >= 100);
  uint64_t number = 0;
  int descriptor = 0;
  for (uint64_t expected = 0; expected < sent; ++expected) {
    CHECK(receiveDescriptor(ends[1], &number, &descriptor) == 0 && number == expected);
    close(descriptor);
  }
  CHECK(write(ends[0], "words", 5) == 5);
  CHECK(receiveDescriptor(ends[1], &number, &descriptor) == EPROTO && descriptor == -1);
  CHECK(receiveDescriptor(-1, &number, &descriptor) == EBADF && sendSegment(-1, segment.id, 1) == EBADF);
  close(ends[0]);
  close(ends[1]);
  releaseSegment(segment.id);
}

TEST(eventCounts) {
  int counter;
  int second;
  uint64_t count = 9;
  CHECK(createEventFd(&counter) == 0 && openEventFd(counter, &second) == 0 && second != counter);
  CHECK(takeFromEventFd(counter, &count) == 0 && count == 0);
  CHECK(addToEventFd(counter, 1) == 0 && addToEventFd(second, 41) == 0);
  CHECK(takeFromEventFd(second, &count) == 0 && count == 42);
  CHECK(takeFromEventFd(counter, &count) == 0 && count == 0);
  CHECK(addToEventFd(counter, UINT64_MAX - 1) == 0);
  CHECK(addToEventFd(counter, 5) == 0);  // full: stays as it is, and doesn't wait
  CHECK(takeFromEventFd(counter, &count) == 0 && count == UINT64_MAX - 1);
  closeEventFd(second);
  closeEventFd(counter);
  closeEventFd(-1);
  CHECK(addToEventFd(-1, 1) == EBADF && takeFromEventFd(-1, &count) == EBADF);
}

TEST(eventOpensCountersOnly) {
  int own;
  int ends[2];
  CHECK(openEventFd(-1, &own) == EBADF && openEventFd(1 << 20, &own) == EBADF);
  CHECK(pipe(ends) == 0);
  CHECK(openEventFd(ends[1], &own) == EINVAL && own == -1);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace heddle::os
#endif
