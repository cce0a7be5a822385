#include "os/segment_mail.h"

#include <cerrno>

#include "os/shared_segment.h"

#if defined(__linux__)
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace heddle::os {
namespace {

/** Room for one descriptor, aligned as its header. */
struct Rights {
  alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(int))];
};

msghdr header(iovec* part, Rights* rights) {
  msghdr message{};
  message.msg_iov = part;
  message.msg_iovlen = 1;
  message.msg_control = rights->bytes;
  message.msg_controllen = sizeof rights->bytes;
  return message;
}

}  // namespace

int sendDescriptor(int socket, int descriptor, uint64_t number) {
  if (descriptor < 0) return EBADF;
  Rights rights{};
  iovec part{&number, sizeof number};
  msghdr message = header(&part, &rights);
  cmsghdr* const control = CMSG_FIRSTHDR(&message);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(control), &descriptor, sizeof descriptor);
  const ssize_t sent = sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) return errno;
  return sent == sizeof number ? 0 : EPROTO;
}

int receiveDescriptor(int socket, uint64_t* number, int* descriptor) {
  Rights rights{};
  iovec part{number, sizeof *number};
  msghdr message = header(&part, &rights);
  *descriptor = -1;
  // A stream keeps what came with one descriptor apart from what came with another.
  const ssize_t received = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (received < 0) return errno;
  if (received == 0) return EPIPE;
  const cmsghdr* const control = CMSG_FIRSTHDR(&message);
  if (control != nullptr && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS &&
      control->cmsg_len == CMSG_LEN(sizeof *descriptor)) {
    std::memcpy(descriptor, CMSG_DATA(control), sizeof *descriptor);
  }
  if (received == sizeof *number && *descriptor >= 0) return 0;
  if (*descriptor >= 0) close(*descriptor);
  *descriptor = -1;
  return (message.msg_flags & MSG_CTRUNC) != 0 ? EMFILE : EPROTO;
}

}  // namespace heddle::os

#else

namespace heddle::os {

int sendDescriptor(int, int, uint64_t) { return ENOSYS; }
int receiveDescriptor(int, uint64_t*, int*) { return ENOSYS; }

}  // namespace heddle::os

#endif

namespace heddle::os {

int sendSegment(int socket, uint64_t id, uint64_t number) {
  return sendDescriptor(socket, segmentDescriptor(id), number);
}

}  // namespace heddle::os
