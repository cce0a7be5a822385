// JavaScript values -> a checked KernelCall, or one status that names the argument. Nothing that JavaScript passes is
// believed: types come from Node-API, lengths and pointers too, and each array is checked against the kernel's line.
#pragma once

#include <node_api.h>

#include "kernels/kernel_table.h"

namespace heddle::binding {

/**
 * Reads `entry`'s arrays and numbers from consecutive values. The context in `call` is left alone. `shared`, when it is
 * asked for: bit i is set where array i lies over a SharedArrayBuffer, and left alone elsewhere.
 */
Status readCall(napi_env env, const KernelEntry& entry, const napi_value* values, size_t count, KernelCall* call,
                uint32_t* shared = nullptr);

/**
 * Reads one typed array; false when the value is none, or of an element type that no kernel takes. `isShared`, when it
 * is asked for: whether it lies over a SharedArrayBuffer, which can't be detached or shrunk.
 */
bool tryReadArray(napi_env env, napi_value value, ArrayArg* array, bool* isShared = nullptr);

/** A context with the thread count that `value` holds, 1..kThreadsMax, cut to the pool's size; false for other values.
 */
bool tryReadThreads(napi_env env, napi_value value, RunContext* context);

/** undefined, a number, or an array of numbers: the results of a call as its entry names them. */
napi_value makeResults(napi_env env, const KernelEntry& entry, const KernelCall& call);

}  // namespace heddle::binding
