// What a run of the program is told and what it tells: words `name=number` in, one line of JSON out.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace bench {

/** The words behind the name of the scenario. */
class Options {
 public:
  Options(int count, char** words) : words_(words, words + count) {}

  /** The number of that name. A missing one is a mistake of the caller: ends the program. */
  uint32_t number(const char* name) const {
    const std::string start = std::string(name) + '=';
    for (const std::string& word : words_) {
      if (word.compare(0, start.size(), start) != 0) continue;
      char* end = nullptr;
      const unsigned long value = std::strtoul(word.c_str() + start.size(), &end, 10);
      if (end != word.c_str() + start.size() && *end == '\0') return static_cast<uint32_t>(value);
    }
    std::fprintf(stderr, "pool bench: there is no number '%s' among the words\n", name);
    std::exit(2);
  }

 private:
  const std::vector<std::string> words_;
};

/** Figures and what was wrong, if anything; the first problem is kept. */
class Report {
 public:
  void figure(const char* key, double value) {
    char text[96];
    std::snprintf(text, sizeof text, "%s\"%s\":%.17g", figures_.empty() ? "" : ",", key, value);
    figures_ += text;
  }
  /** `sentence` goes into JSON as it is: no quotes in it. */
  void problem(const std::string& sentence) {
    if (problem_.empty()) problem_ = sentence;
  }
  void print() const { std::printf("{\"figures\":{%s},\"problem\":\"%s\"}\n", figures_.c_str(), problem_.c_str()); }

 private:
  std::string figures_;
  std::string problem_;
};

/** The sample that the share `p` of all is not above. Sorts. */
inline double quantile(std::vector<double>& samples, double p) {
  std::sort(samples.begin(), samples.end());
  return samples[static_cast<size_t>(p * static_cast<double>(samples.size() - 1) + 0.5)];
}

}  // namespace bench
