// Ascending sort in place. Keys are signed integers whose order is the wanted one: i32 as it is, u32 with the sign bit
// flipped, floats with the other bits of negative numbers inverted and every NaN made the greatest key. Equal keys are
// equal bits: stability doesn't show.
//
// Where the instruction set has a quicksort by vectors (sort_simd.h), a large array is cut into parts by all threads,
// at bounds out of a sample: count per chunk and part, then deal to the scratch, each chunk behind the one before it.
// The parts are handed out; each is sorted from the scratch into the array.
//
// Elsewhere, and for ranges on which quicksort fails, a radix sort from the most significant differing bits down. One
// step cuts a range into buckets by the highest bits in which its keys differ: count, then scatter to the other buffer.
// Buckets are cut again until a network or insertion can sort them. Taking differing bits only makes the steps
// independent of where the keys lie: equal exponents cost nothing. Large ranges are cut by all threads together, then
// their buckets are handed out; a bucket that is still large is cut by all threads again, so that skewed data is shared
// out as well.
//
// Somebody may write to a shared array meanwhile: the order is lost then, and nothing else. No key read twice is taken
// for the same, so every place computed from one is held within the buffers, and every loop that keys could keep going
// has an end of its own.
#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/scratch.h"
#include "kernels/kernel.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

constexpr uint64_t kScalarMax = 24;  // keys that insertion sorts
constexpr int kDigitBitsMax = 11;    // 2,048 buckets: their counters and open lines fit the first two caches
constexpr uint64_t kBucketsMax = uint64_t{1} << kDigitBitsMax;
constexpr uint64_t kChunk = 1 << 15;     // elements per chunk of a shared step
constexpr uint64_t kShareMin = 1 << 16;  // ranges from here on are cut by all threads together
constexpr uint64_t kPartMax = 1 << 24;   // elements a part should have at most
constexpr uint64_t kAloneMax = 1 << 22;  // from here on one thread too works in parts, so that a flag can stop it
constexpr uint64_t kChunksMax = 128;     // counters of a shared step: 128 x 2,048 x 4 bytes = 1 MiB
constexpr uint64_t kBucketsPerChunk = 8;

// How the elements of a type become keys, and keys elements. toKey is its own inverse but for NaN.
template <class KeyType, KeyType kFlipped>
struct FromInteger {
  using Key = KeyType;
  static Key toKey(Key bits) { return bits ^ kFlipped; }
  static Key toBits(Key key) { return key ^ kFlipped; }
};
template <class KeyType, KeyType kInfinity, KeyType kNan>
struct FromFloat {
  using Key = KeyType;
  static constexpr Key kMagnitude = std::numeric_limits<Key>::max();
  static Key toBits(Key key) { return key ^ (key < 0 ? kMagnitude : 0); }
  static Key toKey(Key bits) { return toBits((bits & kMagnitude) > kInfinity ? kNan : bits); }
};
using FromI32 = FromInteger<int32_t, 0>;
using FromU32 = FromInteger<int32_t, std::numeric_limits<int32_t>::min()>;
using FromF64 = FromFloat<int64_t, 0x7ff0000000000000, 0x7ff8000000000000>;
using FromF32 = FromFloat<int32_t, 0x7f800000, 0x7fc00000>;

/** The bits in which keys differ, out of the conjunction and the disjunction of all. */
template <class Key>
uint64_t differingBits(Key all, Key any) {
  return static_cast<std::make_unsigned_t<Key>>(all ^ any);
}

/** Takes the digit that cuts a range: the highest differing bits, as many as make buckets of a good size. */
template <class Key>
class Digit {
 public:
  /** `differing` is not 0; `spareBits` is the logarithm of the wanted bucket size, rounded down. */
  Digit(uint64_t differing, uint64_t count, int spareBits) {
    const int top = 64 - std::countl_zero(differing);
    const int wanted = static_cast<int>(std::bit_width(count)) - 1 - spareBits;
    const int bits = std::min(top, std::clamp(wanted, 2, kDigitBitsMax));
    shift_ = top - bits;
    mask_ = (uint64_t{1} << bits) - 1;
    flip_ = (uint64_t{1} << (sizeof(Key) * 8 - 1)) >> shift_ & mask_;
  }
  /** Ascending with the key: the sign bit, if it is among the digit's, is turned. */
  uint64_t of(Key key) const {
    return (static_cast<uint64_t>(static_cast<std::make_unsigned_t<Key>>(key)) >> shift_ & mask_) ^ flip_;
  }
  uint64_t buckets() const { return mask_ + 1; }

 private:
  int shift_;
  uint64_t mask_;
  uint64_t flip_;
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
  for (uint64_t i = 0; i < 8; ++i) keys[i] = i < count ? from[i] : std::numeric_limits<Key>::max();
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

/** Steps one below the other at most: each takes 2 bits or more off 64. More come only of keys that change meanwhile.
 */
constexpr int kStepsMax = 32;

/** The bits to leave to a bucket of a radix step: buckets of at least four keys. */
constexpr int kSpareBits = 2;

/**
 * Sorts keys[0..count), using other[0..count); the result is in `keys` or, if wanted, in `other`. `room` is how many
 * elements from `keys` (and `other`) on belong to this thread.
 */
template <class Key>
void radixSort(Key* keys, Key* other, uint64_t count, uint64_t room, bool isWantedInOther, int steps = kStepsMax) {
  const auto deliver = [&] {
    if (isWantedInOther) std::memcpy(other, keys, count * sizeof(Key));
  };
  if (count <= 8 && room >= 8) return sortEight(keys, isWantedInOther ? other : keys, count);
  if (count <= kScalarMax) {
    insertionSort(keys, count);
    return deliver();
  }
  Key all = keys[0];
  Key any = keys[0];
  for (uint64_t i = 1; i < count; ++i) {
    all &= keys[i];
    any |= keys[i];
  }
  if (all == any || steps == 0) return deliver();
  const Digit<Key> digit(differingBits(all, any), count, kSpareBits);
  // At most kStepsMax of these arrays of 8 KiB, and less than that by far unless the data is made for it.
  uint32_t ends[kBucketsMax];
  std::memset(ends, 0, digit.buckets() * sizeof(uint32_t));
  for (uint64_t i = 0; i < count; ++i) ++ends[digit.of(keys[i])];
  uint32_t begin = 0;
  for (uint64_t bucket = 0; bucket < digit.buckets(); ++bucket) {
    const uint32_t length = ends[bucket];
    ends[bucket] = begin;
    begin += length;
  }
  for (uint64_t i = 0; i < count; ++i) {
    const Key key = keys[i];
    uint32_t& end = ends[digit.of(key)];
    if (end < count) other[end++] = key;
  }
  uint64_t at = 0;
  for (uint64_t bucket = 0; bucket < digit.buckets(); ++bucket) {
    if (ends[bucket] <= at) continue;
    radixSort(other + at, keys + at, ends[bucket] - at, room - at, !isWantedInOther, steps - 1);
    at = ends[bucket];
  }
}

/** The same within the range alone, for VectorSort. */
template <class Key>
void radixSortRange(Key* keys, Key* other, uint64_t count, bool isWantedInOther) {
  radixSort(keys, other, count, count, isWantedInOther);
}

/**
 * How many parts a vector sort cuts an array into: two per thread, so that threads end at about the same time, and more
 * where a part would keep its thread long from looking at the flag. Each further part costs every key a comparison.
 */
int partsFor(uint32_t threads, uint64_t count) {
  const uint64_t wanted = std::max<uint64_t>(uint64_t{threads} * 2, count / kPartMax);
  return static_cast<int>(std::clamp<uint64_t>(std::bit_ceil(wanted), 4, kSortPartsMax));
}

/** Sorts by the instruction set's quicksort: cuts a large array into parts by all threads, then hands out the parts. */
template <class From>
Status sortByVectors(const RunContext& run, const VectorSort<typename From::Key>& vectors, typename From::Key* array,
                     uint64_t count) {
  using Key = typename From::Key;
  if (count < 2) return Status::ok();
  Scratch scratchMemory;
  Key* const scratch = scratchMemory.tryArray<Key>(count);
  if (scratch == nullptr) return Status::noMemory();
  if (run.isCancelled()) return Status::cancelled();
  if (count < kShareMin || (run.threads == 1 && count < kAloneMax)) {
    vectors.sortElements(array, scratch, count, radixSortRange<Key>);
    return Status::ok();
  }
  // Bounds from a sample, taken where no simple pattern of the data would meet it.
  const int parts = partsFor(run.threads, count);
  constexpr int kSamplesPerPart = 128;
  Key samples[kSortPartsMax * kSamplesPerPart];
  const int sampled = parts * kSamplesPerPart;
  uint64_t state = count;
  for (int i = 0; i < sampled; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    samples[i] = array[(state >> 32) * count >> 32];
  }
  vectors.sortElements(samples, scratch, static_cast<uint64_t>(sampled), radixSortRange<Key>);
  Key bounds[kSortPartsMax];
  for (int part = 0; part < parts - 1; ++part) bounds[part] = From::toKey(samples[(part + 1) * kSamplesPerPart]);

  const uint64_t chunk = std::max(kChunk, (count + kChunksMax - 1) / kChunksMax);
  const uint64_t chunks = (count + chunk - 1) / chunk;
  uint32_t counts[kChunksMax][kSortPartsMax];
  if (!parallelFor(run, count, chunk, [&](uint64_t begin, uint64_t end, uint32_t) {
        vectors.countParts(array + begin, end - begin, bounds, parts, counts[begin / chunk]);
      })) {
    return Status::cancelled();
  }
  // A chunk's keys of a part go behind those of the chunks before it.
  uint64_t ends[kSortPartsMax];
  uint64_t at = 0;
  for (int part = 0; part < parts; ++part) {
    for (uint64_t c = 0; c < chunks; ++c) {
      const uint32_t mine = counts[c][part];
      counts[c][part] = static_cast<uint32_t>(at);
      at += mine;
    }
    ends[part] = at;
  }
  if (!parallelFor(run, count, chunk, [&](uint64_t begin, uint64_t end, uint32_t) {
        Key* to[kSortPartsMax];
        Key* stops[kSortPartsMax];
        const uint64_t c = begin / chunk;
        for (int part = 0; part < parts; ++part) {
          to[part] = scratch + counts[c][part];
          stops[part] = scratch + (c + 1 < chunks ? counts[c + 1][part] : ends[part]);
        }
        vectors.dealParts(array + begin, end - begin, bounds, parts, to, stops);
      })) {
    return Status::cancelled();
  }
  const bool isDone = parallelFor(run, static_cast<uint64_t>(parts), 1, [&](uint64_t part, uint64_t, uint32_t) {
    const uint64_t begin = part == 0 ? 0 : ends[part - 1];
    vectors.sortKeys(array + begin, scratch + begin, ends[part] - begin, radixSortRange<Key>);
  });
  return isDone ? Status::ok() : Status::cancelled();
}

/** One radix sort of one array: the array as keys, scratch of the same length, and the counters of shared steps. */
template <class From>
class RadixSorter {
 public:
  using Key = typename From::Key;

  RadixSorter(const RunContext& run, Key* array, uint64_t count) : run_(run), array_(array), count_(count) {}

  Status sort() {
    if (count_ < 2) return Status::ok();
    scratch_ = scratchMemory_.tryArray<Key>(count_);
    if (scratch_ == nullptr) return Status::noMemory();
    return count_ < kShareMin ? sortSmall() : sortShared();
  }

 private:
  struct Range {
    uint64_t begin;
    uint64_t count;
    bool isInScratch;
    bool isRaw;  // elements still, not keys
    int steps;   // cuts that it may still take
  };

  Status sortSmall() {
    for (uint64_t i = 0; i < count_; ++i) scratch_[i] = From::toKey(array_[i]);
    radixSort(scratch_, array_, count_, count_, true);
    toKeys(0, count_);
    return Status::ok();
  }

  void toKeys(uint64_t begin, uint64_t count) {
    for (uint64_t i = begin; i < begin + count; ++i) array_[i] = From::toBits(array_[i]);
  }

  Status sortShared() {
    // Ranges to cut by all threads. A cut leaves fewer than `largeParts` ranges of at least count / largeParts, and
    // each range is cut at most as often as its keys have digits, so the list has an end.
    constexpr int kRangesMax = 256;
    Range ranges[kRangesMax];
    int open = 0;
    ranges[open++] = {0, count_, false, true, kStepsMax};
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
        isLeftOut[bucket] = length >= large && open < kRangesMax && range.steps > 0;
        if (isLeftOut[bucket]) ranges[open++] = {begin, length, !range.isInScratch, false, range.steps - 1};
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
    Key* const keys = (isInScratch ? scratch_ : array_) + begin;
    Key* const other = (isInScratch ? array_ : scratch_) + begin;
    radixSort(keys, other, count, count, isInScratch);
    toKeys(begin, count);
  }

  /**
   * Cuts a range by all threads into the other buffer; `ends` are the buckets' ends, absolute. A range of equal keys is
   * finished instead. False when cancelled.
   */
  bool cut(const Range& range, uint64_t* ends, uint64_t* buckets, bool* isUniform) {
    Key* const from = (range.isInScratch ? scratch_ : array_) + range.begin;
    Key* const to = (range.isInScratch ? array_ : scratch_) + range.begin;
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
    const Digit<Key> digit(differingBits(all, any), range.count, kSpareBits);
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
      Key* const end = to + range.count;
      Key* next[kBucketsMax];
      for (uint64_t bucket = 0; bucket < *buckets; ++bucket) {
        next[bucket] = to + ((bucket == 0 ? range.begin : ends[bucket - 1]) - range.begin) + offsets[bucket];
      }
      for (uint64_t i = first; i < last; ++i) {
        const Key key = keyAt(i);
        Key*& place = next[digit.of(key)];
        if (place < end) *place++ = key;
      }
    });
  }

  const RunContext run_;
  Key* const array_;
  const uint64_t count_;
  Scratch scratchMemory_;
  Key* scratch_ = nullptr;
  Scratch countersMemory_;
  uint32_t* counters_ = nullptr;
};

template <class From>
Status sortArray(const KernelCall& call, const VectorSort<typename From::Key>& vectors) {
  auto* const array = static_cast<typename From::Key*>(call.arrays[0].data);
  const uint64_t count = call.arrays[0].length;
  if (vectors.sortElements != nullptr) return sortByVectors<From>(call.run, vectors, array, count);
  return RadixSorter<From>(call.run, array, count).sort();
}

}  // namespace

Status sortKernel(KernelCall& call) {
  // Counters and offsets are 32 bits wide.
  if (call.arrays[0].length > UINT32_MAX) return Status::wrongRange("x", "have at most 2^32 - 1 elements");
  const KernelSet& set = kernelSet();
  switch (call.arrays[0].type) {
    case ElementType::f64:
      return sortArray<FromF64>(call, set.sortF64);
    case ElementType::f32:
      return sortArray<FromF32>(call, set.sortF32);
    case ElementType::i32:
      return sortArray<FromI32>(call, set.sortI32);
    default:
      return sortArray<FromU32>(call, set.sortU32);
  }
}

}  // namespace heddle
