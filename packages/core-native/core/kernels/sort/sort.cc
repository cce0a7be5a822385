// Ascending sort in place: a radix sort from the most significant differing bits down.
//
// Elements are read as unsigned keys whose order is the wanted one (sign bit flipped for integers; for floats negative
// numbers inverted, every NaN made the greatest key). One step cuts a range into buckets by the highest bits in which
// its keys differ: count, then scatter to the other buffer. Buckets are sorted the same way, small ones by insertion.
// Taking differing bits only makes the steps independent of where the keys lie: equal exponents cost nothing.
// Large ranges are cut by all threads together, then their buckets are handed out; a bucket that is still large is cut
// by all threads again, so that skewed data is shared out as well. Equal keys are equal bits: stability doesn't show.
#include <algorithm>
#include <bit>
#include <cstring>

#include "base/scratch.h"
#include "kernels/kernel.h"

namespace heddle {
namespace {

constexpr uint64_t kInsertionMax = 24;
constexpr int kDigitBitsMax = 11;  // 2,048 buckets: their counters and open lines fit the first two caches
constexpr uint64_t kBucketsMax = uint64_t{1} << kDigitBitsMax;
constexpr int kSpareBits = 2;            // digits are sized for buckets of about 4 elements
constexpr uint64_t kChunk = 1 << 15;     // elements per chunk of a shared step
constexpr uint64_t kShareMin = 1 << 16;  // ranges from here on are cut by all threads together
constexpr uint64_t kChunksMax = 128;     // counters of a shared step: 128 x 2,048 x 4 bytes = 1 MiB
constexpr uint64_t kBucketsPerChunk = 8;

template <class Key>
struct Aliased {
  typedef Key Type __attribute__((may_alias));  // elements are read as keys in place
};

// How the elements of a type become keys, and keys elements.
struct FromU32 {
  using Key = uint32_t;
  static Key toKey(Key bits) { return bits; }
  static Key toBits(Key key) { return key; }
};
struct FromI32 {
  using Key = uint32_t;
  static Key toKey(Key bits) { return bits ^ 0x80000000u; }
  static Key toBits(Key key) { return key ^ 0x80000000u; }
};
template <class KeyType, KeyType kInfinity, KeyType kNan>
struct FromFloat {
  using Key = KeyType;
  static constexpr Key kSign = Key{1} << (sizeof(Key) * 8 - 1);
  static Key toKey(Key bits) {
    bits = (bits & ~kSign) > kInfinity ? kNan : bits;
    return (bits & kSign) != 0 ? ~bits : bits | kSign;
  }
  static Key toBits(Key key) { return (key & kSign) != 0 ? key ^ kSign : ~key; }
};
using FromF64 = FromFloat<uint64_t, 0x7ff0000000000000u, 0x7ff8000000000000u>;
using FromF32 = FromFloat<uint32_t, 0x7f800000u, 0x7fc00000u>;

/** The digit that cuts a range of `count` keys whose differing bits are those of `differing` (not 0). */
struct Digit {
  int shift;
  uint64_t mask;

  Digit(uint64_t differing, uint64_t count) {
    const int top = 64 - std::countl_zero(differing);
    const int wanted = std::bit_width(count) - 1 - kSpareBits;
    const int bits = std::min(top, std::clamp(wanted, 3, kDigitBitsMax));
    shift = top - bits;
    mask = (uint64_t{1} << bits) - 1;
  }
  template <class Key>
  uint64_t of(Key key) const {
    return static_cast<uint64_t>(key) >> shift & mask;
  }
  uint64_t buckets() const { return mask + 1; }
};

template <class Key>
void insertionSort(Key* keys, uint64_t count) {
  for (uint64_t i = 1; i < count; ++i) {
    const Key key = keys[i];
    uint64_t at = i;
    for (; at > 0 && keys[at - 1] > key; --at) keys[at] = keys[at - 1];
    keys[at] = key;
  }
}

/**
 * Sorts count <= 8 keys by a network without branches: in what order random keys lie can't be predicted, and a
 * mispredicted branch costs as much as half the network. Reads eight keys, writes eight: what lies behind `count` is
 * put back as it was in `to`.
 */
template <class Key>
void sortEight(const Key* from, Key* to, uint64_t count) {
  constexpr int kPairs[19][2] = {{0, 2}, {1, 3}, {4, 6}, {5, 7}, {0, 4}, {1, 5}, {2, 6}, {3, 7}, {0, 1}, {2, 3},
                                 {4, 5}, {6, 7}, {2, 4}, {3, 5}, {1, 4}, {3, 6}, {1, 2}, {3, 4}, {5, 6}};
  Key keys[8];
#pragma GCC unroll 8
  for (uint64_t i = 0; i < 8; ++i) keys[i] = i < count ? from[i] : static_cast<Key>(~Key{0});
#pragma GCC unroll 19
  for (const auto& [low, high] : kPairs) {
    const Key a = keys[low];
    const Key b = keys[high];
    keys[low] = a < b ? a : b;
    keys[high] = a < b ? b : a;
  }
#pragma GCC unroll 8
  for (uint64_t i = 0; i < 8; ++i) to[i] = i < count ? keys[i] : to[i];
}

/**
 * Sorts keys[0..count) on one thread, using other[0..count); the result is in `keys` or, if wanted, in `other`. `room`
 * is how many elements from `keys` (and `other`) on belong to this thread.
 */
template <class Key>
void sortAlone(Key* keys, Key* other, uint64_t count, uint64_t room, bool isWantedInOther) {
  if (count <= 8 && room >= 8) return sortEight(keys, isWantedInOther ? other : keys, count);
  const auto deliver = [&] {
    if (isWantedInOther) std::memcpy(other, keys, count * sizeof(Key));
  };
  if (count <= kInsertionMax) {
    insertionSort(keys, count);
    return deliver();
  }
  Key all = keys[0];
  Key any = keys[0];
  for (uint64_t i = 1; i < count; ++i) {
    all &= keys[i];
    any |= keys[i];
  }
  if (all == any) return deliver();
  const Digit digit(static_cast<uint64_t>(all ^ any), count);
  // Depth of recursion: each step takes 3 bits or more off 64, so at most 22 of these arrays of at most 8 KiB, and a
  // range of few elements has a short one.
  uint32_t ends[kBucketsMax];
  std::memset(ends, 0, digit.buckets() * sizeof(uint32_t));
  for (uint64_t i = 0; i < count; ++i) ++ends[digit.of(keys[i])];
  uint32_t begin = 0;
  for (uint64_t bucket = 0; bucket < digit.buckets(); ++bucket) {
    const uint32_t length = ends[bucket];
    ends[bucket] = begin;
    begin += length;
  }
  for (uint64_t i = 0; i < count; ++i) other[ends[digit.of(keys[i])]++] = keys[i];
  uint64_t at = 0;
  for (uint64_t bucket = 0; bucket < digit.buckets(); ++bucket) {
    const uint64_t length = ends[bucket] - at;
    if (length != 0) sortAlone(other + at, keys + at, length, room - at, !isWantedInOther);
    at = ends[bucket];
  }
}

/** One sort of one array: the array as keys, scratch of the same length, and the counters of shared steps. */
template <class From>
class Sorter {
 public:
  using Key = typename From::Key;
  using Element = typename Aliased<Key>::Type;

  Sorter(const RunContext& run, Element* array, uint64_t count) : run_(run), array_(array), count_(count) {}

  Status sort() {
    if (count_ < 2) return Status::ok();
    scratch_ = scratchMemory_.tryArray<Element>(count_);
    if (scratch_ == nullptr) return Status::noMemory();
    return count_ < kShareMin ? sortSmall() : sortShared();
  }

 private:
  struct Range {
    uint64_t begin;
    uint64_t count;
    bool isInScratch;
    bool isRaw;  // elements still, not keys
  };

  Status sortSmall() {
    for (uint64_t i = 0; i < count_; ++i) scratch_[i] = From::toKey(array_[i]);
    sortAlone<Element>(scratch_, array_, count_, count_, true);
    toElements(0, count_);
    return Status::ok();
  }

  void toElements(uint64_t begin, uint64_t count) {
    for (uint64_t i = begin; i < begin + count; ++i) array_[i] = From::toBits(array_[i]);
  }

  Status sortShared() {
    // Ranges to cut by all threads. A cut leaves fewer than `largeParts` ranges of at least count / largeParts, and
    // each range is cut at most as often as its keys have digits, so the list has an end.
    constexpr int kRangesMax = 256;
    Range ranges[kRangesMax];
    int open = 0;
    ranges[open++] = {0, count_, false, true};
    const uint64_t large = std::max<uint64_t>(kShareMin, count_ / 16);
    counters_ = countersMemory_.tryArray<uint32_t>(kChunksMax * kBucketsMax);
    if (counters_ == nullptr) return Status::noMemory();
    while (open > 0) {
      const Range range = ranges[--open];
      uint64_t ends[kBucketsMax];
      uint64_t buckets;
      bool isUniform;
      if (!cut(range, ends, &buckets, &isUniform)) return Status::cancelled();
      if (isUniform) continue;
      // Large buckets wait for their own cut; the others are sorted now, where the cut has put them.
      bool isLeftOut[kBucketsMax];
      for (uint64_t bucket = 0; bucket < buckets; ++bucket) {
        const uint64_t begin = bucket == 0 ? range.begin : ends[bucket - 1];
        const uint64_t length = ends[bucket] - begin;
        isLeftOut[bucket] = length >= large && open < kRangesMax;
        if (isLeftOut[bucket]) ranges[open++] = {begin, length, !range.isInScratch, false};
      }
      const bool isDone = parallelFor(run_, buckets, kBucketsPerChunk, [&](uint64_t first, uint64_t last, uint32_t) {
        for (uint64_t bucket = first; bucket < last; ++bucket) {
          const uint64_t begin = bucket == 0 ? range.begin : ends[bucket - 1];
          if (!isLeftOut[bucket]) finish(begin, ends[bucket] - begin, !range.isInScratch);
        }
      });
      if (!isDone) return Status::cancelled();
    }
    return Status::ok();
  }

  /** Sorts keys that lie in one of the buffers and leaves them in the array as elements. */
  void finish(uint64_t begin, uint64_t count, bool isInScratch) {
    if (count == 0) return;
    Element* const keys = (isInScratch ? scratch_ : array_) + begin;
    Element* const other = (isInScratch ? array_ : scratch_) + begin;
    sortAlone<Element>(keys, other, count, count, isInScratch);
    toElements(begin, count);
  }

  /**
   * Cuts a range by all threads into the other buffer; `ends` are the buckets' ends, absolute. A range of equal keys is
   * finished instead. False when cancelled.
   */
  bool cut(const Range& range, uint64_t* ends, uint64_t* buckets, bool* isUniform) {
    Element* const from = (range.isInScratch ? scratch_ : array_) + range.begin;
    Element* const to = (range.isInScratch ? array_ : scratch_) + range.begin;
    const auto keyAt = [&](uint64_t i) -> Key { return range.isRaw ? From::toKey(from[i]) : Key{from[i]}; };
    const uint64_t chunk = std::max(kChunk, (range.count + kChunksMax - 1) / kChunksMax);
    const uint64_t chunks = (range.count + chunk - 1) / chunk;
    struct Bits {
      Key all;
      Key any;
    };
    Bits bits[kChunksMax];
    if (!parallelFor(run_, range.count, chunk, [&](uint64_t begin, uint64_t end, uint32_t) {
          Key all = ~Key{0};
          Key any = 0;
          for (uint64_t i = begin; i < end; ++i) {
            const Key key = keyAt(i);
            all &= key;
            any |= key;
          }
          bits[begin / chunk] = {all, any};
        })) {
      return false;
    }
    Key all = bits[0].all;
    Key any = bits[0].any;
    for (uint64_t c = 1; c < chunks; ++c) {
      all &= bits[c].all;
      any |= bits[c].any;
    }
    *isUniform = all == any;
    if (*isUniform) {
      for (uint64_t i = range.begin; i < range.begin + range.count; ++i) array_[i] = From::toBits(all);
      return true;
    }
    const Digit digit(static_cast<uint64_t>(all ^ any), range.count);
    *buckets = digit.buckets();
    if (!parallelFor(run_, range.count, chunk, [&](uint64_t begin, uint64_t end, uint32_t) {
          uint32_t* const counts = counters_ + begin / chunk * kBucketsMax;
          std::memset(counts, 0, *buckets * sizeof(uint32_t));
          for (uint64_t i = begin; i < end; ++i) ++counts[digit.of(keyAt(i))];
        })) {
      return false;
    }
    // A chunk's keys of a bucket go behind those of the chunks before it. Offsets are within the bucket, so that they
    // fit 32 bits with the bucket's begin added apart.
    uint64_t begin = range.begin;
    for (uint64_t bucket = 0; bucket < *buckets; ++bucket) {
      uint64_t length = 0;
      for (uint64_t c = 0; c < chunks; ++c) {
        uint32_t* const count = counters_ + c * kBucketsMax + bucket;
        const uint32_t mine = *count;
        *count = static_cast<uint32_t>(length);
        length += mine;
      }
      begin += length;
      ends[bucket] = begin;
    }
    return parallelFor(run_, range.count, chunk, [&](uint64_t first, uint64_t last, uint32_t) {
      const uint32_t* const offsets = counters_ + first / chunk * kBucketsMax;
      Element* next[kBucketsMax];
      for (uint64_t bucket = 0; bucket < *buckets; ++bucket) {
        next[bucket] = to + ((bucket == 0 ? range.begin : ends[bucket - 1]) - range.begin) + offsets[bucket];
      }
      for (uint64_t i = first; i < last; ++i) {
        const Key key = keyAt(i);
        *next[digit.of(key)]++ = key;
      }
    });
  }

  const RunContext run_;
  Element* const array_;
  const uint64_t count_;
  Scratch scratchMemory_;
  Element* scratch_ = nullptr;
  Scratch countersMemory_;
  uint32_t* counters_ = nullptr;
};

template <class From>
Status sortArray(const KernelCall& call) {
  using Element = typename Sorter<From>::Element;
  return Sorter<From>(call.run, static_cast<Element*>(call.arrays[0].data), call.arrays[0].length).sort();
}

}  // namespace

Status sortKernel(KernelCall& call) {
  // Counters and offsets are 32 bits wide.
  if (call.arrays[0].length > UINT32_MAX) return Status::wrongRange("x", "have at most 2^32 - 1 elements");
  switch (call.arrays[0].type) {
    case ElementType::f64:
      return sortArray<FromF64>(call);
    case ElementType::f32:
      return sortArray<FromF32>(call);
    case ElementType::i32:
      return sortArray<FromI32>(call);
    default:
      return sortArray<FromU32>(call);
  }
}

}  // namespace heddle
