#include "kernels/kernel_table.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace heddle {

#define HEDDLE_ELEMENT(name, typedArray, type)
#define HEDDLE_KERNEL(name, subPath, arrays, numbers, results, elementsHere) Status name##Kernel(KernelCall& call);
#include "kernels/kernels.def"
#undef HEDDLE_ELEMENT
#undef HEDDLE_KERNEL

namespace {

constexpr const char* kElementNames[] = {
#define HEDDLE_ELEMENT(name, typedArray, type) #name,
#define HEDDLE_KERNEL(name, subPath, arrays, numbers, results, elementsHere)
#include "kernels/kernels.def"
#undef HEDDLE_ELEMENT
#undef HEDDLE_KERNEL
};

constexpr int kEntries = 0
#define HEDDLE_ELEMENT(name, typedArray, type)
#define HEDDLE_KERNEL(name, subPath, arrays, numbers, results, elementsHere) +1
#include "kernels/kernels.def"
#undef HEDDLE_ELEMENT
#undef HEDDLE_KERNEL
    ;

/** A malformed line of kernels.def is a mistake of the build: every test run meets it at once. */
[[noreturn]] void malformed(const char* kernel) {
  std::fprintf(stderr, "heddle: malformed line in kernels.def: %s\n", kernel);
  std::abort();
}

/** Cuts the text before the separator off the front of `rest`. */
std::string_view cut(std::string_view& rest, char separator) {
  const size_t at = rest.find(separator);
  const std::string_view head = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return head;
}

int countWords(std::string_view text) {
  int words = 0;
  while (!text.empty()) {
    cut(text, ' ');
    ++words;
  }
  return words;
}

ArraySpec parseArray(std::string_view text, const KernelEntry& entry) {
  ArraySpec spec{};
  spec.sameAs = -1;
  const std::string_view name = cut(text, ':');
  if (name.empty() || name.size() >= sizeof spec.name) malformed(entry.name);
  name.copy(spec.name, name.size());
  const std::string_view direction = cut(text, ':');
  if (direction == "in") {
    spec.direction = Direction::kIn;
  } else if (direction == "out") {
    spec.direction = Direction::kOut;
  } else if (direction == "inout") {
    spec.direction = Direction::kInOut;
  } else {
    malformed(entry.name);
  }
  if (!text.empty() && text.front() == '=') {
    for (int other = 0; other < entry.arrayCount; ++other) {
      if (text.substr(1) == entry.arrays[other].name) spec.sameAs = static_cast<int8_t>(other);
    }
    if (spec.sameAs < 0) malformed(entry.name);
    return spec;
  }
  while (!text.empty()) {
    const std::string_view type = cut(text, '|');
    const uint8_t before = spec.types;
    for (unsigned code = 0; code < std::size(kElementNames); ++code) {
      if (type == kElementNames[code]) spec.types |= static_cast<uint8_t>(1u << code);
    }
    if (spec.types == before) malformed(entry.name);
  }
  return spec;
}

void parse(KernelEntry& entry) {
  std::string_view arrays = entry.arraysText;
  while (!arrays.empty()) {
    if (entry.arrayCount == kArraysMax) malformed(entry.name);
    const ArraySpec spec = parseArray(cut(arrays, ' '), entry);
    entry.arrays[entry.arrayCount++] = spec;
  }
  entry.numberCount = countWords(entry.numbersText);
  entry.resultCount = countWords(entry.resultsText);
  if (entry.numberCount > kNumbersMax || entry.resultCount > kResultsMax) malformed(entry.name);
}

KernelEntry* build() {
  auto* entries = new KernelEntry[kEntries]{
#define HEDDLE_ELEMENT(name, typedArray, type)
#define HEDDLE_KERNEL(name, subPath, arrays, numbers, results, elementsHere) \
  {#name, subPath, arrays, numbers, results, elementsHere, &name##Kernel, {}, 0, 0, 0},
#include "kernels/kernels.def"
#undef HEDDLE_ELEMENT
#undef HEDDLE_KERNEL
  };
  for (int index = 0; index < kEntries; ++index) parse(entries[index]);
  return entries;
}

}  // namespace

const KernelTable& kernelTable() {
  static const KernelTable* const table = new KernelTable{build(), kEntries};
  return *table;
}

Status checkTypes(const KernelEntry& entry, const KernelCall& call) {
  for (int index = 0; index < entry.arrayCount; ++index) {
    const ArraySpec& spec = entry.arrays[index];
    const ElementType type = call.arrays[index].type;
    if (spec.sameAs >= 0) {
      if (type != call.arrays[spec.sameAs].type) return Status::wrongType(spec.name, "be of the other array's type");
    } else if ((spec.types >> static_cast<unsigned>(type) & 1u) == 0) {
      return Status::wrongType(spec.name, "be of a type that this kernel takes");
    }
  }
  return Status::ok();
}

}  // namespace heddle
