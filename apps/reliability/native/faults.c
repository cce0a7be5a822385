// An add-on with the faults that JavaScript can't commit: it crashes, or it blocks a thread where nothing reaches it.
#include <node_api.h>
#include <stdlib.h>
#include <unistd.h>

static napi_value segfault(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  volatile int *volatile nowhere = NULL;
  *nowhere = 1;
  return NULL;
}

// Blocks until the file of the given name is there.
static napi_value blockUntil(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  char path[4096];
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  napi_get_value_string_utf8(env, argument, path, sizeof path, &count);
  while (access(path, F_OK) != 0) usleep(1000);
  return NULL;
}

static void add(napi_env env, napi_value exports, const char *name, napi_callback call) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, call, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT() {
  add(env, exports, "segfault", segfault);
  add(env, exports, "blockUntil", blockUntil);
  return exports;
}
