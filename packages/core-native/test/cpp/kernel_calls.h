// What tests of kernels share: how one is called through the table, random inputs, and the contract's order of
// additions.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <type_traits>
#include <vector>

#include "check.h"
#include "kernels/kernel_table.h"
#include "kernels/sum/sum_simd.h"
#include "simd/kernel_set.h"

namespace heddle {

inline const KernelEntry& entryOf(const char* name) {
  const KernelTable& table = kernelTable();
  for (int index = 0; index < table.count; ++index) {
    if (std::strcmp(table.entries[index].name, name) == 0) return table.entries[index];
  }
  CHECK(!"a kernel of this name");
  return table.entries[0];
}

template <class T>
inline constexpr ElementType kTypeOf = std::is_same_v<T, double>     ? ElementType::f64
                                       : std::is_same_v<T, float>    ? ElementType::f32
                                       : std::is_same_v<T, int32_t>  ? ElementType::i32
                                       : std::is_same_v<T, uint32_t> ? ElementType::u32
                                       : std::is_same_v<T, uint16_t> ? ElementType::u16
                                                                     : ElementType::u8;

template <class T>
ArrayArg viewOf(std::vector<T>& array) {
  return {array.empty() ? nullptr : array.data(), array.size(), kTypeOf<T>};
}

/** Arrays and numbers in order; the results come back in the call. */
inline KernelCall callOf(uint32_t threads, std::initializer_list<ArrayArg> arrays,
                         std::initializer_list<double> numbers = {}) {
  KernelCall call;
  call.run = RunContext{threads};
  std::copy(arrays.begin(), arrays.end(), call.arrays);
  std::copy(numbers.begin(), numbers.end(), call.numbers);
  return call;
}

inline Status run(const char* name, KernelCall& call) {
  const KernelEntry& entry = entryOf(name);
  const Status status = checkTypes(entry, call);
  return status.isOk() ? entry.function(call) : status;
}

template <class T>
bool isSameBits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

inline std::mt19937_64 generator(20240607);  // fixed: a failure repeats

template <class T>
std::vector<T> randomArray(uint64_t length) {
  std::vector<T> array(length);
  for (T& element : array) {
    if constexpr (std::is_floating_point_v<T>) {
      element = static_cast<T>((static_cast<double>(generator() >> 11) * 0x1p-53 - 0.5) *
                               std::pow(10.0, static_cast<double>(generator() % 9)));
    } else {
      element = static_cast<T>(generator());
    }
  }
  return array;
}

inline constexpr uint32_t kThreadCounts[] = {1, 2, 3, 8};
inline constexpr uint64_t kLengths[] = {0,  1,  2,    7,    8,    9,    24,    25,    63,
                                        64, 65, 1000, 4095, 4096, 4097, 16385, 70001, 200003};

inline void useThreads() { ThreadPool::instance().setThreads(8); }

/** The contract's sum of count terms, one by one. */
template <class TermAt>
double contractSumOf(uint64_t count, TermAt termAt) {
  double total = 0;
  for (uint64_t begin = 0; begin < count; begin += kBlock) {
    double lanes[64] = {};
    const uint64_t end = std::min<uint64_t>(begin + kBlock, count);
    for (uint64_t i = begin; i < end; ++i) lanes[(i - begin) % 64] += termAt(i);
    for (int width = 32; width > 0; width /= 2) {
      for (int lane = 0; lane < width; ++lane) lanes[lane] += lanes[lane + width];
    }
    total = begin == 0 ? lanes[0] : total + lanes[0];
  }
  return total;
}

template <class T, class Term>
double contractSum(const std::vector<T>& x, Term term) {
  return contractSumOf(x.size(), [&](uint64_t i) { return term(static_cast<double>(x[i])); });
}

/** Calls body(set) for each instruction set that this processor has. */
template <class Body>
void forEverySet(Body body) {
  for (int level = 0; level < kSimdLevels; ++level) {
    const KernelSet* const set = kernelSetOf(static_cast<SimdLevel>(level));
    if (set != nullptr) body(*set);
  }
}

/** Whether the call ends in an error of this argument. */
inline bool isRefused(const char* kernel, const char* argument, KernelCall call) {
  const Status status = run(kernel, call);
  const bool isArgument = status.code == StatusCode::kWrongType || status.code == StatusCode::kWrongRange;
  return isArgument && std::strcmp(status.argument, argument) == 0;
}

}  // namespace heddle
