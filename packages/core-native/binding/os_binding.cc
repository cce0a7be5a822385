// core/os for JavaScript. Arguments are checked by src/os*.ts; here a wrong one is answered with false, or with the
// system's error number where a call has one.
#include <cerrno>
#include <cmath>

#include "binding/bindings.h"
#include "binding/environment.h"
#include "os/event_fd.h"
#include "os/os.h"
#include "os/segment_mail.h"
#include "os/shared_segment.h"
#include "os/shared_word.h"

namespace heddle::binding {
namespace {

using Info = const Napi::CallbackInfo&;

Napi::Value number(Info info, double value) { return Napi::Number::New(info.Env(), value); }

/** A whole number of 0 to 2^53; 0 for anything else. */
uint64_t wholeArg(Info info, size_t index) {
  if (!info[index].IsNumber()) return 0;
  const double value = info[index].As<Napi::Number>();
  return value >= 0 && value <= 9007199254740992.0 && std::floor(value) == value ? static_cast<uint64_t>(value) : 0;
}

/** -1 for what can't be a descriptor. */
int descriptorArg(Info info, size_t index) {
  const uint64_t value = wholeArg(info, index);
  return info[index].IsNumber() && value <= INT32_MAX ? static_cast<int>(value) : -1;
}

uint32_t idArg(Info info, size_t index) {
  const uint64_t value = wholeArg(info, index);
  return value <= UINT32_MAX ? static_cast<uint32_t>(value) : 0;
}

// Segments. ---------------------------------------------------------------------------------------------------------

/**
 * What a segment counts for the garbage collector besides its bytes: each holds a descriptor, of which a process may
 * have as few as 1,024, and a small one would otherwise be let go after thousands of others. V8 collects after some 64
 * MiB.
 */
constexpr int64_t kWeightBytes = 128 * 1024;

void weigh(napi_env env, int64_t bytes) {
  int64_t total;
  napi_adjust_external_memory(env, bytes, &total);
}

/** Runs on the environment's thread once the buffer's memory is out of JavaScript's reach, at its end at the latest. */
void onBufferGone(napi_env env, void*, void* id) {
  weigh(env, -kWeightBytes);
  os::releaseSegment(reinterpret_cast<uintptr_t>(id));
}

/** { id, buffer } of a mapping that the buffer holds from here on. */
Napi::Value segmentObject(Info info, const os::SharedSegment& segment) {
  napi_value buffer = nullptr;
  weigh(info.Env(), kWeightBytes);
  const napi_status status =
      napi_create_external_arraybuffer(info.Env(), segment.data, segment.bytes, &onBufferGone,
                                       reinterpret_cast<void*>(static_cast<uintptr_t>(segment.id)), &buffer);
  if (status != napi_ok) {
    // An exception means that Node has called onBufferGone; any other status that it has not begun.
    if (status != napi_pending_exception) {
      onBufferGone(info.Env(), nullptr, reinterpret_cast<void*>(static_cast<uintptr_t>(segment.id)));
    }
    return status == napi_pending_exception ? Napi::Value() : number(info, ENOTSUP);
  }
  const Napi::Object object = Napi::Object::New(info.Env());
  object.Set("id", static_cast<double>(segment.id));
  object.Set("buffer", Napi::Value(info.Env(), buffer));
  return object;
}

Napi::Value createSegment(Info info) {
  os::SharedSegment segment;
  const auto use = info[1].ToBoolean() ? os::SegmentUse::kWire : os::SegmentUse::kValues;
  const int error = os::createSegment(wholeArg(info, 0), &segment, use);
  return error == 0 ? segmentObject(info, segment) : number(info, error);
}

Napi::Value openSegment(Info info) {
  os::SharedSegment segment;
  const int error = os::openSegment(descriptorArg(info, 0), &segment);
  return error == 0 ? segmentObject(info, segment) : number(info, error);
}

/** The segment's number, or minus the system's error number. */
Napi::Value segmentNumber(Info info) {
  uint64_t value = 0;
  const int error = os::segmentNumber(descriptorArg(info, 0), &value);
  return number(info, error == 0 ? static_cast<double>(value) : -error);
}

Napi::Value segmentDescriptor(Info info) { return number(info, os::segmentDescriptor(wholeArg(info, 0))); }

void closeSegment(Info info) { os::closeSegmentDescriptor(wholeArg(info, 0)); }

/** The id of the segment that an ArrayBuffer lies over, 0 for any other value. */
Napi::Value findSegment(Info info) {
  void* data = nullptr;
  size_t bytes = 0;
  bool isBuffer = false;
  if (info.Length() == 0 || napi_is_arraybuffer(info.Env(), info[0], &isBuffer) != napi_ok || !isBuffer ||
      napi_get_arraybuffer_info(info.Env(), info[0], &data, &bytes) != napi_ok || bytes == 0) {
    return number(info, 0);
  }
  return number(info, static_cast<double>(os::findSegment(data, bytes, false).id));
}

/** 0, or the system's error number. */
Napi::Value sendSegment(Info info) {
  return number(info, os::sendSegment(descriptorArg(info, 0), wholeArg(info, 1), wholeArg(info, 2)));
}

/** 0, or the system's error number. */
Napi::Value sendDescriptor(Info info) {
  return number(info, os::sendDescriptor(descriptorArg(info, 0), descriptorArg(info, 1), wholeArg(info, 2)));
}

/** [number, descriptor], or the system's error number. */
Napi::Value receiveDescriptor(Info info) {
  uint64_t mark = 0;
  int descriptor = -1;
  const int error = os::receiveDescriptor(descriptorArg(info, 0), &mark, &descriptor);
  if (error != 0) return number(info, error);
  const Napi::Array pair = Napi::Array::New(info.Env(), 2);
  pair.Set(0u, static_cast<double>(mark));
  pair.Set(1u, static_cast<double>(descriptor));
  return pair;
}

// Counters. ---------------------------------------------------------------------------------------------------------

EventTable* events(Info info) {
  Environment* const environment = Environment::of(info.Env());
  return environment == nullptr ? nullptr : &environment->events();
}

/** The counter's number here, or minus the system's error number. */
Napi::Value addEvent(Info info, int error, int descriptor) {
  if (error == 0 && events(info) != nullptr) return number(info, events(info)->add(descriptor));
  if (error == 0) os::closeEventFd(descriptor);
  return number(info, error == 0 ? -ECANCELED : -error);
}

Napi::Value createEvent(Info info) {
  int descriptor = -1;
  const int error = os::createEventFd(&descriptor);
  return addEvent(info, error, descriptor);
}

Napi::Value openEvent(Info info) {
  int descriptor = -1;
  const int error = os::openEventFd(descriptorArg(info, 0), &descriptor);
  return addEvent(info, error, descriptor);
}

int descriptorOfEvent(Info info) { return events(info) == nullptr ? -1 : events(info)->descriptor(idArg(info, 0)); }

/** -1 when it is closed. */
Napi::Value eventDescriptor(Info info) { return number(info, descriptorOfEvent(info)); }

/** 0, or the system's error number. */
Napi::Value writeEvent(Info info) {
  const uint64_t count = wholeArg(info, 1);
  return number(info, count == 0 ? EINVAL : os::addToEventFd(descriptorOfEvent(info), count));
}

/** The count, or minus the system's error number. */
Napi::Value readEvent(Info info) {
  uint64_t count = 0;
  const int error = os::takeFromEventFd(descriptorOfEvent(info), &count);
  return number(info, error == 0 ? static_cast<double>(count) : -error);
}

Napi::Value watchEvent(Info info) {
  if (events(info) == nullptr || !info[1].IsFunction()) return number(info, EINVAL);
  return number(info, events(info)->watch(info.Env(), idArg(info, 0), info[1]));
}

void unwatchEvent(Info info) {
  if (events(info) != nullptr) events(info)->unwatch(idArg(info, 0));
}

void setEventRef(Info info) {
  if (events(info) != nullptr) events(info)->setRef(idArg(info, 0), info[1].ToBoolean());
}

void closeEvent(Info info) {
  if (events(info) != nullptr) events(info)->close(idArg(info, 0));
}

// Words. ------------------------------------------------------------------------------------------------------------

/** The word at info[1] of the Int32Array info[0], null for anything else. */
os::SharedWord* wordArg(Info info) {
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  bool isArray = false;
  if (info.Length() < 2 || napi_is_typedarray(info.Env(), info[0], &isArray) != napi_ok || !isArray ||
      napi_get_typedarray_info(info.Env(), info[0], &type, &length, &data, nullptr, nullptr) != napi_ok) {
    return nullptr;
  }
  const uint64_t index = wholeArg(info, 1);
  if (type != napi_int32_array || !info[1].IsNumber() || index >= length) return nullptr;
  return static_cast<os::SharedWord*>(data) + index;
}

/** 0, or the system's error number. */
Napi::Value waitOnWord(Info info) {
  os::SharedWord* const word = wordArg(info);
  if (word == nullptr || !info[2].IsNumber() || !info[3].IsNumber()) return number(info, EINVAL);
  const auto value = static_cast<uint32_t>(info[2].As<Napi::Number>().Int32Value());
  const double timeoutMs = info[3].As<Napi::Number>().DoubleValue();
  return number(info, timeoutMs >= 0 && timeoutMs <= INT32_MAX ? os::waitOnWord(word, value, timeoutMs) : EINVAL);
}

void wakeWord(Info info) {
  os::SharedWord* const word = wordArg(info);
  if (word != nullptr) os::wakeWord(word);
}

/** 0, or the system's error number. */
Napi::Value forwardWord(Info info) {
  os::SharedWord* const word = wordArg(info);
  if (word == nullptr || events(info) == nullptr) return number(info, EINVAL);
  return number(info, events(info)->forward(idArg(info, 2), word));
}

// This thread, this process. ----------------------------------------------------------------------------------------

Napi::Value setParentDeathSignal(Info info) {
  const bool isSet =
      info[0].IsNumber() && info[1].IsNumber() &&
      os::setParentDeathSignal(info[0].As<Napi::Number>().Int32Value(), info[1].As<Napi::Number>().Int64Value());
  return Napi::Boolean::New(info.Env(), isSet);
}

Napi::Value threadCpuTime(Info info) {
  double userUs = 0;
  double systemUs = 0;
  if (!os::threadCpuTime(&userUs, &systemUs)) return info.Env().Undefined();
  const Napi::Object time = Napi::Object::New(info.Env());
  time.Set("userUs", userUs);
  time.Set("systemUs", systemUs);
  return time;
}

Napi::Value threadId(Info info) { return number(info, static_cast<double>(os::threadId())); }

}  // namespace

void addOs(Napi::Env env, Napi::Object exports) {
  exports.Set("setParentDeathSignal", Napi::Function::New<&setParentDeathSignal>(env));
  exports.Set("threadCpuTime", Napi::Function::New<&threadCpuTime>(env));
  exports.Set("threadId", Napi::Function::New<&threadId>(env));
  exports.Set("createSegment", Napi::Function::New<&createSegment>(env));
  exports.Set("openSegment", Napi::Function::New<&openSegment>(env));
  exports.Set("segmentNumber", Napi::Function::New<&segmentNumber>(env));
  exports.Set("segmentDescriptor", Napi::Function::New<&segmentDescriptor>(env));
  exports.Set("closeSegment", Napi::Function::New<&closeSegment>(env));
  exports.Set("findSegment", Napi::Function::New<&findSegment>(env));
  exports.Set("sendSegment", Napi::Function::New<&sendSegment>(env));
  exports.Set("sendDescriptor", Napi::Function::New<&sendDescriptor>(env));
  exports.Set("receiveDescriptor", Napi::Function::New<&receiveDescriptor>(env));
  exports.Set("createEvent", Napi::Function::New<&createEvent>(env));
  exports.Set("openEvent", Napi::Function::New<&openEvent>(env));
  exports.Set("eventDescriptor", Napi::Function::New<&eventDescriptor>(env));
  exports.Set("writeEvent", Napi::Function::New<&writeEvent>(env));
  exports.Set("readEvent", Napi::Function::New<&readEvent>(env));
  exports.Set("watchEvent", Napi::Function::New<&watchEvent>(env));
  exports.Set("unwatchEvent", Napi::Function::New<&unwatchEvent>(env));
  exports.Set("setEventRef", Napi::Function::New<&setEventRef>(env));
  exports.Set("closeEvent", Napi::Function::New<&closeEvent>(env));
  exports.Set("waitOnWord", Napi::Function::New<&waitOnWord>(env));
  exports.Set("wakeWord", Napi::Function::New<&wakeWord>(env));
  exports.Set("forwardWord", Napi::Function::New<&forwardWord>(env));
}

}  // namespace heddle::binding
