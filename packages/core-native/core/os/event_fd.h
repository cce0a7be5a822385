// A counter in the kernel that processes share by its descriptor (eventfd), to wake one another: one system call to
// add, one to take, and an event loop can wait for it. No call ever waits. Linux only.
#pragma once

#include <cstdint>

namespace heddle::os {

/** A new counter at 0. 0, or the system's error number; ENOSYS: not on this system. */
int createEventFd(int* descriptor);

/**
 * A second descriptor for the same counter; the one given stays the caller's. 0, or the system's error number: EBADF no
 * descriptor, EINVAL not a counter of this kind.
 */
int openEventFd(int descriptor, int* own);

/** Adds `count` (1 or more). A counter that has no room for it is left as it is: whoever waits for it is woken anyway.
 */
int addToEventFd(int descriptor, uint64_t count);

/** Takes the whole count and leaves 0; a count of 0 when there is none. 0, or the system's error number. */
int takeFromEventFd(int descriptor, uint64_t* count);

void closeEventFd(int descriptor);

}  // namespace heddle::os
