#include "binding/js_errors.h"

#include <cstdio>

namespace heddle::binding {

napi_value makeError(napi_env env, ErrorClass errorClass, const char* code, const char* message) {
  napi_value jsCode;
  napi_value jsMessage;
  napi_value error = nullptr;
  if (napi_create_string_utf8(env, code, NAPI_AUTO_LENGTH, &jsCode) != napi_ok) return nullptr;
  if (napi_create_string_utf8(env, message, NAPI_AUTO_LENGTH, &jsMessage) != napi_ok) return nullptr;
  const napi_status made = errorClass == ErrorClass::kType    ? napi_create_type_error(env, jsCode, jsMessage, &error)
                           : errorClass == ErrorClass::kRange ? napi_create_range_error(env, jsCode, jsMessage, &error)
                                                              : napi_create_error(env, jsCode, jsMessage, &error);
  return made == napi_ok ? error : nullptr;
}

napi_value makeError(napi_env env, const char* kernel, const Status& status) {
  char message[256];
  switch (status.code) {
    case StatusCode::kWrongType:
    case StatusCode::kWrongRange:
      std::snprintf(message, sizeof message, "%s: %s must %s", kernel, status.argument, status.expected);
      return makeError(env, status.code == StatusCode::kWrongType ? ErrorClass::kType : ErrorClass::kRange,
                       "HEDDLE_ARGUMENT", message);
    case StatusCode::kNoMemory:
      std::snprintf(message, sizeof message, "%s: no memory left for the work", kernel);
      return makeError(env, ErrorClass::kError, "HEDDLE_MEMORY", message);
    case StatusCode::kCancelled:
      std::snprintf(message, sizeof message, "%s: cancelled", kernel);
      return makeError(env, ErrorClass::kError, "HEDDLE_CANCELLED", message);
    case StatusCode::kOk:
      break;
  }
  return makeError(env, ErrorClass::kError, "HEDDLE_INTERNAL", "no error");
}

}  // namespace heddle::binding
