// The sort of every instruction set that this processor has, against std::sort: each length up to more than a leaf,
// what is hard for quicksorts, and that nothing outside of the array and its scratch is written.
#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <thread>
#include <type_traits>
#include <vector>

#include "check.h"
#include "kernels/kernel_table.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

std::mt19937_64 generator(20240611);  // fixed: a failure repeats

template <class T>
using KeyOf = std::conditional_t<sizeof(T) == 8, int64_t, int32_t>;

template <class T>
const VectorSort<KeyOf<T>>& sorterOf(const KernelSet& set) {
  if constexpr (std::is_same_v<T, double>) return set.sortF64;
  if constexpr (std::is_same_v<T, float>) return set.sortF32;
  if constexpr (std::is_same_v<T, int32_t>) return set.sortI32;
  if constexpr (std::is_same_v<T, uint32_t>) return set.sortU32;
}

/** By value, -0 before +0, NaN last. */
template <class T>
bool isBefore(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (a != a || b != b) return a == a && b != b;
    if (a == b) return std::signbit(a) && !std::signbit(b);
  }
  return a < b;
}

template <class T>
bool isSame(T a, T b) {
  return std::memcmp(&a, &b, sizeof(T)) == 0 || (a != a && b != b);
}

std::atomic<int> radixCalls{0};

template <class K>
void sortInstead(K* keys, K* other, uint64_t count, bool isWantedInOther) {
  radixCalls.fetch_add(1);
  std::sort(keys, keys + count);
  if (isWantedInOther) std::memcpy(other, keys, count * sizeof(K));
}

constexpr int kFence = 64;  // elements before and behind

/** Sorts a copy by the set's own function, between fences. */
template <class T>
bool isSortedBy(const KernelSet& set, const std::vector<T>& array) {
  using K = KeyOf<T>;
  const VectorSort<K>& sorter = sorterOf<T>(set);
  const K fence = static_cast<K>(0x5a5a5a5a5a5a5a5a);
  const uint64_t count = array.size();
  std::vector<K> keys(count + 2 * kFence, fence);
  std::vector<K> scratch(count + 2 * kFence, fence);
  if (count != 0) std::memcpy(keys.data() + kFence, array.data(), count * sizeof(T));
  sorter.sortElements(keys.data() + kFence, scratch.data() + kFence, count, sortInstead<K>);
  for (int i = 0; i < kFence; ++i) {
    if (keys[i] != fence || keys[kFence + count + i] != fence) return false;
    if (scratch[i] != fence || scratch[kFence + count + i] != fence) return false;
  }
  std::vector<T> expected = array;
  std::sort(expected.begin(), expected.end(), isBefore<T>);
  for (uint64_t i = 0; i < count; ++i) {
    if (!isSame(std::bit_cast<T>(keys[kFence + i]), expected[i])) return false;
  }
  return true;
}

constexpr int kPatterns = 11;

template <class T>
std::vector<T> patternOf(int pattern, uint64_t count) {
  using Limits = std::numeric_limits<T>;
  const T special[] = {Limits::max(),         Limits::lowest(),    T(0),
                       static_cast<T>(-T(0)), Limits::infinity(),  static_cast<T>(-Limits::infinity()),
                       Limits::denorm_min(),  Limits::quiet_NaN(), static_cast<T>(-Limits::quiet_NaN())};
  std::vector<T> array(count);
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t random = generator();
    switch (pattern) {
      case 0:  // any bits, NaN among them
        std::memcpy(&array[i], &random, sizeof(T));
        break;
      case 1:
        array[i] = static_cast<T>(random % 5);
        break;
      case 2:
        array[i] = static_cast<T>(i);
        break;
      case 3:
        array[i] = static_cast<T>(count - i);
        break;
      case 4:  // up, then down
        array[i] = static_cast<T>(std::min(i, count - i));
        break;
      case 5:
        array[i] = T(7);
        break;
      case 6:  // mostly the same
        array[i] = random % 10 != 0 ? T(300) : static_cast<T>(random % 1000);
        break;
      case 7:
        array[i] = special[random % (Limits::is_integer ? 4 : 9)];
        break;
      case 8:  // the greatest key alone
        array[i] = Limits::is_integer ? Limits::max() : static_cast<T>(-Limits::quiet_NaN());
        break;
      case 9:  // saw teeth
        array[i] = static_cast<T>(i % 100);
        break;
      default:  // sorted but for the end
        array[i] = i + 5 < count ? static_cast<T>(i) : static_cast<T>(random % 100);
    }
  }
  return array;
}

template <class Check>
void onEverySet(Check check) {
  for (const SimdLevel level : {SimdLevel::kAvx2, SimdLevel::kAvx512}) {
    const KernelSet* const set = kernelSetOf(level);
    if (set != nullptr && set->sortF64.sortElements != nullptr) check(*set);
  }
}

template <class T>
void checkPatterns(const KernelSet& set) {
  for (int pattern = 0; pattern < kPatterns; ++pattern) {
    for (uint64_t count = 0; count <= 300; ++count) {
      CHECK(isSortedBy(set, patternOf<T>(pattern, count)));
    }
    for (const uint64_t count : {513u, 1000u, 4097u, 20001u}) {
      CHECK(isSortedBy(set, patternOf<T>(pattern, count)));
    }
  }
}

TEST(vectorSortsSortEveryPatternAndLength) {
  onEverySet([](const KernelSet& set) {
    checkPatterns<double>(set);
    checkPatterns<float>(set);
    checkPatterns<int32_t>(set);
    checkPatterns<uint32_t>(set);
  });
}

/**
 * An array against the quicksort: where it will look for pivots lie the least keys that remain, so that each cut takes
 * but a few. Follows the rule in sort_simd.h; cuts keep the order of the keys that are not below the pivot.
 */
std::vector<int32_t> killerOf(uint64_t count, uint64_t lanes, uint64_t leafMax) {
  constexpr int32_t kOpen = std::numeric_limits<int32_t>::max();
  std::vector<int32_t> array(count, kOpen);
  std::vector<uint64_t> remaining(count);
  for (uint64_t i = 0; i < count; ++i) remaining[i] = i;
  int32_t next = 0;
  while (remaining.size() >= 16 * leafMax && next < static_cast<int32_t>(count / 2)) {
    const uint64_t step = (remaining.size() - lanes) / 10;
    std::vector<int32_t> medians(lanes);
    for (uint64_t lane = 0; lane < lanes; ++lane) {
      const auto at = [&](uint64_t place) {
        int32_t& key = array[remaining[place * step + lane]];
        if (key == kOpen) key = next++;
        return key;
      };
      const auto median = [](int32_t a, int32_t b, int32_t c) {
        return std::max(std::min(a, b), std::min(std::max(a, b), c));
      };
      const int32_t first = median(at(1), at(5), at(9));
      const int32_t second = median(at(0), at(4), at(7));
      medians[lane] = median(first, second, median(at(2), at(6), at(10)));
    }
    std::sort(medians.begin(), medians.end());
    const int32_t pivot = medians[lanes / 2];
    std::erase_if(remaining, [&](uint64_t i) { return array[i] < pivot; });
  }
  for (const uint64_t i : remaining) {
    if (array[i] == kOpen) array[i] = next++;
  }
  return array;
}

TEST(vectorSortsGiveUpOnWhatIsMadeAgainstThem) {
  onEverySet([](const KernelSet& set) {
    const bool isWide = set.level == SimdLevel::kAvx512;
    const uint64_t lanes = isWide ? 16 : 8;
    const std::vector<int32_t> array = killerOf(100000, lanes, lanes * (isWide ? 16 : 8));
    const int before = radixCalls.load();
    CHECK(isSortedBy(set, array));
    CHECK(radixCalls.load() > before);
  });
}

/** Counts and deals i32 elements, which are their own keys, and compares with the plain way; no part may be left. */
void checkSplit(const KernelSet& set, int parts, uint64_t count) {
  constexpr int32_t kGuard = 0x5a5a5a5a;
  const std::vector<int32_t> array = patternOf<int32_t>(parts % 2 == 0 ? 0 : 6, count);
  std::vector<int32_t> bounds(static_cast<size_t>(parts) - 1);
  for (int32_t& bound : bounds) bound = static_cast<int32_t>(generator());
  std::sort(bounds.begin(), bounds.end());
  bounds[0] = bounds[1];  // a part without elements
  std::vector<std::vector<int32_t>> expected(static_cast<size_t>(parts));
  for (const int32_t key : array) {
    expected[static_cast<size_t>(std::upper_bound(bounds.begin(), bounds.end(), key) - bounds.begin())].push_back(key);
  }
  uint32_t counts[kSortPartsMax];
  set.sortI32.countParts(array.data(), count, bounds.data(), parts, counts);
  // Parts lie one behind the other, so that a store beyond a part's end harms the next one.
  std::vector<int32_t> dealt(count + kFence, kGuard);
  int32_t* to[kSortPartsMax];
  int32_t* ends[kSortPartsMax];
  uint64_t at = 0;
  for (int part = 0; part < parts; ++part) {
    CHECK(counts[part] == expected[static_cast<size_t>(part)].size());
    to[part] = dealt.data() + at;
    at += counts[part];
    ends[part] = dealt.data() + at;
  }
  set.sortI32.dealParts(array.data(), count, bounds.data(), parts, to, ends);
  std::vector<int32_t> inOrder;
  for (const auto& part : expected) inOrder.insert(inOrder.end(), part.begin(), part.end());
  inOrder.resize(count + kFence, kGuard);
  CHECK(dealt == inOrder);
}

TEST(vectorSortsSplitIntoAnyNumberOfParts) {
  onEverySet([](const KernelSet& set) {
    for (int parts = 4; parts <= kSortPartsMax; parts *= 2) {
      for (const uint64_t count : {0, 1, 7, 8, 15, 16, 17, 31, 33, 1000, 4099}) checkSplit(set, parts, count);
    }
  });
}

template <class T>
void checkLarge(ElementType type) {
  for (int pattern = 0; pattern < kPatterns; ++pattern) {
    const std::vector<T> array = patternOf<T>(pattern, 300007);
    std::vector<T> expected = array;
    std::sort(expected.begin(), expected.end(), isBefore<T>);
    for (const uint32_t threads : {1u, 2u, 3u, 8u, 16u}) {
      std::vector<T> sorted = array;
      KernelCall call;
      call.run = RunContext{threads};
      call.arrays[0] = {sorted.data(), sorted.size(), type};
      const KernelTable& table = kernelTable();
      const auto* const entry = std::find_if(table.entries, table.entries + table.count,
                                             [](const KernelEntry& e) { return std::strcmp(e.name, "sort") == 0; });
      CHECK(entry->function(call).isOk());
      CHECK(std::equal(sorted.begin(), sorted.end(), expected.begin(), isSame<T>));
    }
  }
}

TEST(sortsOnAnyNumberOfThreads) {
  ThreadPool::instance().setThreads(16);
  checkLarge<double>(ElementType::f64);
  checkLarge<float>(ElementType::f32);
  checkLarge<int32_t>(ElementType::i32);
  checkLarge<uint32_t>(ElementType::u32);
}

TEST(sortsAMillion) {
  ThreadPool::instance().setThreads(8);
  for (const uint32_t threads : {1u, 2u, 3u, 8u}) {
    std::vector<double> array = patternOf<double>(0, 1000003);
    std::vector<double> expected = array;
    std::sort(expected.begin(), expected.end(), isBefore<double>);
    KernelCall call;
    call.run = RunContext{threads};
    call.arrays[0] = {array.data(), array.size(), ElementType::f64};
    const KernelTable& table = kernelTable();
    for (int i = 0; i < table.count; ++i) {
      if (std::strcmp(table.entries[i].name, "sort") == 0) CHECK(table.entries[i].function(call).isOk());
    }
    CHECK(std::equal(array.begin(), array.end(), expected.begin(), isSame<double>));
  }
}

// What the test does is a data race, as a program's with its shared arrays may be; ThreadSanitizer would say so.
#if !defined(__SANITIZE_THREAD__)
template <class T>
void checkRace(ElementType type) {
  const uint64_t count = 200003;
  std::vector<T> array = patternOf<T>(0, count);
  const std::vector<T> others = patternOf<T>(6, count);
  std::atomic<bool> isOver{false};
  std::thread writer([&] {
    std::mt19937_64 random(7);
    while (!isOver.load(std::memory_order_relaxed)) {
      // At places all over, so that every step meets keys that it hasn't counted.
      const uint64_t at = random() % count;
      static_cast<volatile T*>(array.data())[at] = others[random() % count];
    }
  });
  for (int round = 0; round < 40; ++round) {
    KernelCall call;
    call.run = RunContext{round % 2 == 0 ? 1u : 8u};
    call.arrays[0] = {array.data(), array.size(), type};
    const KernelTable& table = kernelTable();
    const auto* const entry = std::find_if(table.entries, table.entries + table.count,
                                           [](const KernelEntry& e) { return std::strcmp(e.name, "sort") == 0; });
    CHECK(entry->function(call).isOk());
  }
  isOver.store(true);
  writer.join();
}

TEST(sortsSurviveWritersMeanwhile) {
  ThreadPool::instance().setThreads(8);
  checkRace<double>(ElementType::f64);
  checkRace<float>(ElementType::f32);
  checkRace<int32_t>(ElementType::i32);
  checkRace<uint32_t>(ElementType::u32);
}
#endif

}  // namespace
}  // namespace heddle
