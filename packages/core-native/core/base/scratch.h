// Scratch memory that is used again. Touching fresh memory costs 5 to 10 times what streaming over it does (the kernel
// zeroes each page at the first touch), so blocks are kept for the next call, up to kScratchKeptBytes for the process.
// Any thread may make and drop a Scratch; one Scratch belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heddle {

/** Most bytes that the process keeps between calls. Larger blocks go back to the system at once. */
inline constexpr uint64_t kScratchKeptBytes = uint64_t{128} * 1024 * 1024;

class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { release(); }

  /** At least `bytes` (0 is allowed), aligned to a cache line, with any content. Null when there is no memory. */
  void* tryAllocate(uint64_t bytes);

  template <class T>
  T* tryArray(uint64_t length) {
    if (length > UINT64_MAX / sizeof(T)) return nullptr;
    return static_cast<T*>(tryAllocate(length * sizeof(T)));
  }

  /** Gives the block back before the Scratch ends. */
  void release();

 private:
  void* block_ = nullptr;
  uint64_t bytes_ = 0;
};

}  // namespace heddle
