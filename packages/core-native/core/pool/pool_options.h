// Every number the pool is built with: unit, reason, and what it costs.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heddle {

/** Most threads a pool may have, the most a caller may ask for. Bounds the workers' table. */
inline constexpr uint32_t kThreadsMax = 256;

/**
 * Regions that can be open at once. One more caller than this works alone, which is right: by then every core is busy.
 * The open regions are the bits of one 32-bit word.
 */
inline constexpr uint32_t kSlots = 32;

/**
 * Jobs that are moved on at once (a guess): their pointers are 512 bytes, and all that each of them takes is one step.
 */
inline constexpr uint32_t kRowJobs = 64;

/**
 * Pauses spent looking for work before sleeping: 30 to 80 us, 40 to 140 cycles each by processor. Waking a sleeping
 * thread costs about 25 us on a virtual machine, so calls that follow each other within that time find the workers
 * awake, and an idle pool burns nothing after it. Longer spins lose when other programs want the cores; where they pay,
 * sync/patience.h adds to this one.
 */
inline constexpr uint32_t kSpinPauses = 2000;

/**
 * Workers up to which a waker keeps those that sleep off its own processor (sync/placement.h): two system calls for
 * each. A bound for what a wake-up may cost; nothing was measured on machines with more processors.
 */
inline constexpr uint32_t kPlacedMax = 8;

/** Two cache lines: processors fetch lines in pairs, so words of different writers are kept 128 bytes apart. */
inline constexpr std::size_t kLineBytes = 128;

/** Stack of a worker. Kernels keep their scratch on the heap; this is virtual memory, used pages only count. */
inline constexpr std::size_t kStackBytes = 1024 * 1024;

}  // namespace heddle
