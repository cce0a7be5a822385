// One asynchronous call of a kernel, from the JavaScript call to the settled promise:
//
//   called (environment's thread: arguments read, plain arrays copied in)
//     -> queued -> running (a worker of the pool, helped by others)
//     -> reported (through the gate) -> settled (environment's thread: arrays copied out, promise settled)
//
// Memory: arrays over a SharedArrayBuffer are used in place, they can't go away while a view is referenced, and the
// view is. Arrays over a segment (core/os/shared_segment.h) too: the run holds the mapping, whatever becomes of the
// buffer. Plain arrays can be detached or resized by JavaScript at any time, so they are copied on the environment's
// thread before the run is queued and back after it ended. Bit i of `owned` says that the caller holds the only
// reference to the buffer of array i and keeps it still; then that array is used in place as well.
#pragma once

#include <node_api.h>

#include <atomic>
#include <memory>

#include "base/scratch.h"
#include "binding/environment.h"
#include "kernels/kernel_table.h"
#include "pool/thread_pool.h"

namespace heddle::binding {

class AsyncRun : public Job {
 public:
  AsyncRun(const AsyncRun&) = delete;
  ~AsyncRun();

  /** kernelAsync(threads, token, owned, ...arrays, ...numbers): Promise; `data` is the kernel's entry. */
  static napi_value call(napi_env env, napi_callback_info info);

  /** Copies results out and settles the promise. Environment's thread. */
  void settle(napi_env env);
  void dropReferences(napi_env env);

  std::atomic<uint32_t> cancel{0};   // raised by the environment's thread, read between chunks
  AsyncRun* nextFinished = nullptr;  // under the gate's mutex, then the environment's thread
  double token = 0;

 private:
  AsyncRun(const KernelEntry& entry, std::shared_ptr<Gate> gate) : entry_(entry), gate_(std::move(gate)) {
    run = &AsyncRun::execute;
  }
  static void execute(Job* job);
  Status holdArrays(napi_env env, const napi_value* values, uint32_t owned);
  Status copyOut(napi_env env);

  const KernelEntry& entry_;
  const std::shared_ptr<Gate> gate_;
  KernelCall call_;
  Status status_;
  napi_deferred promise_ = nullptr;
  napi_ref views_[kArraysMax] = {};
  uint64_t segments_[kArraysMax] = {};  // mappings that this run holds, 0: none
  // Copies by argument; two arguments that name the same bytes share the first one's copy.
  Scratch copies_[kArraysMax];
  int copyOf_[kArraysMax] = {-1, -1, -1, -1};  // index into copies_, -1: used in place
};

}  // namespace heddle::binding
