#include "binding/event_watch.h"

#include <cerrno>
#include <cstdlib>

#include "os/event_fd.h"

namespace heddle::binding {

EventWatch* EventWatch::start(napi_env env, int descriptor, napi_value callback, EventWatchOwner* owner, uint32_t id,
                              int* error) {
  auto* const self = new EventWatch();
  self->env_ = env;
  self->owner_ = owner;
  self->id_ = id;
  uv_loop_s* loop = nullptr;
  self->poll_ = static_cast<uv_poll_s*>(std::calloc(1, uv_handle_size(kUvPoll)));
  *error = self->poll_ == nullptr ? ENOMEM : os::openEventFd(descriptor, &self->descriptor_);
  if (*error == 0 && napi_get_uv_event_loop(env, &loop) != napi_ok) *error = ECANCELED;
  if (*error == 0) *error = -uv_poll_init(loop, self->poll_, self->descriptor_);
  if (*error != 0) {
    delete self;
    return nullptr;
  }
  uv_handle_set_data(self->poll_, self);
  // From here on the handle belongs to the loop, and only stop() ends it.
  if (napi_create_reference(env, callback, 1, &self->callback_) != napi_ok ||
      napi_add_async_cleanup_hook(env, &onEnvironmentEnd, self, &self->hook_) != napi_ok) {
    *error = ECANCELED;
  } else {
    *error = -uv_poll_start(self->poll_, kUvReadable, &onReadable);
  }
  if (*error == 0) return self;
  self->owner_ = nullptr;
  self->stop();
  return nullptr;
}

EventWatch::~EventWatch() {
  os::closeEventFd(descriptor_);
  std::free(poll_);
}

void EventWatch::stop() {
  if (isClosing_) return;
  isClosing_ = true;
  if (owner_ != nullptr) owner_->forgetWatch(id_);
  if (callback_ != nullptr) napi_delete_reference(env_, callback_);
  callback_ = nullptr;
  uv_close(poll_, &onClosed);
}

void EventWatch::setRef(bool isRef) {
  if (isRef) {
    uv_ref(poll_);
  } else {
    uv_unref(poll_);
  }
}

void EventWatch::onClosed(uv_poll_s* handle) {
  auto* const self = static_cast<EventWatch*>(uv_handle_get_data(handle));
  if (self->hook_ != nullptr) napi_remove_async_cleanup_hook(self->hook_);
  delete self;
}

void EventWatch::onEnvironmentEnd(napi_async_cleanup_hook_handle, void* watch) {
  // onClosed removes the hook, for which the environment waits.
  static_cast<EventWatch*>(watch)->stop();
}

void EventWatch::onReadable(uv_poll_s* handle, int status, int) {
  auto* const self = static_cast<EventWatch*>(uv_handle_get_data(handle));
  uint64_t count = 0;
  // A poll that fails would fail for ever.
  if (status < 0 || os::takeFromEventFd(self->descriptor_, &count) != 0) return self->stop();
  // Another process that reads the same counter may have been first.
  if (count > 0) self->call(count);
}

void EventWatch::call(uint64_t count) {
  const napi_env env = env_;  // the callback may stop the watch
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value receiver;
  napi_value callback;
  napi_value argument;
  if (napi_get_global(env, &receiver) == napi_ok && napi_get_reference_value(env, callback_, &callback) == napi_ok &&
      callback != nullptr && napi_create_double(env, static_cast<double>(count), &argument) == napi_ok) {
    bool isThrown = false;
    napi_value error;
    if (napi_make_callback(env, nullptr, receiver, callback, 1, &argument, nullptr) == napi_pending_exception &&
        napi_is_exception_pending(env, &isThrown) == napi_ok && isThrown &&
        napi_get_and_clear_last_exception(env, &error) == napi_ok) {
      napi_fatal_exception(env, error);  // as of any callback: 'uncaughtException'
    }
  }
  napi_close_handle_scope(env, scope);
}

}  // namespace heddle::binding
