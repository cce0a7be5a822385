#include "os/shared_segment.h"

#include <cerrno>

#if defined(__linux__)
#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <map>
#include <mutex>

namespace heddle::os {
namespace {

// Newer than some headers. Refused by kernels before 6.3, demanded by some configurations of later ones.
#if !defined(MFD_NOEXEC_SEAL)
#define MFD_NOEXEC_SEAL 0x0008U
#endif

struct Mapping {
  char* data;
  uint64_t bytes;
  int descriptor;  // -1: closed
  uint64_t holds;
};

/** Law: everything under `mutex`. A mapping is in the table from before its address is told until before it is
 * unmapped. */
struct Table {
  std::mutex mutex;
  uint64_t lastId = 0;
  std::map<uint64_t, Mapping> mappings;
  std::map<const char*, uint64_t> ids;  // by address
};

/** Never destroyed: environments may end after the statics. */
Table& table() {
  static auto* const all = new Table();
  return *all;
}

/** Takes the descriptor over, also when it fails. */
int mapSegment(int descriptor, uint64_t bytes, SharedSegment* segment) {
  void* const data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (data == MAP_FAILED) {
    const int error = errno;
    close(descriptor);
    return error;
  }
  Table& all = table();
  const std::lock_guard<std::mutex> lock(all.mutex);
  const uint64_t id = ++all.lastId;
  all.mappings[id] = Mapping{static_cast<char*>(data), bytes, descriptor, 1};
  all.ids[static_cast<char*>(data)] = id;
  *segment = SharedSegment{id, data, bytes};
  return 0;
}

/** 0 when the descriptor is a file that can't shrink. */
int checkSealed(int descriptor, struct stat* status) {
  if (fstat(descriptor, status) != 0) return errno;
  const int seals = fcntl(descriptor, F_GET_SEALS);
  return seals >= 0 && (seals & F_SEAL_SHRINK) != 0 && status->st_size > 0 ? 0 : EINVAL;
}

int createFile(SegmentUse use) {
  const char* const name = use == SegmentUse::kWire ? "heddle-wire" : "heddle";
  const auto create = [name](unsigned flags) { return static_cast<int>(syscall(SYS_memfd_create, name, flags)); };
  const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  const int descriptor = create(flags | MFD_NOEXEC_SEAL);
  return descriptor < 0 && errno == EINVAL ? create(flags) : descriptor;
}

}  // namespace

int createSegment(uint64_t bytes, SharedSegment* segment, SegmentUse use) {
  const int descriptor = createFile(use);
  if (descriptor < 0) return errno;
  if (ftruncate(descriptor, static_cast<off_t>(bytes)) != 0 ||
      fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    const int error = errno;
    close(descriptor);
    return error;
  }
  return mapSegment(descriptor, bytes, segment);
}

int openSegment(int descriptor, SharedSegment* segment) {
  struct stat status;
  const int own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return errno;
  const int error = checkSealed(own, &status);
  if (error == 0) return mapSegment(own, static_cast<uint64_t>(status.st_size), segment);
  close(own);
  return error;
}

int segmentNumber(int descriptor, uint64_t* number) {
  struct stat status;
  const int error = checkSealed(descriptor, &status);
  // Sealable files without a name are all of one file system, so the number alone is enough.
  if (error == 0) *number = static_cast<uint64_t>(status.st_ino);
  return error;
}

int segmentDescriptor(uint64_t id) {
  Table& all = table();
  const std::lock_guard<std::mutex> lock(all.mutex);
  const auto found = all.mappings.find(id);
  return found == all.mappings.end() ? -1 : found->second.descriptor;
}

void closeSegmentDescriptor(uint64_t id) {
  Table& all = table();
  const std::lock_guard<std::mutex> lock(all.mutex);
  const auto found = all.mappings.find(id);
  if (found == all.mappings.end() || found->second.descriptor < 0) return;
  close(found->second.descriptor);
  found->second.descriptor = -1;
}

SharedSegment findSegment(const void* data, uint64_t bytes, bool hold) {
  const char* const begin = static_cast<const char*>(data);
  Table& all = table();
  const std::lock_guard<std::mutex> lock(all.mutex);
  auto after = all.ids.upper_bound(begin);
  if (after == all.ids.begin()) return {};
  const uint64_t id = (--after)->second;
  Mapping& mapping = all.mappings.at(id);
  const auto offset = static_cast<uint64_t>(begin - mapping.data);
  if (offset > mapping.bytes || bytes > mapping.bytes - offset) return {};
  if (hold) ++mapping.holds;
  return {id, mapping.data, mapping.bytes};
}

void releaseSegment(uint64_t id) {
  Mapping last;
  {
    Table& all = table();
    const std::lock_guard<std::mutex> lock(all.mutex);
    const auto found = all.mappings.find(id);
    if (found == all.mappings.end() || --found->second.holds > 0) return;
    last = found->second;
    all.ids.erase(last.data);
    all.mappings.erase(found);
  }
  // Outside of the mutex: giving pages back takes time. Nobody finds the mapping any more, and its address is in use
  // until the call has done its work.
  munmap(last.data, last.bytes);
  if (last.descriptor >= 0) close(last.descriptor);
}

}  // namespace heddle::os

#else

namespace heddle::os {

int createSegment(uint64_t, SharedSegment*, SegmentUse) { return ENOSYS; }
int openSegment(int, SharedSegment*) { return ENOSYS; }
int segmentNumber(int, uint64_t*) { return ENOSYS; }
int segmentDescriptor(uint64_t) { return -1; }
void closeSegmentDescriptor(uint64_t) {}
SharedSegment findSegment(const void*, uint64_t, bool) { return {}; }
void releaseSegment(uint64_t) {}

}  // namespace heddle::os

#endif
