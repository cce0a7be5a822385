// The addon's entry: one environment's state and exports. It may be loaded by the main thread and by any number of
// worker threads; the pool behind it is one.
#include <napi.h>

#include "binding/bindings.h"
#include "binding/environment.h"

namespace heddle::binding {
namespace {

Napi::Object init(Napi::Env env, Napi::Object exports) {
  if (Environment::create(env) == nullptr) throw Napi::Error::New(env, "the environment is ending");
  addKernels(env, exports);
  addPool(env, exports);
  addOs(env, exports);
  return exports;
}

NODE_API_MODULE(core_native, init)

}  // namespace
}  // namespace heddle::binding
