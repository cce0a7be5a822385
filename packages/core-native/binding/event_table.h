// The counters (eventfd) that one environment holds, by number. Owned by the environment, whose end closes what
// JavaScript has left open; a number that is unknown, or known no longer, is answered with EBADF.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "binding/event_watch.h"
#include "os/shared_word.h"

namespace heddle::binding {

/** Environment's thread only. */
class EventTable : private EventWatchOwner {
 public:
  EventTable() = default;
  EventTable(const EventTable&) = delete;
  ~EventTable();

  /** Takes the descriptor over. */
  uint32_t add(int descriptor);
  /** -1: there is none. */
  int descriptor(uint32_t id) const;
  /** 0, or the system's error number. A watch that is there already ends. */
  int watch(napi_env env, uint32_t id, napi_value callback);
  void unwatch(uint32_t id);
  void setRef(uint32_t id, bool isRef);
  /** The counter is told of every change of the word from now on, until it is closed. 0, or the system's error number.
   */
  int forward(uint32_t id, os::SharedWord* word);
  void close(uint32_t id);

 private:
  struct Event {
    int descriptor;
    EventWatch* watch;
    std::unique_ptr<os::WordForwarder> forwarder;
  };
  void forgetWatch(uint32_t id) override;

  uint32_t lastId_ = 0;
  std::unordered_map<uint32_t, Event> events_;
};

}  // namespace heddle::binding
