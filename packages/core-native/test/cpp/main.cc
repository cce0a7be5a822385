#include <atomic>
#include <cstring>

#include "check.h"

namespace heddle::test {
namespace {

// Checks may fail on any thread.
std::atomic<int> failures{0};

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
