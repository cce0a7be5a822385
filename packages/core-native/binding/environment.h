// What the addon keeps per environment (the main thread has one, every worker thread has one): the jobs that have run
// and wait to be told of, the calls in flight, those who listen, and the counters that are open.
//
// Everything is touched by the environment's own thread only, but for `finished_`, whose law is its own, and
// `function_`, which never changes and which workers call before they leave `finished_`.
//
// Ending: the cleanup hook (registered after the threadsafe function was made, so it runs before that function's own)
// raises every run's flag, takes the runs that nobody began out of the queue, and waits until the workers have left
// that have the others, which stop after the chunk in hand. It has to wait: the memory they work on belongs to the
// environment, and so does the function. It never waits for runs of other environments.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "binding/event_table.h"
#include "binding/listener.h"
#include "pool/finished_jobs.h"

namespace heddle::binding {

class AsyncRun;

class Environment {
 public:
  /** Makes the environment's state and registers its end; null (with a pending exception) when Node refuses. */
  static Environment* create(napi_env env);
  static Environment* of(napi_env env);

  EventTable& events() { return events_; }

  /** Index of a new listener, -1 where it can't be one (Listener::open). It listens until the environment ends. */
  int32_t addListener(napi_env env, napi_value settle, napi_value lines);

  /** Null: no listener has this index. */
  Listener* listener(uint32_t index) { return index < listeners_.size() ? listeners_[index].get() : nullptr; }

  /** A run for a new call: for `start`, or to be given back. */
  AsyncRun* takeRun();
  void giveBack(napi_env env, AsyncRun* run);

  /**
   * Hands the run to the pool under a number that no other call in flight has; while any is, the event loop is kept
   * alive. False: no thread to run it.
   */
  bool start(napi_env env, AsyncRun* run);

  /** Reports a run that has ended. The worker's last touch of the run, and of the environment. */
  void finish(AsyncRun* run);

  /** Raises the flag of the run with this number; nothing happens when there is none. */
  void cancel(double number);

 private:
  Environment() = default;
  static void tellFinished(napi_env env, napi_value, void* context, void*);
  static void close(void* environment);
  void dropNumber(uint32_t number);

  FinishedJobs finished_;
  napi_threadsafe_function function_ = nullptr;
  EventTable events_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<AsyncRun*> runs_;        // in flight, by number; null: the number is free
  std::vector<uint32_t> freeNumbers_;  // the last one given back is the first to be used again
  std::vector<AsyncRun*> spareRuns_;   // kSpareRunsMax at most
  uint64_t inFlight_ = 0;
};

}  // namespace heddle::binding
