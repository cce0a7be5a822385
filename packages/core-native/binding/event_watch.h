// Calls a JavaScript function from the event loop of its environment whenever a counter (eventfd) is not 0.
//
//   watching (the loop polls a descriptor of the watch's own)  -> stop() -> closing -> deleted (by the loop, at its
//   next turn)
//
// Everything happens on the environment's thread. Whoever calls first stops it: JavaScript, or the end of the
// environment, whose asynchronous cleanup hook lets the loop turn until the handle is closed. After stop() no call
// comes any more; the object deletes itself.
#pragma once

#include <node_api.h>

#include <cstdint>

#include "binding/uv_poll.h"

namespace heddle::binding {

/** Where a watch tells that it has been stopped by the end of the environment. */
class EventWatchOwner {
 public:
  virtual void forgetWatch(uint32_t id) = 0;

 protected:
  ~EventWatchOwner() = default;
};

class EventWatch {
 public:
  /** Null when Node or the system refuses; then *error is the system's error number. `callback(count)` gets the count
   * taken. */
  static EventWatch* start(napi_env env, int descriptor, napi_value callback, EventWatchOwner* owner, uint32_t id,
                           int* error);
  void stop();
  /** Whether the watch alone keeps the event loop going. */
  void setRef(bool isRef);

 private:
  EventWatch() = default;
  ~EventWatch();
  static void onReadable(uv_poll_s* handle, int status, int events);
  static void onClosed(uv_poll_s* handle);
  static void onEnvironmentEnd(napi_async_cleanup_hook_handle hook, void* watch);
  void call(uint64_t count);

  napi_env env_ = nullptr;
  EventWatchOwner* owner_ = nullptr;
  uint32_t id_ = 0;
  // Of its own, so that no descriptor that JavaScript knows, and may close, is ever in the loop.
  int descriptor_ = -1;
  uv_poll_s* poll_ = nullptr;
  napi_ref callback_ = nullptr;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  bool isClosing_ = false;
};

}  // namespace heddle::binding
