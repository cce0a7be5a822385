// What a kernel answers: done, or why not. The binding turns a failure into one typed JavaScript error.
#pragma once

namespace heddle {

enum class StatusCode : unsigned char {
  kOk,
  kWrongType,   // TypeError HEDDLE_ARGUMENT: the argument is not the kind of value that is expected
  kWrongRange,  // RangeError HEDDLE_ARGUMENT: right kind, impossible value
  kCancelled,   // the caller's flag was raised; arrays written so far hold no meaning
  kNoMemory,    // Error HEDDLE_MEMORY: scratch memory could not be had
};

/** A result code with, for argument errors, the argument's name and what was expected of it (static strings). */
struct [[nodiscard]] Status {
  StatusCode code = StatusCode::kOk;
  const char* argument = "";
  const char* expected = "";

  bool isOk() const { return code == StatusCode::kOk; }

  static Status ok() { return {}; }
  static Status wrongType(const char* argument, const char* expected) {
    return {StatusCode::kWrongType, argument, expected};
  }
  static Status wrongRange(const char* argument, const char* expected) {
    return {StatusCode::kWrongRange, argument, expected};
  }
  static Status cancelled() { return {StatusCode::kCancelled}; }
  static Status noMemory() { return {StatusCode::kNoMemory}; }
};

}  // namespace heddle
