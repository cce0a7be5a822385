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
//   word       | writer                         | readers
//   -----------+--------------------------------+------------------------------------
//   thread_    | its thread, once               | wakers
//   isParked_  | its thread                     | wakers: a hint, any value does no harm
//   withheld_  | wakers set it before they      | its thread takes it before it parks and after it was woken
//              | change the affinity            |
//
// All are relaxed: nothing else is published by them. A waker that is late, because the thread runs already, withholds
// its processor until the thread parks the next time.
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

  std::atomic<int> thread_{0};  // the system's id; 0: not known yet
  std::atomic<bool> isParked_{false};
  std::atomic<int> withheld_{-1};  // the processor taken out of its affinity
};

}  // namespace heddle
