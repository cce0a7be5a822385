// The pool's size and the instruction set, both settings of the process.
#include "binding/bindings.h"
#include "kernels/kernel.h"
#include "pool/thread_pool.h"
#include "simd/kernel_set.h"

namespace heddle::binding {
namespace {

uint32_t readThreads(const Napi::CallbackInfo& info) {
  uint64_t threads = 0;
  if (!info[0].IsNumber() || !tryWhole(info[0].As<Napi::Number>(), kThreadsMax, &threads) || threads == 0) {
    throw Napi::RangeError::New(info.Env(), "threads must be an integer from 1 to 256");
  }
  return static_cast<uint32_t>(threads);
}

/** undefined when the level is in force from now on, else why it can't be: '' unknown name, else the level that is. */
Napi::Value forceSimdLevel(const Napi::CallbackInfo& info) {
  const std::string name = info[0].ToString();
  const int level = simdLevelByName(name.c_str());
  if (level < 0) return Napi::String::New(info.Env(), "");
  if (forceKernelSet(static_cast<SimdLevel>(level))) return info.Env().Undefined();
  const bool isOffered = kernelSetOf(static_cast<SimdLevel>(level)) != nullptr;
  const SimdLevel instead = isOffered ? kernelSet().level : detectSimdLevel();
  return Napi::String::New(info.Env(), kSimdLevelNames[static_cast<int>(instead)]);
}

}  // namespace

void addPool(Napi::Env env, Napi::Object exports) {
  exports.Set("poolThreads", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                return Napi::Number::New(info.Env(), ThreadPool::instance().threads());
              }));
  exports.Set("setPoolThreads", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                ThreadPool::instance().setThreads(readThreads(info));
              }));
  exports.Set("setDefaultPoolThreads", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                ThreadPool::instance().setDefaultThreads(readThreads(info));
              }));
  exports.Set("forceSimdLevel", Napi::Function::New(env, forceSimdLevel));
  exports.Set("simdLevel", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                return Napi::String::New(info.Env(), kSimdLevelNames[static_cast<int>(kernelSet().level)]);
              }));
}

}  // namespace heddle::binding
