// The numbers of the pool, small: see core/pool/pool_options.h.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heddle {

inline constexpr uint32_t kThreadsMax = 3;
inline constexpr uint32_t kSlots = 2;
inline constexpr uint32_t kRowJobs = 2;
inline constexpr uint32_t kSpinPauses = 1;
inline constexpr uint32_t kPlacedMax = 0;
inline constexpr std::size_t kLineBytes = 128;
inline constexpr std::size_t kStackBytes = 1024 * 1024;

}  // namespace heddle
