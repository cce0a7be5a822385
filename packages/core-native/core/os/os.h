// Small services of the operating system that Node has no function for. Each says where it exists.
#pragma once

#include <cstdint>

namespace heddle::os {

/**
 * Asks the kernel to send this process `signal` (0: nothing any more) when the thread that started it ends. Linux only.
 * `expectedParent` is the parent's process id as the caller knows it: if the parent is gone already, the request comes
 * too late and the answer is false. False as well where the service doesn't exist or refuses the signal.
 */
bool setParentDeathSignal(int signal, int64_t expectedParent);

/** CPU time of the calling thread in microseconds. False where it can't be read. */
bool threadCpuTime(double* userUs, double* systemUs);

/** The kernel's number of the calling thread: its process id for the main thread of a Linux process. */
int64_t threadId();

}  // namespace heddle::os
