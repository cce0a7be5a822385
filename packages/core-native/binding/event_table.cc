#include "binding/event_table.h"

#include <cerrno>

#include "os/event_fd.h"

namespace heddle::binding {

EventTable::~EventTable() {
  // The watches are gone: their hooks were registered later than the environment's, so they ran before.
  for (const auto& [id, event] : events_) os::closeEventFd(event.descriptor);
}

uint32_t EventTable::add(int descriptor) {
  const uint32_t id = ++lastId_;
  events_[id] = Event{descriptor, nullptr, nullptr};
  return id;
}

int EventTable::descriptor(uint32_t id) const {
  const auto found = events_.find(id);
  return found == events_.end() ? -1 : found->second.descriptor;
}

int EventTable::watch(napi_env env, uint32_t id, napi_value callback) {
  const auto found = events_.find(id);
  if (found == events_.end()) return EBADF;
  unwatch(id);
  int error = 0;
  found->second.watch = EventWatch::start(env, found->second.descriptor, callback, this, id, &error);
  return error;
}

void EventTable::unwatch(uint32_t id) {
  const auto found = events_.find(id);
  if (found != events_.end() && found->second.watch != nullptr) found->second.watch->stop();
}

void EventTable::setRef(uint32_t id, bool isRef) {
  const auto found = events_.find(id);
  if (found != events_.end() && found->second.watch != nullptr) found->second.watch->setRef(isRef);
}

int EventTable::forward(uint32_t id, os::SharedWord* word) {
  const auto found = events_.find(id);
  if (found == events_.end()) return EBADF;
  int error = 0;
  found->second.forwarder.reset(os::WordForwarder::start(word, found->second.descriptor, &error));
  return error;
}

void EventTable::close(uint32_t id) {
  unwatch(id);
  os::closeEventFd(descriptor(id));
  events_.erase(id);
}

void EventTable::forgetWatch(uint32_t id) {
  const auto found = events_.find(id);
  if (found != events_.end()) found->second.watch = nullptr;
}

}  // namespace heddle::binding
