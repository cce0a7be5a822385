// What the addon keeps per environment (the main thread has one, every worker thread has one): the gate through which
// the pool's threads report finished runs, the runs that have not settled, and the counters that are open.
//
// The gate outlives the environment: each run holds it. Its law:
//   isOpen     true from creation; the environment's cleanup hook sets it to false; read by producers, all under
//   `mutex` function   the threadsafe function; called by producers only while isOpen, under `mutex` finished   list of
//   runs that ended; producers push, the environment's thread takes the whole list, under `mutex` inFlight   runs given
//   to the pool that no thread has reported yet; the cleanup hook waits on `idle` for zero
//
// Ending: the cleanup hook (registered after the threadsafe function was made, so it runs before that function's own)
// closes the gate, raises every run's flag, takes the runs that nobody began out of the queue, and waits for those in
// work, which stop after the chunk in hand. It has to wait: the memory they work on belongs to the environment. It
// never waits for runs of other environments.
#pragma once

#include <node_api.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "binding/event_table.h"

namespace heddle::binding {

class AsyncRun;

struct Gate {
  std::mutex mutex;
  std::condition_variable idle;
  bool isOpen = true;
  napi_threadsafe_function function = nullptr;
  AsyncRun* finished = nullptr;
  uint64_t inFlight = 0;
};

/** Everything but `gate` is touched by the environment's own thread only. */
class Environment {
 public:
  /** Makes the environment's state and registers its end; null (with a pending exception) when Node refuses. */
  static Environment* create(napi_env env);
  static Environment* of(napi_env env);

  const std::shared_ptr<Gate>& gate() const { return gate_; }

  EventTable& events() { return events_; }

  /** A number that no other run of this environment has. */
  double newToken() { return ++lastToken_; }

  /** Whether a run may have this number: newToken gave it, and no unsettled run has it. */
  bool isFreeToken(double token) const { return token >= 1 && token <= lastToken_ && !runs_.contains(token); }

  /** Hands the run to the pool; while any run is unsettled the event loop is kept alive. False: no thread to run it. */
  bool start(napi_env env, AsyncRun* run, double token);

  /** Raises the flag of the run with this token; nothing happens when it has settled already. */
  void cancel(double token);

 private:
  Environment() = default;
  static void settleFinished(napi_env env, napi_value, void* context, void*);
  static void close(void* environment);
  void forget(napi_env env, AsyncRun* run);

  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  double lastToken_ = 0;
  EventTable events_;
  std::unordered_map<double, AsyncRun*> runs_;  // by token; a run is in here from start to settlement
};

}  // namespace heddle::binding
