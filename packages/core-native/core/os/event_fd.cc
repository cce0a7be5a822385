#include "os/event_fd.h"

#include <unistd.h>

#include <cerrno>

#if defined(__linux__)
#include <fcntl.h>
#include <sys/eventfd.h>

#include <cstdio>
#include <cstring>

namespace heddle::os {

int createEventFd(int* descriptor) {
  *descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return *descriptor < 0 ? errno : 0;
}

int openEventFd(int descriptor, int* own) {
  *own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (*own < 0) return errno;
  // The system has no question for what kind a descriptor is; the link in /proc says it.
  char path[32];
  char target[32];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", *own);
  const ssize_t length = readlink(path, target, sizeof target);
  constexpr char kKind[] = "anon_inode:[eventfd]";
  constexpr size_t kKindLength = sizeof kKind - 1;
  const int flags = fcntl(*own, F_GETFL);
  if (length == static_cast<ssize_t>(kKindLength) && std::memcmp(target, kKind, kKindLength) == 0 && flags >= 0 &&
      // The flag is the counter's, not the descriptor's: with it no call of anyone waits.
      ((flags & O_NONBLOCK) != 0 || fcntl(*own, F_SETFL, flags | O_NONBLOCK) == 0)) {
    return 0;
  }
  close(*own);
  *own = -1;
  return EINVAL;
}

}  // namespace heddle::os

#else

namespace heddle::os {

int createEventFd(int*) { return ENOSYS; }
int openEventFd(int, int*) { return ENOSYS; }

}  // namespace heddle::os

#endif

namespace heddle::os {

int addToEventFd(int descriptor, uint64_t count) {
  const ssize_t written = write(descriptor, &count, sizeof count);
  return written == sizeof count || errno == EAGAIN ? 0 : errno;
}

int takeFromEventFd(int descriptor, uint64_t* count) {
  *count = 0;
  if (read(descriptor, count, sizeof *count) == sizeof *count) return 0;
  *count = 0;
  return errno == EAGAIN ? 0 : errno;
}

void closeEventFd(int descriptor) {
  if (descriptor >= 0) close(descriptor);
}

}  // namespace heddle::os
