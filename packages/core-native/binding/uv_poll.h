// The part of libuv that watches a descriptor. Node exports libuv's functions and keeps their binary interface, but
// the headers of Node-API alone, with which this addon can be built, don't carry uv.h: so the few are declared here.
#pragma once

#include <cstddef>

struct uv_loop_s;

namespace heddle::binding {

extern "C" {
struct uv_poll_s;  // of a size that only libuv knows
void* uv_handle_get_data(const uv_poll_s* handle);
void uv_handle_set_data(uv_poll_s* handle, void* data);
size_t uv_handle_size(int type);
int uv_poll_init(uv_loop_s* loop, uv_poll_s* handle, int descriptor);
int uv_poll_start(uv_poll_s* handle, int events, void (*onEvent)(uv_poll_s* handle, int status, int events));
void uv_close(uv_poll_s* handle, void (*onClosed)(uv_poll_s* handle));
void uv_ref(uv_poll_s* handle);
void uv_unref(uv_poll_s* handle);
}

/** enum uv_handle_type and enum uv_poll_event. */
inline constexpr int kUvPoll = 8;
inline constexpr int kUvReadable = 1;

}  // namespace heddle::binding
