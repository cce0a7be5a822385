// The smallest test frame that serves: TEST(name) { CHECK(condition); } A failed check is printed and counted; the test
// goes on. main.cc runs all tests, or those whose name contains the first argument.
#pragma once

#include <cstdio>
#include <vector>

namespace heddle::test {

struct Case {
  const char* name;
  void (*run)();
};

std::vector<Case>& cases();
void fail(const char* file, int line, const char* condition);

struct Registration {
  Registration(const char* name, void (*run)()) { cases().push_back({name, run}); }
};

}  // namespace heddle::test

#define TEST(name)                                                                  \
  static void test_##name();                                                        \
  static const heddle::test::Registration registration_##name(#name, &test_##name); \
  static void test_##name()

#define CHECK(condition)                                                  \
  do {                                                                    \
    if (!(condition)) heddle::test::fail(__FILE__, __LINE__, #condition); \
  } while (false)
