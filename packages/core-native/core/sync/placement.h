// Where a parked thread will run when it is woken.
//
// Linux puts a woken thread on the processor that it ran on last, or on that of its waker. If its waker computes there,
// the thread waits for the end of the waker's time slice, or for the next balancing of load, though another processor
// is idle: on small machines the search for one is cut short as soon as one processor is busy. Measured on two cores
// after 5 ms of idling: 97 of 100 wake-ups went to the waker's processor, and a region of 2 ms gained nothing from its
// second thread.
//
// So the waker takes its own processor out of the affinity of the parked threads, and each puts it back when it runs.
//
//   word       | writer                           | readers
//   -----------+----------------------------------+------------------------------------
//   thread_    | its thread, before it first      | wakers, after they saw isParked_ set (release, acquire)
//              | sets isParked_                   |
//   isParked_  | its thread                       | wakers: a hint; late, it costs a needless change
//   isHeld_    | whoever changes the affinity     | the same: a lock that is tried and never waited for
//   withheld_  | the holder of isHeld_            | the holder of isHeld_
//
// The affinity and withheld_ change together under isHeld_ only, so no processor is ever lost. Who doesn't get it goes
// on without: a waker leaves the thread where it is, a thread stays off one processor until it parks or wakes the next
// time.
#pragma once

#include <atomic>

namespace heddle {

class Placement {
 public:
  /** By its own thread, before it parks. */
  void park();
  /** By its own thread, when it has been woken. */
  void unpark();
  /** By a waker, before the wake-up. `processor`: where the waker runs, from currentProcessor(). */
  void keepOff(int processor);

  /** The processor that the calling thread runs on; -1 where that isn't known. A few nanoseconds. */
  static int currentProcessor();

 private:
  void giveBack();
  void change(int thread, int processor);

  std::atomic<int> thread_{0};  // the system's id; 0: not known yet
  std::atomic<bool> isParked_{false};
  std::atomic<bool> isHeld_{false};
  int withheld_ = -1;  // the processor taken out of its affinity; -1: none
};

}  // namespace heddle
