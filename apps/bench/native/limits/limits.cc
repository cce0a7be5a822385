// What this machine allows: how fast memory of a given size can be read, copied or updated, and how many floating-point
// operations there are in a second, on one thread or on several at once. No kernel can be faster; one that seems so is
// measured wrongly, or this is. Compiled for the very processor (-march=native), so that vectors are as wide as it has.
//
//   limits <kind>:<bytes>:<threads>…   prints the rates, in the order of the questions, as JSON
//     read    adds up all bytes                                bytes: the array; the rate counts each once
//     copy    one half of the bytes into the other             bytes: both arrays; the rate counts each once
//     update  one half += a * other half, doubles              bytes: both; the rate counts the first half twice
//     f64, f32  multiplications and additions in registers     bytes: 0; the rate counts both
//
// Of each, several ways are tried several times, and the fastest counts.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace {

#if defined(__AVX512F__)
constexpr size_t kVectorBytes = 64;
#elif defined(__AVX__)
constexpr size_t kVectorBytes = 32;
#else
constexpr size_t kVectorBytes = 16;
#endif

typedef uint64_t Words __attribute__((vector_size(kVectorBytes)));
typedef double Doubles __attribute__((vector_size(kVectorBytes)));

/** Vectors that a loop takes at a time: four streams of two. */
constexpr size_t kStep = 8;
constexpr size_t kPageBytes = 4096;
/**
 * A measurement is repeated for this long, but some times at least. Each is as short as the clock allows, because one
 * that other programs interrupt says nothing, and short ones fit between the interruptions.
 */
constexpr double kBudgetSeconds = 0.03;
constexpr int kRepeatsMin = 3;
/** Bytes that each thread moves in a measurement: at least 20 us even from the nearest cache. */
constexpr size_t kTrafficBytes = size_t{4} << 20;
/** About 0.2 ms. */
constexpr uint64_t kFlopLoops = 100'000;

/** Makes the compiler believe that somebody looks at the vector, and that memory is another one afterwards. */
template <class Vector>
void keep(const Vector& vector) {
  asm volatile("" ::"m"(vector) : "memory");
}

/** Seconds from the first thread's start to the last one's end, the fastest of several times. */
template <class Job>
double fastest(uint32_t threads, const Job& job) {
  using Clock = std::chrono::steady_clock;
  double best = 0;
  double total = 0;
  for (int repeat = 0; repeat < kRepeatsMin || total < kBudgetSeconds; ++repeat) {
    std::atomic<uint32_t> ready{0};
    std::vector<Clock::time_point> starts(threads);
    std::vector<Clock::time_point> ends(threads);
    const auto run = [&](uint32_t index) {
      ready.fetch_add(1);
      while (ready.load() < threads) std::this_thread::yield();
      starts[index] = Clock::now();
      job(index);
      ends[index] = Clock::now();
    };
    std::vector<std::thread> others;
    for (uint32_t index = 1; index < threads; ++index) others.emplace_back(run, index);
    run(0);
    for (std::thread& other : others) other.join();
    const std::chrono::duration<double> elapsed =
        *std::max_element(ends.begin(), ends.end()) - *std::min_element(starts.begin(), starts.end());
    total += elapsed.count();
    if (best == 0 || elapsed.count() < best) best = elapsed.count();
  }
  return best;
}

void readOneStream(const Words* from, size_t count) {
  Words sums[kStep] = {};
  for (size_t at = 0; at < count; at += kStep) {
#pragma GCC unroll 8
    for (size_t part = 0; part < kStep; ++part) sums[part] += from[at + part];
  }
  for (const Words& sum : sums) keep(sum);
}

/** Four places of the array at once: the prefetchers of one core then ask for more. */
void readFourStreams(const Words* from, size_t count) {
  constexpr size_t kStreams = 4;
  constexpr size_t kEach = kStep / kStreams;
  const size_t length = count / kStreams;
  Words sums[kStep] = {};
  for (size_t at = 0; at < length; at += kEach) {
#pragma GCC unroll 8
    for (size_t part = 0; part < kStep; ++part) sums[part] += from[part / kEach * length + at + part % kEach];
  }
  for (const Words& sum : sums) keep(sum);
}

void copyPlain(const Words* from, Words* to, size_t count) {
  for (size_t at = 0; at < count; at += kStep) {
#pragma GCC unroll 8
    for (size_t part = 0; part < kStep; ++part) to[at + part] = from[at + part];
  }
  asm volatile("" ::"r"(to) : "memory");
}

/** Past the caches: what is written is not read first. */
void copyPast(const Words* from, Words* to, size_t count) {
#if defined(__AVX512F__)
  for (size_t at = 0; at < count; ++at) {
    _mm512_stream_si512(reinterpret_cast<__m512i*>(to + at), reinterpret_cast<const __m512i&>(from[at]));
  }
  _mm_sfence();
#elif defined(__AVX__)
  for (size_t at = 0; at < count; ++at) {
    _mm256_stream_si256(reinterpret_cast<__m256i*>(to + at), reinterpret_cast<const __m256i&>(from[at]));
  }
  _mm_sfence();
#elif defined(__SSE2__)
  for (size_t at = 0; at < count; ++at) {
    _mm_stream_si128(reinterpret_cast<__m128i*>(to + at), reinterpret_cast<const __m128i&>(from[at]));
  }
  _mm_sfence();
#else
  copyPlain(from, to, count);
#endif
}

void update(const Doubles* from, Doubles* to, size_t count, double factor) {
  for (size_t at = 0; at < count; at += kStep) {
#pragma GCC unroll 8
    for (size_t part = 0; part < kStep; ++part) to[at + part] += factor * from[at + part];
  }
  asm volatile("" ::"r"(to) : "memory");
}

/** Aligned memory that has been written to, so that no page is met for the first time in a measurement. */
class Memory {
 public:
  explicit Memory(size_t bytes) : bytes_((bytes + 2 * kPageBytes - 1) / kPageBytes * kPageBytes) {
    data_ = static_cast<char*>(std::aligned_alloc(kPageBytes, bytes_));
    if (data_ == nullptr) {
      std::fprintf(stderr, "limits: no room for %zu bytes\n", bytes_);
      std::exit(1);
    }
    std::memset(data_, 0, bytes_);
  }
  char* at(size_t offset) const { return data_ + offset; }

 private:
  size_t bytes_;
  char* data_;
};

/** Bytes per second of `pass(first vector, vectors)` by threads that have a share of `bytes` each. */
template <class Pass>
double rateOf(size_t bytes, uint32_t threads, const Pass& pass) {
  const size_t unit = kStep * kVectorBytes;
  const size_t units = std::max<size_t>(1, bytes / threads / unit);
  const size_t passes = std::max<size_t>(1, kTrafficBytes / (units * unit));
  const double seconds = fastest(threads, [&](uint32_t index) {
    for (size_t times = 0; times < passes; ++times) pass(index * units * kStep, units * kStep);
  });
  return static_cast<double>(units * unit) * passes * threads / seconds;
}

template <class Number>
double flopRate(uint32_t threads) {
  typedef Number Vector __attribute__((vector_size(kVectorBytes)));
  // Enough to hide the latency of two units, few enough for sixteen registers.
  constexpr size_t kChains = 12;
  volatile Number one = 1;
  const double seconds = fastest(threads, [&](uint32_t) {
    const Vector factor = Vector{} + one;
    const Vector addend = factor * static_cast<Number>(0.5);
    // Each begins elsewhere: equal chains would be computed once.
    Vector chains[kChains];
    for (size_t chain = 0; chain < kChains; ++chain) chains[chain] = factor * static_cast<Number>(chain);
    for (uint64_t loop = 0; loop < kFlopLoops; ++loop) {
#pragma GCC unroll 12
      for (size_t chain = 0; chain < kChains; ++chain) chains[chain] = chains[chain] * factor + addend;
    }
    for (const Vector& chain : chains) keep(chain);
  });
  return 2.0 * kChains * (kVectorBytes / sizeof(Number)) * kFlopLoops * threads / seconds;
}

struct Question {
  std::string kind;
  size_t bytes;
  uint32_t threads;
};

double answer(const Question& question, const Memory& memory) {
  const auto& [kind, bytes, threads] = question;
  const auto* const words = reinterpret_cast<const Words*>(memory.at(0));
  if (kind == "read") {
    return std::max(rateOf(bytes, threads, [&](size_t at, size_t count) { readOneStream(words + at, count); }),
                    rateOf(bytes, threads, [&](size_t at, size_t count) { readFourStreams(words + at, count); }));
  }
  // The halves, the second from a page of its own on.
  char* const half = memory.at((bytes / 2 + kPageBytes - 1) / kPageBytes * kPageBytes);
  auto* const to = reinterpret_cast<Words*>(half);
  if (kind == "copy") {
    return 2 *
           std::max(rateOf(bytes / 2, threads, [&](size_t at, size_t count) { copyPlain(words + at, to + at, count); }),
                    rateOf(bytes / 2, threads, [&](size_t at, size_t count) { copyPast(words + at, to + at, count); }));
  }
  if (kind == "update") {
    const auto* const from = reinterpret_cast<const Doubles*>(memory.at(0));
    auto* const sums = reinterpret_cast<Doubles*>(half);
    return 3 * rateOf(bytes / 2, threads, [&](size_t at, size_t count) { update(from + at, sums + at, count, 0.5); });
  }
  if (kind == "f64") return flopRate<double>(threads);
  if (kind == "f32") return flopRate<float>(threads);
  std::fprintf(stderr, "limits: there is no kind '%s'\n", kind.c_str());
  std::exit(2);
}

Question parse(const char* word) {
  const char* const first = std::strchr(word, ':');
  const char* const second = first == nullptr ? nullptr : std::strchr(first + 1, ':');
  if (second == nullptr) {
    std::fprintf(stderr, "limits: '%s' is not <kind>:<bytes>:<threads>\n", word);
    std::exit(2);
  }
  const auto threads = static_cast<uint32_t>(std::max(1l, std::atol(second + 1)));
  return {std::string(word, first), static_cast<size_t>(std::atoll(first + 1)), threads};
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Question> questions;
  size_t most = 0;
  for (int index = 1; index < argc; ++index) {
    questions.push_back(parse(argv[index]));
    const auto& [kind, bytes, threads] = questions.back();
    // Shares of less than a step are made up to one.
    most = std::max(most, bytes + 2 * threads * kStep * kVectorBytes);
  }
  const Memory memory(most);
  std::printf("[");
  for (size_t index = 0; index < questions.size(); ++index) {
    std::printf("%s%.17g", index == 0 ? "" : ",", answer(questions[index], memory));
  }
  std::printf("]\n");
  return 0;
}
