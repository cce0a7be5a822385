// How a program of this folder is asked, so that plans and memory are made once and rounds take turns with those of
// others:
//   <program> <kind>:<number>:…   questions, as words; it prepares for them and says "ready"
//   time     on its input: milliseconds per call of each question, in their order, as a line of JSON
//   check    does each once more and compares: a line with what is wrong, empty if nothing is
// It ends with its input. One thread asks; the libraries use others.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace bench {

struct Question {
  std::string kind;
  std::vector<uint64_t> numbers;
};

/** A word of `count` positive numbers behind its kind. Another one is a mistake of the caller: ends the program. */
inline Question parseQuestion(const char* word, size_t count) {
  Question question;
  const char* at = std::strchr(word, ':');
  question.kind.assign(word, at == nullptr ? std::strlen(word) : static_cast<size_t>(at - word));
  while (at != nullptr) {
    char* end = nullptr;
    const unsigned long long number = std::strtoull(at + 1, &end, 10);
    if (end == at + 1 || number == 0) break;
    question.numbers.push_back(number);
    at = *end == ':' ? end : nullptr;
    if (at == nullptr && *end != '\0') question.numbers.clear();
  }
  if (question.numbers.size() == count) return question;
  std::fprintf(stderr, "'%s' is not a kind and %zu positive numbers\n", word, count);
  std::exit(2);
}

[[noreturn]] inline void refuseKind(const std::string& kind) {
  std::fprintf(stderr, "there is no kind '%s'\n", kind.c_str());
  std::exit(2);
}

template <class Job>
double millisecondsOf(const Job& job) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  job();
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/** Uniform in -0.5 to 0.5 from a seed, as the other contestants have them. */
class Uniform {
 public:
  explicit Uniform(uint64_t seed) : state_(seed) {}
  double next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53 - 0.5;
  }

 private:
  uint64_t state_;
};

/** Answers until the input ends. A station has `double timeMs()` and `std::string check()`; no quotes in the latter. */
template <class Station>
int serve(std::vector<Station>& stations) {
  std::puts("ready");
  std::fflush(stdout);
  char line[16];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    if (std::strcmp(line, "time\n") == 0) {
      std::string times;
      for (Station& station : stations) {
        char text[32];
        std::snprintf(text, sizeof text, "%s%.17g", times.empty() ? "" : ",", station.timeMs());
        times += text;
      }
      std::printf("[%s]\n", times.c_str());
    } else if (std::strcmp(line, "check\n") == 0) {
      std::string problem;
      for (Station& station : stations) {
        if (problem.empty()) problem = station.check();
      }
      std::printf("\"%s\"\n", problem.c_str());
    } else {
      std::fprintf(stderr, "there is no question '%.*s'\n", static_cast<int>(std::strcspn(line, "\n")), line);
      return 2;
    }
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace bench
