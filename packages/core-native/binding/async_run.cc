#include "binding/async_run.h"

#include <cstring>

#include "binding/js_args.h"
#include "binding/js_errors.h"
#include "os/shared_segment.h"

namespace heddle::binding {
namespace {

constexpr size_t kLeading = 2;  // threads, how
constexpr size_t kValuesMax = kLeading + kArraysMax + kNumbersMax;
constexpr int32_t kDoneHere = -1;

napi_value fail(napi_env env, napi_value error) {
  if (error != nullptr) napi_throw(env, error);
  return nullptr;
}

napi_value makeNumber(napi_env env, int32_t number) {
  napi_value result = nullptr;
  napi_create_int32(env, number, &result);
  return result;
}

/** A plain array that is written gets its copy back when the promise settles, not before: such a call is never small.
 */
bool isSmall(const KernelEntry& entry, const KernelCall& call, uint32_t inPlace) {
  uint64_t elements = 0;
  for (int index = 0; index < entry.arrayCount; ++index) {
    if (entry.arrays[index].direction != Direction::kIn && (inPlace >> index & 1u) == 0) return false;
    elements += call.arrays[index].length;
  }
  return elements <= entry.elementsHere && entry.elementsHere != 0;
}

}  // namespace

napi_value AsyncRun::call(napi_env env, napi_callback_info info) {
  napi_value values[kValuesMax];
  size_t count = kValuesMax;
  void* data;
  if (napi_get_cb_info(env, info, &count, values, nullptr, &data) != napi_ok) return nullptr;
  const auto& entry = *static_cast<const KernelEntry*>(data);
  Environment* const environment = Environment::of(env);
  uint32_t how;
  KernelCall call;
  Listener* listener = nullptr;
  if (count >= kLeading && count <= kValuesMax && environment != nullptr && tryReadThreads(env, values[0], &call.run) &&
      napi_get_value_uint32(env, values[1], &how) == napi_ok) {
    listener = environment->listener(how >> kListenerShift);
  }
  if (listener == nullptr) {
    return fail(env, makeError(env, entry.name, Status::wrongType("the call", "begin with threads and how")));
  }
  uint32_t inPlace = how & kOwnedMask;
  Status status = readCall(env, entry, values + kLeading, count - kLeading, &call, &inPlace);
  if (status.isOk() && (how & kMayRunHere) != 0 && isSmall(entry, call, inPlace)) {
    call.run = RunContext{1};
    status = entry.function(call);
    if (status.isOk()) {
      listener->writeResults(call);
      return makeNumber(env, kDoneHere);
    }
  }
  if (!status.isOk()) return fail(env, makeError(env, entry.name, status));

  AsyncRun* const run = environment->takeRun();
  run->listener_ = listener;
  run->entry_ = &entry;
  run->call_ = call;
  run->call_.run.cancel = &run->cancel;
  status = run->hold(env, values + kLeading, inPlace);
  if (!status.isOk()) {
    environment->giveBack(env, run);
    return fail(env, makeError(env, entry.name, status));
  }
  if (!environment->start(env, run)) {
    environment->giveBack(env, run);
    return fail(env, makeError(env, ErrorClass::kError, "HEDDLE_NO_THREADS",
                               "the operating system refused to start any thread for the pool"));
  }
  return makeNumber(env, static_cast<int32_t>(run->number));
}

/** Sees to it that the arrays stay until the run has ended; bit i of `inPlace`: array i does, its buffer can't go away.
 */
Status AsyncRun::hold(napi_env env, const napi_value* values, uint32_t inPlace) {
  for (int index = 0; index < entry_->arrayCount; ++index) {
    if ((inPlace >> index & 1u) != 0) continue;
    const ArrayArg& array = call_.arrays[index];
    holds_ = true;
    if (array.length != 0) segments_[index] = os::findSegment(array.data, array.bytes(), true).id;
    if (segments_[index] != 0) continue;
    const Status status = copyIn(env, values, index);
    if (!status.isOk()) return status;
  }
  return Status::ok();
}

Status AsyncRun::copyIn(napi_env env, const napi_value* values, int index) {
  ArrayArg& array = call_.arrays[index];
  const Direction direction = entry_->arrays[index].direction;
  if (direction != Direction::kIn && napi_create_reference(env, values[index], 1, &views_[index]) != napi_ok) {
    return Status::wrongType(entry_->arrays[index].name, "be usable by native code");
  }
  for (int before = 0; before < index; ++before) {
    // call_.arrays[before] points at its copy by now; its bytes in JavaScript are read again.
    ArrayArg other;
    if (copyOf_[before] >= 0 && tryReadArray(env, values[before], &other) && isSame(array, other)) {
      copyOf_[index] = copyOf_[before];
      array.data = call_.arrays[before].data;
      return Status::ok();
    }
  }
  void* const copy = copies_[index].tryAllocate(array.bytes());
  if (copy == nullptr) return Status::noMemory();
  if (direction != Direction::kOut && array.length != 0) std::memcpy(copy, array.data, array.bytes());
  copyOf_[index] = index;
  array.data = copy;
  return Status::ok();
}

void AsyncRun::execute(Job* job) {
  auto* self = static_cast<AsyncRun*>(job);
  // Stays until this worker has left; the run itself may serve another call as soon as it is pushed.
  Environment& environment = *self->environment_;
  self->status_ = self->call_.run.isCancelled() ? Status::cancelled() : self->entry_->function(self->call_);
  environment.finish(self);
}

Status AsyncRun::copyOut(napi_env env) {
  for (int index = 0; index < entry_->arrayCount; ++index) {
    if (views_[index] == nullptr) continue;
    const ArrayArg& worked = call_.arrays[index];
    napi_value view;
    ArrayArg target;
    if (napi_get_reference_value(env, views_[index], &view) != napi_ok || view == nullptr ||
        !tryReadArray(env, view, &target) || target.length != worked.length || target.type != worked.type) {
      return Status::wrongType(entry_->arrays[index].name, "keep its buffer until the promise settles");
    }
    if (worked.length != 0) std::memcpy(target.data, worked.data, worked.bytes());
  }
  return Status::ok();
}

void AsyncRun::tell(napi_env env) {
  napi_handle_scope scope;
  if (holds_ && status_.isOk() && napi_open_handle_scope(env, &scope) == napi_ok) {
    status_ = copyOut(env);
    napi_close_handle_scope(env, scope);
  }
  if (status_.isOk()) {
    listener_->add(env, number, call_);
  } else {
    listener_->addError(env, number, makeError(env, entry_->name, status_));
  }
}

void AsyncRun::release(napi_env env) {
  cancel.store(0, std::memory_order_relaxed);
  if (!holds_) return;
  for (int index = 0; index < kArraysMax; ++index) {
    if (views_[index] != nullptr) napi_delete_reference(env, views_[index]);
    views_[index] = nullptr;
    copies_[index].release();
    copyOf_[index] = -1;
  }
  dropMemory();
  holds_ = false;
}

void AsyncRun::dropMemory() {
  for (uint64_t& segment : segments_) {
    if (segment != 0) os::releaseSegment(segment);
    segment = 0;
  }
}

}  // namespace heddle::binding
