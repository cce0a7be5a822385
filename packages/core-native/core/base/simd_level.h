// Which instruction set the kernels use: detected once, or forced by the host program before the first kernel runs.
#pragma once

namespace heddle {

/** Widest first. kBaseline is what every processor of the architecture has: SSE2 on x64, NEON on arm64. */
enum class SimdLevel : unsigned char { kBaseline = 0, kAvx2 = 1, kAvx512 = 2 };

inline constexpr int kSimdLevels = 3;
inline constexpr const char* kSimdLevelNames[kSimdLevels] = {"baseline", "avx2", "avx512"};

/** The widest level that this processor and operating system offer. Any thread. */
SimdLevel detectSimdLevel();

/** The level named so, or -1. */
int simdLevelByName(const char* name);

}  // namespace heddle
