// What a kernel is: a function from checked views and plain numbers to a status.
//
// Before a kernel is called, its arrays have been checked against its line in kernels.def (number of arrays, element
// types, same-as rules). The kernel itself checks lengths, ranges and overlap, before it reads or writes any element;
// it trusts nobody. It may be called from any thread, from several at once, and runs on the calling thread plus the
// pool's. It returns when it is done; nothing it started outlives it. Arrays must stay where they are until then.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "parallel/parallel_for.h"

namespace heddle {

enum class ElementType : uint8_t {
#define HEDDLE_ELEMENT(name, typedArray, type) name,
#define HEDDLE_KERNEL(name, subPath, arrays, numbers, results, elementsHere)
#include "kernels/kernels.def"
#undef HEDDLE_ELEMENT
#undef HEDDLE_KERNEL
};

/** Bytes of one element. */
constexpr uint64_t bytesOf(ElementType type) {
  switch (type) {
#define HEDDLE_ELEMENT(name, typedArray, type) \
  case ElementType::name:                      \
    return sizeof(type);
#define HEDDLE_KERNEL(name, subPath, arrays, numbers, results, elementsHere)
#include "kernels/kernels.def"
#undef HEDDLE_ELEMENT
#undef HEDDLE_KERNEL
  }
  return 0;
}

/** A view of memory: null only when the length is 0. */
struct ArrayArg {
  void* data = nullptr;
  uint64_t length = 0;  // elements
  ElementType type = ElementType::u8;

  template <class T>
  T* as() const {
    return static_cast<T*>(data);
  }
  uint64_t bytes() const { return length * bytesOf(type); }
};

inline constexpr int kArraysMax = 4;
inline constexpr int kNumbersMax = 10;
inline constexpr int kResultsMax = 4;

/** One call: what goes in, what comes out, and how to run. */
struct KernelCall {
  ArrayArg arrays[kArraysMax];
  double numbers[kNumbersMax] = {};
  double results[kResultsMax] = {};
  RunContext run;
};

using KernelFunction = Status (*)(KernelCall& call);

/** True when the views share at least one byte. */
inline bool overlaps(const ArrayArg& a, const ArrayArg& b) {
  const auto aBegin = reinterpret_cast<uintptr_t>(a.data);
  const auto bBegin = reinterpret_cast<uintptr_t>(b.data);
  return a.length != 0 && b.length != 0 && aBegin < bBegin + b.bytes() && bBegin < aBegin + a.bytes();
}

/** True when both views are exactly the same bytes. */
inline bool isSame(const ArrayArg& a, const ArrayArg& b) { return a.data == b.data && a.bytes() == b.bytes(); }

/** Reads a whole number in 0..max; false for anything else, NaN included. */
inline bool tryWhole(double value, double max, uint64_t* whole) {
  if (!(value >= 0 && value <= max)) return false;
  *whole = static_cast<uint64_t>(value);
  return static_cast<double>(*whole) == value;
}

}  // namespace heddle
