#include "base/simd_level.h"

#include <cstring>

namespace heddle {

SimdLevel detectSimdLevel() {
#if defined(__x86_64__)
  // The builtin asks cpuid and whether the operating system saves the wide registers.
  const bool hasAvx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool hasAvx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (hasAvx2 && hasAvx512) return SimdLevel::kAvx512;
  if (hasAvx2) return SimdLevel::kAvx2;
#endif
  return SimdLevel::kBaseline;
}

int simdLevelByName(const char* name) {
  for (int level = 0; level < kSimdLevels; ++level) {
    if (std::strcmp(name, kSimdLevelNames[level]) == 0) return level;
  }
  return -1;
}

}  // namespace heddle
