// Statuses of the core as JavaScript errors. TypeScript has checked every argument before and says more; what is said
// here is seen only by who calls the addon directly.
#pragma once

#include <node_api.h>

#include "base/status.h"

namespace heddle::binding {

/** A new error object for a status that is not ok. Null when the environment can't make one any more. */
napi_value makeError(napi_env env, const char* kernel, const Status& status);

/** An error object with a code, of class TypeError, RangeError or Error. */
enum class ErrorClass { kType, kRange, kError };
napi_value makeError(napi_env env, ErrorClass errorClass, const char* code, const char* message);

}  // namespace heddle::binding
