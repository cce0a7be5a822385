// Passes segments and counters between processes over a Unix stream socket: the descriptor itself travels (SCM_RIGHTS),
// so what is on its way lives as long as the socket does, whoever of the two has ended meanwhile, and no right to look
// into another process is needed. Each descriptor goes with a number, by which a message elsewhere can speak of it. No
// call waits.
#pragma once

#include <cstdint>

namespace heddle::os {

/** 0, or the system's error number: EBADF the segment is closed, EAGAIN too many are on their way, ENOTSOCK, EPIPE, …
 */
int sendSegment(int socket, uint64_t id, uint64_t number);

/** The same for a descriptor of any kind, which stays the caller's. EBADF: it is none. */
int sendDescriptor(int socket, int descriptor, uint64_t number);

/**
 * Takes the next one; its descriptor is the caller's. 0, or the system's error number: EAGAIN nothing is there, EPIPE
 * nothing will come any more, EMFILE no descriptor was left for it, EPROTO something else came.
 */
int receiveDescriptor(int socket, uint64_t* number, int* descriptor);

}  // namespace heddle::os
