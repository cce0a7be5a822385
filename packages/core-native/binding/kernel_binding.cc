// One synchronous and one asynchronous function per kernel, made from the table. Raw Node-API on the calls themselves:
// the wrapper asks each typed array for four properties where two are needed.
#include "binding/async_run.h"
#include "binding/bindings.h"
#include "binding/js_args.h"
#include "binding/js_errors.h"

namespace heddle::binding {
namespace {

constexpr size_t kLeading = 1;  // threads
constexpr size_t kValuesMax = kLeading + kArraysMax + kNumbersMax;

/** kernel(threads, ...arrays, ...numbers): results. Runs on the calling thread and the pool. */
napi_value callSync(napi_env env, napi_callback_info info) {
  napi_value values[kValuesMax];
  size_t count = kValuesMax;
  void* data;
  if (napi_get_cb_info(env, info, &count, values, nullptr, &data) != napi_ok) return nullptr;
  const auto& entry = *static_cast<const KernelEntry*>(data);
  KernelCall call;
  Status status = Status::wrongType("the call", "begin with the number of threads");
  if (count >= kLeading && count <= kValuesMax && tryReadThreads(env, values[0], &call.run)) {
    status = readCall(env, entry, values + kLeading, count - kLeading, &call);
  }
  if (status.isOk()) status = entry.function(call);
  if (status.isOk()) return makeResults(env, entry, call);
  const napi_value error = makeError(env, entry.name, status);
  if (error != nullptr) napi_throw(env, error);
  return nullptr;
}

Napi::Function makeFunction(Napi::Env env, const char* name, napi_callback callback, const KernelEntry& entry) {
  napi_value function;
  const napi_status status = napi_create_function(env, name, NAPI_AUTO_LENGTH, callback,
                                                  const_cast<void*>(static_cast<const void*>(&entry)), &function);
  if (status != napi_ok) throw Napi::Error::New(env, "the environment is ending");
  return Napi::Function(env, function);
}

}  // namespace

void addKernels(Napi::Env env, Napi::Object exports) {
  const KernelTable& table = kernelTable();
  const Napi::Object kernels = Napi::Object::New(env);
  const Napi::Array rows = Napi::Array::New(env, static_cast<size_t>(table.count));
  for (int index = 0; index < table.count; ++index) {
    const KernelEntry& entry = table.entries[index];
    const std::string name = entry.name;
    kernels.Set(name, makeFunction(env, entry.name, &callSync, entry));
    kernels.Set(name + "Async", makeFunction(env, entry.name, &AsyncRun::call, entry));
    const Napi::Array row = Napi::Array::New(env, 5);
    const char* const texts[] = {entry.name, entry.subPath, entry.arraysText, entry.numbersText, entry.resultsText};
    for (uint32_t column = 0; column < 5; ++column) row.Set(column, Napi::String::New(env, texts[column]));
    rows.Set(static_cast<uint32_t>(index), row);
  }
  exports.Set("kernels", kernels);
  exports.Set("table", rows);
  exports.Set("listen", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                Environment* const environment = Environment::of(info.Env());
                const int32_t listener =
                    environment == nullptr ? -1 : environment->addListener(info.Env(), info[0], info[1]);
                if (listener < 0) throw Napi::TypeError::New(info.Env(), "listen: a function and its lines expected");
                return Napi::Number::New(info.Env(), listener);
              }));
  exports.Set("cancel", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                Environment* const environment = Environment::of(info.Env());
                if (environment != nullptr && info[0].IsNumber()) environment->cancel(info[0].As<Napi::Number>());
              }));
}

}  // namespace heddle::binding
