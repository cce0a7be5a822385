// Memory that processes share: a segment is a file without a name (memfd), mapped once per environment that uses it.
// The kernel frees it with its last descriptor and mapping, whoever held them and however they ended. Linux only.
//
// A mapping is counted, because its bytes are used by two that don't know each other: the ArrayBuffer that JavaScript
// sees, and kernels at work on it. Either may end first. JavaScript can drop a buffer at any moment (garbage
// collection, `transfer()`, the end of its worker thread); the pages stay until the last holder lets go. What a *file*
// could do to its mappings, shrink and turn every access into a signal, is ruled out by a seal: a file without it isn't
// mapped.
//
// One table of all mappings of the process; every function takes its mutex, any thread may call them.
#pragma once

#include <cstdint>

namespace heddle::os {

/** One mapping. `id` is never used twice in a process and never 0. */
struct SharedSegment {
  uint64_t id = 0;
  void* data = nullptr;
  uint64_t bytes = 0;
};

/** What a segment is for. The system shows it in the name of the mapping: `memfd:heddle`, `memfd:heddle-wire`. */
enum class SegmentUse { kValues, kWire };

/** A new segment of `bytes` zeros (1 or more), held once. 0, or the system's error number; ENOSYS: not on this system.
 */
int createSegment(uint64_t bytes, SharedSegment* segment, SegmentUse use = SegmentUse::kValues);

/**
 * Maps the segment of a descriptor, which stays the caller's; held once. 0, or the system's error number: EBADF no
 * descriptor, EINVAL not a file that is sealed against shrinking.
 */
int openSegment(int descriptor, SharedSegment* segment);

/** The number that the descriptor's segment has on this machine, as long as anyone uses it. Errors as above. */
int segmentNumber(int descriptor, uint64_t* number);

/** Descriptor of the segment, -1 when it is closed. It is the segment's: not to be closed by the caller. */
int segmentDescriptor(uint64_t id);

/** Closes the descriptor; the mapping stays. Nothing happens when it is closed already. */
void closeSegmentDescriptor(uint64_t id);

/** The mapping that all these bytes lie in, one more time held when `hold` is set; id 0: they lie in none. */
SharedSegment findSegment(const void* data, uint64_t bytes, bool hold);

/** Ends one hold. With the last the pages are unmapped and the descriptor is closed. */
void releaseSegment(uint64_t id);

}  // namespace heddle::os
