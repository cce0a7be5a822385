#include "binding/listener.h"

#include "binding/js_args.h"

namespace heddle::binding {

bool Listener::open(napi_env env, napi_value settle, napi_value lines) {
  ArrayArg numbers;
  bool isShared = false;
  napi_valuetype type;
  if (napi_typeof(env, settle, &type) != napi_ok || type != napi_function) return false;
  if (!tryReadArray(env, lines, &numbers, &isShared) || !isShared || numbers.type != ElementType::f64 ||
      numbers.length != uint64_t{kLines} * kLineNumbers) {
    return false;
  }
  if (napi_create_reference(env, settle, 1, &settle_) != napi_ok) return false;
  if (napi_create_reference(env, lines, 1, &view_) != napi_ok) {
    napi_delete_reference(env, settle_);
    return false;
  }
  lines_ = numbers.as<double>();
  return true;
}

void Listener::writeResults(const KernelCall& call, double* line) {
  for (int index = 0; index < kResultsMax; ++index) line[1 + index] = call.results[index];
}

double* Listener::nextLine(napi_env env) {
  if (count_ + 1 == kLines) flush(env);
  return lines_ + ++count_ * kLineNumbers;
}

void Listener::add(napi_env env, uint32_t number, const KernelCall& call) {
  double* const line = nextLine(env);
  line[0] = number;
  writeResults(call, line);
}

void Listener::addError(napi_env env, uint32_t number, napi_value error) {
  double* const line = nextLine(env);
  line[0] = -1.0 - number;
  if (errors_ == nullptr && napi_create_array(env, &errors_) != napi_ok) return;
  napi_set_element(env, errors_, errorCount_++, error);
}

void Listener::flush(napi_env env) {
  if (count_ == 0) return;
  napi_value receiver;
  napi_value settle;
  napi_value values[2];
  const size_t valueCount = errors_ == nullptr ? 1 : 2;
  values[1] = errors_;
  if (napi_create_uint32(env, count_, &values[0]) == napi_ok && napi_get_undefined(env, &receiver) == napi_ok &&
      napi_get_reference_value(env, settle_, &settle) == napi_ok) {
    napi_call_function(env, receiver, settle, valueCount, values, nullptr);
  }
  count_ = 0;
  errors_ = nullptr;
  errorCount_ = 0;
}

}  // namespace heddle::binding
