// One asynchronous call of a kernel, from the JavaScript call to the settled promise:
//
//   called (environment's thread: arguments read, plain arrays copied in)
//     -> queued -> running (a worker of the pool, helped by others)
//     -> finished (core/pool/finished_jobs.h) -> told (environment's thread: arrays copied out, listener told)
//
// or, where the work is over before a worker would have heard of it (KernelEntry::elementsHere):
//
//   called -> worked on here, on the calling thread
//
// The promise is JavaScript's: it has a number for each call in flight, and settles the promise when the listener is
// told of that number (binding/listener.h). That makes a call that needs no copy free of objects of Node-API.
//
// Memory: arrays over a SharedArrayBuffer are used in place, they can't go away while a view is referenced: the caller
// has to keep the views of a call until it is told of it. Arrays over a segment (core/os/shared_segment.h) are used in
// place too: the run holds the mapping, whatever becomes of the buffer. Plain arrays can be detached or resized by
// JavaScript at any time, so they are copied on the environment's thread before the run is queued and back after it
// ended. Bit i of `owned` says that the caller holds the only reference to the buffer of array i and keeps it still;
// then that array is used in place as well.
#pragma once

#include <node_api.h>

#include <atomic>

#include "base/scratch.h"
#include "binding/environment.h"
#include "kernels/kernel_table.h"
#include "pool/thread_pool.h"

namespace heddle::binding {

/** The second value of a call: bits 0-3 `owned`, bit 4 whether it may be worked on here, from bit 5 on the listener. */
inline constexpr uint32_t kOwnedMask = (1u << kArraysMax) - 1;
inline constexpr uint32_t kMayRunHere = 1u << kArraysMax;
inline constexpr uint32_t kListenerShift = kArraysMax + 1;

/** Serves one call after the other; between two it belongs to the environment. */
class AsyncRun : public Job {
 public:
  explicit AsyncRun(Environment* environment) : environment_(environment) {
    run = &AsyncRun::execute;
    owner = environment;
  }
  AsyncRun(const AsyncRun&) = delete;
  ~AsyncRun() { dropMemory(); }

  /** kernelAsync(threads, how, ...arrays, ...numbers): the call's number, or -1: it is done, results in line 0. */
  static napi_value call(napi_env env, napi_callback_info info);

  /** Copies results out and tells the listener. Environment's thread. */
  void tell(napi_env env);

  /** Lets go of all that the call held. Environment's thread. */
  void release(napi_env env);

  std::atomic<uint32_t> cancel{0};  // raised by the environment's thread, read between chunks
  uint32_t number = 0;              // the environment's: the call's number while it is in flight

 private:
  static void execute(Job* job);
  Status hold(napi_env env, const napi_value* values, uint32_t inPlace);
  Status copyIn(napi_env env, const napi_value* values, int index);
  Status copyOut(napi_env env);
  void dropMemory();

  Environment* const environment_;
  Listener* listener_ = nullptr;
  const KernelEntry* entry_ = nullptr;
  Status status_;
  KernelCall call_;
  // What only arrays that aren't shared need.
  bool holds_ = false;                  // any of the following is set
  napi_ref views_[kArraysMax] = {};     // of plain arrays that get a copy back
  uint64_t segments_[kArraysMax] = {};  // mappings that this run holds, 0: none
  // Copies by argument; two arguments that name the same bytes share the first one's copy.
  Scratch copies_[kArraysMax];
  int copyOf_[kArraysMax] = {-1, -1, -1, -1};  // index into copies_, -1: used in place
};

}  // namespace heddle::binding
