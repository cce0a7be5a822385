#include "binding/js_args.h"

#include <algorithm>

namespace heddle::binding {
namespace {

/** The core's code of a Node-API element type; false for types that no kernel takes. */
bool tryElementType(napi_typedarray_type type, ElementType* element) {
  switch (type) {
    case napi_uint8_array:
      *element = ElementType::u8;
      return true;
    case napi_uint16_array:
      *element = ElementType::u16;
      return true;
    case napi_int32_array:
      *element = ElementType::i32;
      return true;
    case napi_uint32_array:
      *element = ElementType::u32;
      return true;
    case napi_float32_array:
      *element = ElementType::f32;
      return true;
    case napi_float64_array:
      *element = ElementType::f64;
      return true;
    default:
      return false;
  }
}

}  // namespace

bool tryReadArray(napi_env env, napi_value value, ArrayArg* array, bool* isShared) {
  napi_typedarray_type type;
  size_t length;
  void* data;
  napi_value buffer;
  napi_value* const wanted = isShared == nullptr ? nullptr : &buffer;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, wanted, nullptr) != napi_ok) return false;
  if (!tryElementType(type, &array->type)) return false;
  array->data = data;
  array->length = data == nullptr ? 0 : length;
  if (isShared == nullptr) return true;
  // Node-API's ArrayBuffer test is false for a SharedArrayBuffer, and a typed array lies over one or the other.
  bool isPlain = true;
  *isShared = napi_is_arraybuffer(env, buffer, &isPlain) == napi_ok && !isPlain;
  return true;
}

bool tryReadThreads(napi_env env, napi_value value, RunContext* context) {
  double number;
  uint64_t whole;
  if (napi_get_value_double(env, value, &number) != napi_ok) return false;
  if (!tryWhole(number, kThreadsMax, &whole) || whole == 0) return false;
  *context = RunContext{std::min(static_cast<uint32_t>(whole), ThreadPool::instance().threads())};
  return true;
}

Status readCall(napi_env env, const KernelEntry& entry, const napi_value* values, size_t count, KernelCall* call,
                uint32_t* shared) {
  if (count != static_cast<size_t>(entry.arrayCount + entry.numberCount)) {
    return Status::wrongType("the argument list", "have one value for each argument of the kernel");
  }
  for (int index = 0; index < entry.arrayCount; ++index) {
    bool isShared = false;
    if (!tryReadArray(env, values[index], &call->arrays[index], shared == nullptr ? nullptr : &isShared)) {
      return Status::wrongType(entry.arrays[index].name, "be a typed array");
    }
    if (isShared) *shared |= 1u << index;
  }
  for (int index = 0; index < entry.numberCount; ++index) {
    if (napi_get_value_double(env, values[entry.arrayCount + index], &call->numbers[index]) != napi_ok) {
      return Status::wrongType("a parameter", "be a number");
    }
  }
  return checkTypes(entry, *call);
}

napi_value makeResults(napi_env env, const KernelEntry& entry, const KernelCall& call) {
  napi_value result = nullptr;
  if (entry.resultCount == 0) {
    napi_get_undefined(env, &result);
  } else if (entry.resultCount == 1) {
    napi_create_double(env, call.results[0], &result);
  } else if (napi_create_array_with_length(env, static_cast<size_t>(entry.resultCount), &result) == napi_ok) {
    for (int index = 0; index < entry.resultCount; ++index) {
      napi_value number;
      if (napi_create_double(env, call.results[index], &number) != napi_ok) return nullptr;
      if (napi_set_element(env, result, static_cast<uint32_t>(index), number) != napi_ok) return nullptr;
    }
  }
  return result;
}

}  // namespace heddle::binding
