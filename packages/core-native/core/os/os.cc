#include "os/os.h"

#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#elif defined(__APPLE__)
#include <mach/mach.h>
#include <pthread.h>
#endif

namespace heddle::os {

bool setParentDeathSignal(int signal, int64_t expectedParent) {
#if defined(__linux__)
  if (prctl(PR_SET_PDEATHSIG, static_cast<unsigned long>(signal), 0, 0, 0) != 0) return false;
  // A parent that died before the request left no one to watch: the process has another parent now.
  return static_cast<int64_t>(getppid()) == expectedParent;
#else
  (void)signal;
  (void)expectedParent;
  return false;
#endif
}

bool threadCpuTime(double* userUs, double* systemUs) {
#if defined(__linux__)
  rusage usage;
  if (getrusage(RUSAGE_THREAD, &usage) != 0) return false;
  *userUs = static_cast<double>(usage.ru_utime.tv_sec) * 1e6 + static_cast<double>(usage.ru_utime.tv_usec);
  *systemUs = static_cast<double>(usage.ru_stime.tv_sec) * 1e6 + static_cast<double>(usage.ru_stime.tv_usec);
  return true;
#elif defined(__APPLE__)
  thread_basic_info_data_t info;
  mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
  const mach_port_t thread = pthread_mach_thread_np(pthread_self());
  if (thread_info(thread, THREAD_BASIC_INFO, reinterpret_cast<thread_info_t>(&info), &count) != KERN_SUCCESS) {
    return false;
  }
  *userUs = static_cast<double>(info.user_time.seconds) * 1e6 + info.user_time.microseconds;
  *systemUs = static_cast<double>(info.system_time.seconds) * 1e6 + info.system_time.microseconds;
  return true;
#else
  (void)userUs;
  (void)systemUs;
  return false;
#endif
}

int64_t threadId() {
#if defined(__linux__)
  return static_cast<int64_t>(syscall(SYS_gettid));
#elif defined(__APPLE__)
  uint64_t id = 0;
  pthread_threadid_np(nullptr, &id);
  return static_cast<int64_t>(id);
#else
  return static_cast<int64_t>(getpid());
#endif
}

}  // namespace heddle::os
