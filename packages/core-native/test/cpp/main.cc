// Runs the tests whose name contains the argument, all without one. HEDDLE_SIMD forces an instruction set, as it does
// in the addon.
#include <atomic>
#include <cstdlib>
#include <cstring>

#include "check.h"
#include "simd/kernel_set.h"

namespace heddle::test {
namespace {

// Checks may fail on any thread.
std::atomic<int> failures{0};

/** False, with a sentence, when the level is unknown or not to be had here. */
bool forceLevel(const char* name) {
  for (int level = 0; level < kSimdLevels; ++level) {
    if (std::strcmp(kSimdLevelNames[level], name) == 0 && forceKernelSet(static_cast<SimdLevel>(level))) return true;
  }
  std::fprintf(stderr, "HEDDLE_SIMD=%s is not an instruction set of this machine\n", name);
  return false;
}

}  // namespace

std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

void fail(const char* file, int line, const char* condition) {
  failures.fetch_add(1);
  std::fprintf(stderr, "%s:%d: failed: %s\n", file, line, condition);
}

}  // namespace heddle::test

int main(int argc, char** argv) {
  using namespace heddle::test;
  const char* const level = std::getenv("HEDDLE_SIMD");  // NOLINT(concurrency-mt-unsafe): the first thread is alone
  if (level != nullptr && !forceLevel(level)) return 1;
  int passed = 0;
  int failed = 0;
  for (const Case& test : cases()) {
    if (argc > 1 && std::strstr(test.name, argv[1]) == nullptr) continue;
    const int before = failures.load();
    test.run();
    const bool isGood = failures.load() == before;
    if (!isGood) std::fprintf(stderr, "FAILED %s\n", test.name);
    ++(isGood ? passed : failed);
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
