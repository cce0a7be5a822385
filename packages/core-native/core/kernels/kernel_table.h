// The table of kernels as it was compiled in, built once from kernels.def. The binding makes one pair of functions per
// entry and exports the texts, so that a test can compare them with the TypeScript side.
#pragma once

#include "kernels/kernel.h"

namespace heddle {

enum class Direction : uint8_t { kIn, kOut, kInOut };

struct ArraySpec {
  char name[16];
  Direction direction;
  uint8_t types;  // bit t: ElementType t is allowed; unused when sameAs >= 0
  int8_t sameAs;  // index of the array whose type this one must have, or -1
};

struct KernelEntry {
  const char* name;
  const char* subPath;
  const char* arraysText;
  const char* numbersText;
  const char* resultsText;
  uint64_t elementsHere;
  KernelFunction function;
  ArraySpec arrays[kArraysMax];
  int arrayCount;
  int numberCount;
  int resultCount;
};

struct KernelTable {
  const KernelEntry* entries;
  int count;
};

/** All kernels in the order of kernels.def. Never changes. */
const KernelTable& kernelTable();

/** Checks the element types of a call against the table; the name of a wrong one is in the status. */
Status checkTypes(const KernelEntry& entry, const KernelCall& call);

}  // namespace heddle
