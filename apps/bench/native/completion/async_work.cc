// What Node-API offers for work off the loop, and nothing besides: increment(n) gives a promise of n + 1, computed by
// one of libuv's threads (napi_create_async_work).
#include <node_api.h>

namespace {

struct Work {
  double value = 0;
  napi_async_work work = nullptr;
  napi_deferred promise = nullptr;
};

void execute(napi_env, void* data) { static_cast<Work*>(data)->value += 1; }

void complete(napi_env env, napi_status, void* data) {
  auto* const work = static_cast<Work*>(data);
  napi_value result;
  if (napi_create_double(env, work->value, &result) == napi_ok) napi_resolve_deferred(env, work->promise, result);
  napi_delete_async_work(env, work->work);
  delete work;
}

napi_value increment(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_value name;
  napi_value promise;
  auto* const work = new Work;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) == napi_ok &&
      napi_get_value_double(env, argument, &work->value) == napi_ok &&
      napi_create_string_utf8(env, "increment", NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_create_promise(env, &work->promise, &promise) == napi_ok &&
      napi_create_async_work(env, nullptr, name, execute, complete, work, &work->work) == napi_ok &&
      napi_queue_async_work(env, work->work) == napi_ok) {
    return promise;
  }
  delete work;
  napi_throw_type_error(env, nullptr, "increment takes a number");
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function;
  if (napi_create_function(env, "increment", NAPI_AUTO_LENGTH, increment, nullptr, &function) != napi_ok)
    return nullptr;
  napi_set_named_property(env, exports, "increment", function);
  return exports;
}
