// Random numbers against their definition, one word at a time; that every instruction set, thread count and split into
// parts gives the same. How they are distributed is tested beside the twin.
#include <atomic>
#include <cmath>
#include <cstring>
#include <vector>

#include "check.h"
#include "kernel_calls.h"
#include "kernels/random/random_blocks_simd.h"

namespace heddle {
namespace {

uint32_t mixed(uint32_t z) {
  z ^= z >> 16;
  z *= 0x85ebca6bu;
  z ^= z >> 13;
  z *= 0xc2b2ae35u;
  return z ^ (z >> 16);
}

uint32_t rotated(uint32_t x, int by) { return (x << by) | (x >> (32 - by)); }

/** One generator of one block. */
class Lane {
 public:
  Lane(uint32_t first, uint32_t second, uint32_t seed, uint64_t block, uint32_t lane) {
    const auto chain = [&](uint32_t constant) {
      uint32_t h = mixed(seed + constant);
      h = mixed(h ^ static_cast<uint32_t>(block));
      h = mixed((h + 0x9e3779b9u) ^ static_cast<uint32_t>(block >> 32));
      return mixed(h + lane * 0x9e3779b9u + 0x7f4a7c15u);
    };
    const uint32_t a = chain(first);
    const uint32_t b = chain(second);
    s_[0] = mixed(a + 0x9e3779b9u);
    s_[1] = mixed(a + 2 * 0x9e3779b9u);
    s_[2] = mixed(b + 0x9e3779b9u);
    s_[3] = mixed(b + 2 * 0x9e3779b9u);
  }

  uint32_t next() {
    const uint32_t out = rotated(s_[0] + s_[3], 7) + s_[0];
    const uint32_t t = s_[1] << 9;
    s_[2] ^= s_[0];
    s_[3] ^= s_[1];
    s_[1] ^= s_[2];
    s_[0] ^= s_[3];
    s_[2] ^= t;
    s_[3] = rotated(s_[3], 11);
    return out;
  }

 private:
  uint32_t s_[4];
};

template <class T>
T uniformFrom(Lane& lane) {
  const uint32_t first = lane.next();
  if (sizeof(T) == 4) return static_cast<T>(first >> 8) / 16777216;
  const uint64_t whole = static_cast<uint64_t>(first >> 5) << 26 | lane.next() >> 6;
  return static_cast<T>(static_cast<double>(whole) / 9007199254740992.0);
}

template <class T>
std::vector<T> plainUniform(uint64_t length, uint32_t seed, uint64_t blockStart) {
  std::vector<T> out(length);
  for (uint64_t begin = 0; begin < length; begin += 4096) {
    std::vector<Lane> lanes;
    for (uint32_t lane = 0; lane < 16; ++lane) {
      lanes.emplace_back(0xbb67ae85u, 0x3c6ef372u, seed, blockStart + begin / 4096, lane);
    }
    for (uint64_t i = begin; i < std::min<uint64_t>(begin + 4096, length); ++i) {
      out[i] = uniformFrom<T>(lanes[(i - begin) % 16]);
    }
  }
  return out;
}

constexpr uint64_t kRandomLengths[] = {0, 1, 15, 16, 17, 31, 32, 33, 4095, 4096, 4097, 8192, 70001, 200003};

template <class T>
void checkUniform(uint64_t length, uint32_t seed, uint64_t blockStart) {
  const std::vector<T> expected = plainUniform<T>(length, seed, blockStart);
  forEverySet([&](const KernelSet& set) {
    std::vector<T> out(length, T{7});
    set.randomUniform({kTypeOf<T>, out.data(), length, seed, blockStart, 0, 0});
    CHECK(isSameBits(out, expected));
  });
  for (const uint32_t threads : kThreadCounts) {
    std::vector<T> out(length, T{7});
    KernelCall call = callOf(threads, {viewOf(out)}, {static_cast<double>(seed), static_cast<double>(blockStart)});
    CHECK(run("randomUniform", call).isOk());
    CHECK(isSameBits(out, expected));
  }
}

TEST(drawsUniformNumbersAsDefined) {
  useThreads();
  for (const uint64_t length : kRandomLengths) {
    checkUniform<double>(length, 42, 0);
    checkUniform<float>(length, 0xffffffffu, uint64_t{3} << 31);
  }
}

/** A pair with the library's functions. */
void plainPair(Lane& lane, double* first, double* second) {
  const uint32_t a = lane.next();
  const uint32_t b = lane.next();
  const uint32_t c = lane.next();
  const double u = (static_cast<double>(a >> 5) * 0x1p26 + (b >> 6) + 1) * 0x1p-53;
  const double radius = std::sqrt(-2 * std::log(u));
  const double angle =
      ((static_cast<double>(c & 0x3fffffffu) * 64 + (b & 63) + 0.5) * 0x1p-36 - 0.5) * 1.57079632679489661923;
  const double sign = (c >> 30 & 1) != 0 ? -1 : 1;
  const double x = sign * radius * std::cos(angle);
  const double y = sign * radius * std::sin(angle);
  *first = c >> 31 != 0 ? y : x;
  *second = c >> 31 != 0 ? x : y;
}

/** Up to rounding: the error of a few units in the last place of each function. */
bool isNear(double value, double expected) { return std::abs(value - expected) <= 4e-15 * (std::abs(expected) + 1e-3); }

TEST(drawsNormalNumbersAsDefined) {
  constexpr uint64_t kLength = 4096 + 100;
  forEverySet([&](const KernelSet& set) {
    std::vector<double> out(kLength);
    set.randomNormal({ElementType::f64, out.data(), kLength, 7, 5, 0, 1});
    for (uint64_t begin = 0; begin < kLength; begin += 4096) {
      for (uint32_t l = 0; l < 16; ++l) {
        Lane lane(0xa54ff53au, 0x510e527fu, 7, 5 + begin / 4096, l);
        for (uint64_t i = begin + l; i + 16 < std::min(begin + 4096, kLength); i += 32) {
          double first;
          double second;
          plainPair(lane, &first, &second);
          CHECK(isNear(out[i], first) && isNear(out[i + 16], second));
        }
      }
    }
  });
}

template <class T>
void checkNormal(uint64_t length, double mean, double deviation) {
  std::vector<T> expected;
  forEverySet([&](const KernelSet& set) {
    std::vector<T> out(length, T{7});
    set.randomNormal({kTypeOf<T>, out.data(), length, 3, 9, mean, deviation});
    if (set.level == SimdLevel::kBaseline) expected = out;
    CHECK(isSameBits(out, expected));
  });
  for (const uint32_t threads : kThreadCounts) {
    std::vector<T> out(length, T{7});
    KernelCall call = callOf(threads, {viewOf(out)}, {3, 9, mean, deviation});
    CHECK(run("randomNormal", call).isOk());
    CHECK(isSameBits(out, expected));
  }
}

TEST(everySetDrawsTheSameNormalNumbers) {
  useThreads();
  for (const uint64_t length : kRandomLengths) {
    checkNormal<double>(length, 0, 1);
    checkNormal<double>(length, -1e10, 0.1);
    checkNormal<float>(length, 0.5, 3);
  }
}

TEST(floatsAreRoundedNormalDoubles) {
  std::vector<double> doubles(5000);
  std::vector<float> floats(5000);
  KernelCall call = callOf(1, {viewOf(doubles)}, {1, 2, 0.25, 1.5});
  KernelCall rounded = callOf(1, {viewOf(floats)}, {1, 2, 0.25, 1.5});
  CHECK(run("randomNormal", call).isOk() && run("randomNormal", rounded).isOk());
  for (uint64_t i = 0; i < 5000; ++i) CHECK(floats[i] == static_cast<float>(doubles[i]));
}

TEST(partsOfAnArrayMakeTheWhole) {
  useThreads();
  for (const char* const kernel : {"randomUniform", "randomNormal"}) {
    std::vector<double> whole(5 * kRandomBlock + 77);
    KernelCall call = callOf(3, {viewOf(whole)}, {11, 4, 0, 1});
    CHECK(run(kernel, call).isOk());
    std::vector<double> parts(whole.size());
    for (const uint64_t block : {0u, 2u, 3u}) {
      const uint64_t end = block == 0 ? 2 * kRandomBlock : block == 2 ? 3 * kRandomBlock : whole.size();
      ArrayArg part{parts.data() + block * kRandomBlock, end - block * kRandomBlock, ElementType::f64};
      KernelCall partly = callOf(2, {part}, {11, 4 + static_cast<double>(block), 0, 1});
      CHECK(run(kernel, partly).isOk());
    }
    CHECK(isSameBits(parts, whole));
  }
}

TEST(cancelledRandomKernelsSaySo) {
  useThreads();
  std::vector<double> out(300000);
  std::atomic<uint32_t> cancel{1};
  for (const uint32_t threads : {1u, 4u}) {
    for (const char* const kernel : {"randomUniform", "randomNormal"}) {
      KernelCall call = callOf(threads, {viewOf(out)}, {1, 0, 0, 1});
      call.run.cancel = &cancel;
      CHECK(run(kernel, call).code == StatusCode::kCancelled);
    }
  }
}

TEST(badRandomArgumentsAreRefused) {
  const double nan = std::nan("");
  std::vector<double> out(12);
  std::vector<int32_t> whole(12);
  CHECK(isRefused("randomUniform", "out", callOf(1, {viewOf(whole)}, {1, 0})));
  CHECK(isRefused("randomUniform", "seed", callOf(1, {viewOf(out)}, {-1, 0})));
  CHECK(isRefused("randomUniform", "seed", callOf(1, {viewOf(out)}, {4294967296.0, 0})));
  CHECK(isRefused("randomUniform", "blockStart", callOf(1, {viewOf(out)}, {1, 1099511627777.0})));
  CHECK(isRefused("randomNormal", "out", callOf(1, {viewOf(whole)}, {1, 0, 0, 1})));
  CHECK(isRefused("randomNormal", "seed", callOf(1, {viewOf(out)}, {nan, 0, 0, 1})));
  CHECK(isRefused("randomNormal", "blockStart", callOf(1, {viewOf(out)}, {1, 0.5, 0, 1})));
  CHECK(isRefused("randomNormal", "mean", callOf(1, {viewOf(out)}, {1, 0, nan, 1})));
  CHECK(isRefused("randomNormal", "deviation", callOf(1, {viewOf(out)}, {1, 0, 0, -1})));
  CHECK(isRefused("randomNormal", "deviation", callOf(1, {viewOf(out)}, {1, 0, 0, nan})));
}

}  // namespace
}  // namespace heddle
