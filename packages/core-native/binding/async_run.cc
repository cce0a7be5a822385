#include "binding/async_run.h"

#include <cstring>

#include "binding/js_args.h"
#include "binding/js_errors.h"
#include "os/shared_segment.h"

namespace heddle::binding {
namespace {

constexpr size_t kLeading = 3;  // threads, token, owned
constexpr size_t kValuesMax = kLeading + kArraysMax + kNumbersMax;

napi_value fail(napi_env env, napi_value error) {
  if (error != nullptr) napi_throw(env, error);
  return nullptr;
}

}  // namespace

napi_value AsyncRun::call(napi_env env, napi_callback_info info) {
  napi_value values[kValuesMax];
  size_t count = kValuesMax;
  void* data;
  if (napi_get_cb_info(env, info, &count, values, nullptr, &data) != napi_ok) return nullptr;
  const auto& entry = *static_cast<const KernelEntry*>(data);
  Environment* const environment = Environment::of(env);
  double token;
  uint32_t owned;
  RunContext context;
  if (count < kLeading || count > kValuesMax || environment == nullptr || !tryReadThreads(env, values[0], &context) ||
      napi_get_value_double(env, values[1], &token) != napi_ok || !environment->isFreeToken(token) ||
      napi_get_value_uint32(env, values[2], &owned) != napi_ok) {
    return fail(env, makeError(env, entry.name, Status::wrongType("the call", "begin with threads, token, owned")));
  }
  std::unique_ptr<AsyncRun> run(new AsyncRun(entry, environment->gate()));
  Status status = readCall(env, entry, values + kLeading, count - kLeading, &run->call_);
  if (status.isOk()) status = run->holdArrays(env, values + kLeading, owned);
  napi_value promise = nullptr;
  if (!status.isOk() || napi_create_promise(env, &run->promise_, &promise) != napi_ok) {
    run->dropReferences(env);
    return fail(env, makeError(env, entry.name, status));
  }
  run->call_.run = context;
  run->call_.run.cancel = &run->cancel;
  if (!environment->start(env, run.get(), token)) {
    run->dropReferences(env);
    return fail(env, makeError(env, ErrorClass::kError, "HEDDLE_NO_THREADS",
                               "the operating system refused to start any thread for the pool"));
  }
  static_cast<void>(run.release());  // the environment's until it has settled
  return promise;
}

AsyncRun::~AsyncRun() {
  for (const uint64_t segment : segments_) {
    if (segment != 0) os::releaseSegment(segment);
  }
}

Status AsyncRun::holdArrays(napi_env env, const napi_value* values, uint32_t owned) {
  const Status lost = Status::wrongType("an array", "be usable by native code");
  for (int index = 0; index < entry_.arrayCount; ++index) {
    if (napi_create_reference(env, values[index], 1, &views_[index]) != napi_ok) return lost;
    ArrayArg& array = call_.arrays[index];
    if (array.length != 0) segments_[index] = os::findSegment(array.data, array.bytes(), true).id;
    if (segments_[index] != 0) continue;
    if ((owned >> index & 1u) != 0 || isShared(env, values[index])) continue;
    for (int before = 0; before < index && copyOf_[index] < 0; ++before) {
      // call_.arrays[before] points at its copy by now; its bytes in JavaScript are read again.
      ArrayArg other;
      if (copyOf_[before] >= 0 && tryReadArray(env, values[before], &other) && isSame(array, other)) {
        copyOf_[index] = copyOf_[before];
        array.data = call_.arrays[before].data;
      }
    }
    if (copyOf_[index] >= 0) continue;
    void* const copy = copies_[index].tryAllocate(array.bytes());
    if (copy == nullptr) return Status::noMemory();
    if (entry_.arrays[index].direction != Direction::kOut && array.length != 0) {
      std::memcpy(copy, array.data, array.bytes());
    }
    copyOf_[index] = index;
    array.data = copy;
  }
  return Status::ok();
}

void AsyncRun::execute(Job* job) {
  auto* self = static_cast<AsyncRun*>(job);
  self->status_ = self->call_.run.isCancelled() ? Status::cancelled() : self->entry_.function(self->call_);
  // Held here: once the environment's thread has the run it may delete it.
  const std::shared_ptr<Gate> gate = self->gate_;
  const std::lock_guard<std::mutex> lock(gate->mutex);
  if (gate->isOpen) {
    const bool isFirst = gate->finished == nullptr;
    self->nextFinished = gate->finished;
    gate->finished = self;
    // One call per list: the environment's thread takes all that is there.
    if (isFirst) napi_call_threadsafe_function(gate->function, nullptr, napi_tsfn_nonblocking);
  }
  if (--gate->inFlight == 0) gate->idle.notify_all();
}

Status AsyncRun::copyOut(napi_env env) {
  for (int index = 0; index < entry_.arrayCount; ++index) {
    if (copyOf_[index] < 0 || entry_.arrays[index].direction == Direction::kIn) continue;
    const ArrayArg& worked = call_.arrays[index];
    napi_value view;
    ArrayArg target;
    if (napi_get_reference_value(env, views_[index], &view) != napi_ok || view == nullptr ||
        !tryReadArray(env, view, &target) || target.length != worked.length || target.type != worked.type) {
      return Status::wrongType(entry_.arrays[index].name, "keep its buffer until the promise settles");
    }
    if (worked.length != 0) std::memcpy(target.data, worked.data, worked.bytes());
  }
  return Status::ok();
}

void AsyncRun::settle(napi_env env) {
  if (status_.isOk()) status_ = copyOut(env);
  if (status_.isOk()) {
    const napi_value result = makeResults(env, entry_, call_);
    if (result != nullptr) napi_resolve_deferred(env, promise_, result);
  } else {
    const napi_value error = makeError(env, entry_.name, status_);
    if (error != nullptr) napi_reject_deferred(env, promise_, error);
  }
}

void AsyncRun::dropReferences(napi_env env) {
  for (napi_ref& view : views_) {
    if (view != nullptr) napi_delete_reference(env, view);
    view = nullptr;
  }
}

}  // namespace heddle::binding
