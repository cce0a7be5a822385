// The parts that binding.cc puts together. Each adds its functions to the exports; Napi::Error on failure.
#pragma once

#include <napi.h>

namespace heddle::binding {

/**
 * `kernels.<name>` and `kernels.<name>Async` for each kernel (binding/async_run.h), `listen(settle, lines)`: a
 * listener's index (binding/listener.h), `cancel(number)`, and `table`.
 */
void addKernels(Napi::Env env, Napi::Object exports);

/** `poolThreads()`, `setPoolThreads(n)`, `setDefaultPoolThreads(n)`, `forceSimdLevel(name)`, `simdLevel()`. */
void addPool(Napi::Env env, Napi::Object exports);

/** The functions of `Addon` in src/load-addon.ts that are under "os" there. */
void addOs(Napi::Env env, Napi::Object exports);

}  // namespace heddle::binding
