// core/os for JavaScript. Arguments are checked by src/os.ts; here a wrong one is answered with false.
#include "binding/bindings.h"
#include "os/os.h"

namespace heddle::binding {

void addOs(Napi::Env env, Napi::Object exports) {
  exports.Set("setParentDeathSignal", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                const bool isSet = info[0].IsNumber() && info[1].IsNumber() &&
                                   os::setParentDeathSignal(info[0].As<Napi::Number>().Int32Value(),
                                                            info[1].As<Napi::Number>().Int64Value());
                return Napi::Boolean::New(info.Env(), isSet);
              }));
  exports.Set("threadCpuTime", Napi::Function::New(env, [](const Napi::CallbackInfo& info) -> Napi::Value {
                double userUs = 0;
                double systemUs = 0;
                if (!os::threadCpuTime(&userUs, &systemUs)) return info.Env().Undefined();
                const Napi::Object time = Napi::Object::New(info.Env());
                time.Set("userUs", userUs);
                time.Set("systemUs", systemUs);
                return time;
              }));
  exports.Set("threadId", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                return Napi::Number::New(info.Env(), static_cast<double>(os::threadId()));
              }));
}

}  // namespace heddle::binding
