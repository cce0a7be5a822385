// One instance of src/kernel-call.ts, to which asynchronous calls report: a function and the numbers it reads.
//
// A call that ends off the event loop is told of by a line of numbers: the call's number and its results. The lines of
// calls that end together are handed over by one call of the function. Line 0 is that of a call which was worked on at
// once, on the calling thread.
//
// Everything here belongs to the environment's own thread.
#pragma once

#include <node_api.h>

#include <cstdint>

#include "kernels/kernel.h"

namespace heddle::binding {

class Listener {
 public:
  static constexpr uint32_t kLineNumbers = 1 + kResultsMax;
  static constexpr uint32_t kLines = 256;

  /**
   * `settle(count, errors)` is told of lines 1..count. A call that failed has -1 - number in its line, and its error in
   * the array `errors`, which has them in the order of the lines and is left out when none failed. False: `lines` is no
   * Float64Array of kLines * kLineNumbers elements over a SharedArrayBuffer, which can't go away under this.
   */
  bool open(napi_env env, napi_value settle, napi_value lines);

  /** Line 0. */
  void writeResults(const KernelCall& call) { writeResults(call, lines_); }

  /** Adds a call that has ended; hands over first what is there when the lines are full. */
  void add(napi_env env, uint32_t number, const KernelCall& call);
  void addError(napi_env env, uint32_t number, napi_value error);

  /** Hands over what was added. A pending exception, of a process about to end, is left to Node. */
  void flush(napi_env env);

 private:
  double* nextLine(napi_env env);
  static void writeResults(const KernelCall& call, double* line);

  napi_ref settle_ = nullptr;
  napi_ref view_ = nullptr;  // keeps the memory of lines_
  double* lines_ = nullptr;
  uint32_t count_ = 0;
  napi_value errors_ = nullptr;  // valid until flush: both are called within one handle scope
  uint32_t errorCount_ = 0;
};

}  // namespace heddle::binding
