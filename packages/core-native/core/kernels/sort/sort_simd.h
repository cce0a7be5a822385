// Quicksort by vectors, for instruction sets that can gather the chosen lanes of a register.
//
// A range lies in the array or in scratch of the same length. To cut it, each register is compared with the pivot; the
// lesser lanes are packed and go to the front of the array's range, the others to the front of the scratch's. Nothing
// branches on a key. Stores are whole registers: the garbage behind the packed lanes lies where the next store goes, or
// on what has been read, so it never leaves the range. The lesser part is then sorted in the array, with the rest of
// the scratch's range as its scratch; the greater part from the scratch into the array behind it: the two forms of the
// same step.
//
// Ranges of at most kLeafMax keys are sorted in registers, as a matrix of R registers, one column per lane: each column
// by Batcher's odd-even network between registers, then neighbouring columns are merged, pairs of columns, and so on.
// To merge two groups of w columns, each register meets the mirror of its counterpart (register R-1-r, lanes of the two
// groups reversed), the lower half keeps the lesser, the upper the greater; what is left in each group is bitonic and
// is sorted by exchanges between columns, then between registers. A transposition puts the columns one after the other.
//
// The idea of both: quicksort by compressing stores with a network below it, as described by Bramas (2017) and by
// Blacher, Giesen, Wassenberg and others (2022).
//
// Keys are signed integers; floats and unsigned integers are mapped when they are first read and mapped back when a
// leaf is written, so that neither costs a pass. A pivot that is the range's least key (known when it equals the pivot
// below the range, or when no key is less) cuts off all keys that equal it, which are in place then. A range that was
// cut too often goes to the driver's radix sort, whose cost doesn't depend on the order.
#pragma once

#include "kernels/sort/sort_lanes.h"
#include "simd/kernel_set.h"
#include "simd/vec.h"

#if defined(__AVX2__) || defined(__AVX512F__)

namespace heddle::HEDDLE_ISA {

/** How the elements of a type become signed keys that order them, and keys elements. */
template <class KeyType, KeyType kFlipped>
struct IntegerKeys {
  using Key = KeyType;
  using Lanes = typename VecOf<Key>::Type;
  static HEDDLE_INLINE Lanes toKeys(Lanes bits) { return bits ^ kFlipped; }
  static HEDDLE_INLINE Lanes toBits(Lanes keys) { return keys ^ kFlipped; }
};
template <class KeyType, KeyType kInfinity, KeyType kNan>
struct FloatKeys {
  using Key = KeyType;
  using Lanes = typename VecOf<Key>::Type;
  static constexpr Key kMagnitude = static_cast<Key>(~(Key{1} << (sizeof(Key) * 8 - 1)));
  static HEDDLE_INLINE Lanes toBits(Lanes keys) { return keys ^ ((keys < 0) & kMagnitude); }
  static HEDDLE_INLINE Lanes toKeys(Lanes bits) {
    // Every NaN becomes the same one, which is the greatest key.
    const Lanes isNan = (bits & kMagnitude) > kInfinity;
    return toBits((bits & ~isNan) | (isNan & kNan));
  }
};
using F64Keys = FloatKeys<int64_t, 0x7ff0000000000000, 0x7ff8000000000000>;
using F32Keys = FloatKeys<int32_t, 0x7f800000, 0x7fc00000>;
using I32Keys = IntegerKeys<int32_t, 0>;
using U32Keys = IntegerKeys<int32_t, static_cast<int32_t>(0x80000000u)>;

/** A network as pairs of positions: Batcher's odd-even merge sort of N values. */
template <int N>
struct Network {
  uint8_t low[64];
  uint8_t high[64];
  int size;
};
template <int N>
constexpr Network<N> makeNetwork() {
  Network<N> network{};
  for (int sorted = 1; sorted < N; sorted *= 2) {
    for (int distance = sorted; distance > 0; distance /= 2) {
      for (int from = distance % sorted; from + distance < N; from += 2 * distance) {
        for (int i = from; i < from + distance && i + distance < N; ++i) {
          if (i / (2 * sorted) != (i + distance) / (2 * sorted)) continue;
          network.low[network.size] = static_cast<uint8_t>(i);
          network.high[network.size++] = static_cast<uint8_t>(i + distance);
        }
      }
    }
  }
  return network;
}

template <class Map>
struct Quicksort {
  using Key = typename Map::Key;
  using Ops = KeyOps<sizeof(Key)>;
  using Vec = typename Ops::Vec;
  using Lanes = typename Map::Lanes;
  using Radix = typename VectorSort<Key>::Radix;
  static constexpr int kLanes = Ops::kLanes;
  static constexpr uint64_t kLeafMax = kRowsMax * kLanes;
  static constexpr Key kGreatest = static_cast<Key>(~(Key{1} << (sizeof(Key) * 8 - 1)));
  static constexpr Key kLeast = ~kGreatest;

  template <bool kIsRaw>
  static HEDDLE_INLINE Vec keysOf(Vec v) {
    if constexpr (kIsRaw) return (Vec)Map::toKeys((Lanes)v);
    return v;
  }
  static HEDDLE_INLINE Vec bitsOf(Vec v) { return (Vec)Map::toBits((Lanes)v); }

  static HEDDLE_INLINE void exchange(Vec& low, Vec& high) {
    const Vec a = low;
    low = Ops::lesser(a, high);
    high = Ops::greater(a, high);
  }

  /** Bits of the lanes whose number has a bit of kBit. */
  static constexpr unsigned lanesWith(int kBit) {
    unsigned mask = 0;
    for (int lane = 0; lane < kLanes; ++lane) mask |= (lane & kBit) != 0 ? 1u << lane : 0;
    return mask;
  }

  template <int R>
  static HEDDLE_INLINE void sortColumns(Vec* rows) {
    constexpr Network<R> kNetwork = makeNetwork<R>();
#pragma GCC unroll 64
    for (int i = 0; i < kNetwork.size; ++i) exchange(rows[kNetwork.low[i]], rows[kNetwork.high[i]]);
  }

  /** Exchanges between columns at distances kDistance, kDistance / 2, …, 1. */
  template <int R, int kDistance>
  static HEDDLE_INLINE void cleanAcross(Vec* rows) {
    if constexpr (kDistance > 0) {
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r) {
        rows[r] = Ops::template lesserBelow<lanesWith(kDistance)>(rows[r], Ops::template swapLanes<kDistance>(rows[r]));
      }
      cleanAcross<R, kDistance / 2>(rows);
    }
  }

  /** Exchanges between registers at distances kDistance, …, 1: sorts each column, if bitonic. */
  template <int R, int kDistance>
  static HEDDLE_INLINE void cleanColumns(Vec* rows) {
    if constexpr (kDistance > 0) {
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r) {
        if ((r & kDistance) == 0) exchange(rows[r], rows[r + kDistance]);
      }
      cleanColumns<R, kDistance / 2>(rows);
    }
  }

  /** Merges groups of kWidth sorted columns in pairs, then pairs of these, until all columns are one. */
  template <int R, int kWidth>
  static HEDDLE_INLINE void mergeColumns(Vec* rows) {
    if constexpr (kWidth < kLanes) {
#pragma GCC unroll 8
      for (int r = 0; r < (R + 1) / 2; ++r) {
        const Vec a = rows[r];
        const Vec b = rows[R - 1 - r];
        rows[r] = Ops::template lesserBelow<lanesWith(kWidth)>(a, Ops::template swapLanes<2 * kWidth - 1>(b));
        if (R > 1) {
          rows[R - 1 - r] = Ops::template lesserBelow<lanesWith(kWidth)>(b, Ops::template swapLanes<2 * kWidth - 1>(a));
        }
      }
      cleanAcross<R, kWidth / 2>(rows);
      cleanColumns<R, R / 2>(rows);
      mergeColumns<R, 2 * kWidth>(rows);
    }
  }

  /** Columns one after the other become rows. */
  template <int R>
  static HEDDLE_INLINE void transpose(const Vec* rows, Vec* out) {
    constexpr int kPerBlock = 16 / sizeof(Key);
    constexpr int kBlocks = kLanes / kPerBlock;
    constexpr int kGroups = R / kPerBlock;
    Vec turned[R];
#pragma GCC unroll 16
    for (int group = 0; group < kGroups; ++group) {
      Vec rowsOfGroup[kPerBlock];
#pragma GCC unroll 4
      for (int i = 0; i < kPerBlock; ++i) rowsOfGroup[i] = rows[group * kPerBlock + i];
      Ops::turnBlocks(rowsOfGroup);
#pragma GCC unroll 4
      for (int i = 0; i < kPerBlock; ++i) turned[i * kGroups + group] = rowsOfGroup[i];
    }
#pragma GCC unroll 16
    for (int m = 0; m < R / kBlocks; ++m) dealBlocks(turned + m * kBlocks, out + m, R / kBlocks);
  }

  /** Sorts up to R registers' worth of keys and writes elements. `from` and `to` may be the same. */
  template <int R, bool kIsRaw>
  static inline void sortMatrix(const Key* from, Key* to, uint64_t count) {
    Vec rows[R];
    const int full = static_cast<int>(count / kLanes);
    const unsigned rest = static_cast<unsigned>(count % kLanes);
    const Vec greatest = Ops::all(kGreatest);
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
      rows[r] = greatest;
      if (r < full) rows[r] = keysOf<kIsRaw>(Ops::load(from + r * kLanes));
    }
    // The incomplete register goes where no whole one went: it is the last one in use.
    Vec last = greatest;
    if (rest != 0) {
      const Vec bits = kIsRaw ? bitsOf(greatest) : greatest;
      last = keysOf<kIsRaw>(Ops::loadFirst(from + full * kLanes, rest, bits));
    }
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
      if (r == full) rows[r] = last;
    }
    sortColumns<R>(rows);
    mergeColumns<R, 1>(rows);
    Vec out[R];
    transpose<R>(rows, out);
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
      if (r < full) Ops::store(to + r * kLanes, bitsOf(out[r]));
      if (r == full && rest != 0) Ops::storeFirst(to + r * kLanes, rest, bitsOf(out[r]));
    }
  }

  template <bool kIsRaw>
  static HEDDLE_INLINE void sortLeaf(const Key* from, Key* to, uint64_t count) {
    if (count <= 4 * kLanes) return sortMatrix<4, kIsRaw>(from, to, count);
    if constexpr (kRowsMax == 16) {
      if (count > 8 * kLanes) return sortMatrix<16, kIsRaw>(from, to, count);
    }
    return sortMatrix<8, kIsRaw>(from, to, count);
  }

  /** Keys become elements, where they are. */
  static void toElements(Key* keys, uint64_t count) {
    uint64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) Ops::store(keys + i, bitsOf(Ops::load(keys + i)));
    const auto rest = static_cast<unsigned>(count - i);
    if (rest != 0) Ops::storeFirst(keys + i, rest, bitsOf(Ops::loadFirst(keys + i, rest, Ops::all(0))));
  }

  static HEDDLE_INLINE Vec medians(Vec a, Vec b, Vec c) {
    return Ops::greater(Ops::lesser(a, b), Ops::lesser(Ops::greater(a, b), c));
  }

  /** A key of the range, near its median if the range isn't made against it. */
  template <bool kIsRaw>
  static HEDDLE_INLINE Key pivotOf(const Key* keys, uint64_t count) {
    const uint64_t step = (count - kLanes) / 10;
    const auto at = [&](uint64_t i) { return keysOf<kIsRaw>(Ops::load(keys + i * step)); };
    Vec sample = medians(at(1), at(5), at(9));
    if (count >= 16 * kLeafMax) sample = medians(sample, medians(at(0), at(4), at(7)), medians(at(2), at(6), at(10)));
    mergeColumns<1, 1>(&sample);
    Key sorted[kLanes];
    Ops::store(sorted, sample);
    return sorted[kLanes / 2];
  }

  /** Packs keys below the bound to `low`, the others to `high`; one of them may be `from`. Returns how many are below.
   */
  template <bool kIsRaw>
  static HEDDLE_INLINE uint64_t cut(const Key* from, Key* low, Key* high, uint64_t count, Key bound) {
    constexpr unsigned kAll = (1u << kLanes) - 1;
    const Vec bounds = Ops::all(bound);
    uint64_t below = 0;
    uint64_t i = 0;
    const auto deal = [&](Vec keys, uint64_t at) {
      const unsigned mask = Ops::isLess(keys, bounds);
      Ops::store(low + below, Ops::pack(mask, keys));
      Ops::store(high + (at - below), Ops::pack(~mask & kAll, keys));
      below += static_cast<uint64_t>(__builtin_popcount(mask));
    };
    for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
      const Vec a = keysOf<kIsRaw>(Ops::load(from + i));
      const Vec b = keysOf<kIsRaw>(Ops::load(from + i + kLanes));
      const Vec c = keysOf<kIsRaw>(Ops::load(from + i + 2 * kLanes));
      const Vec d = keysOf<kIsRaw>(Ops::load(from + i + 3 * kLanes));
      deal(a, i);
      deal(b, i + kLanes);
      deal(c, i + 2 * kLanes);
      deal(d, i + 3 * kLanes);
    }
    for (; i + kLanes <= count; i += kLanes) deal(keysOf<kIsRaw>(Ops::load(from + i)), i);
    const auto rest = static_cast<unsigned>(count - i);
    if (rest != 0) {
      const Vec keys = keysOf<kIsRaw>(Ops::loadFirst(from + i, rest, Ops::all(0)));
      const unsigned inside = (1u << rest) - 1;
      const unsigned mask = Ops::isLess(keys, bounds) & inside;
      const auto mine = static_cast<unsigned>(__builtin_popcount(mask));
      Ops::storeFirst(low + below, mine, Ops::pack(mask, keys));
      Ops::storeFirst(high + (i - below), rest - mine, Ops::pack(~mask & inside, keys));
      below += mine;
    }
    return below;
  }

  /**
   * Sorts keys that lie in the scratch or in the array into the array, as elements. No key is below `least`; the range
   * is cut at most `cuts` times in a row.
   */
  static void sortRange(Key* array, Key* scratch, uint64_t count, bool isInScratch, Key least, int cuts, Radix radix) {
    while (count > kLeafMax) {
      Key* const from = isInScratch ? scratch : array;
      if (cuts-- == 0) {
        radix(from, isInScratch ? array : scratch, count, isInScratch);
        return toElements(array, count);
      }
      const Key pivot = pivotOf<false>(from, count);
      uint64_t below;
      if (pivot != least) {
        below = cut<false>(from, array, scratch, count, pivot);
        sortRange(array, scratch + (count - below), below, false, least, cuts, radix);
        least = pivot;
      } else {
        // The pivot is the least key: what equals it is in place.
        below = count;
        if (pivot != kGreatest) below = cut<false>(from, array, scratch, count, pivot + 1);
        if (pivot == kGreatest && isInScratch) __builtin_memcpy(array, scratch, count * sizeof(Key));
        toElements(array, below);
        least = pivot + (pivot != kGreatest);
      }
      array += below;
      count -= below;
      isInScratch = true;
    }
    if (count != 0) sortLeaf<false>(isInScratch ? scratch : array, array, count);
  }

  static int cutsMax(uint64_t count) { return 2 * (64 - __builtin_clzll(count | 1)) + 4; }

  /** Sorts elements in place; `scratch` has room for as many. */
  static void sortElements(Key* array, Key* scratch, uint64_t count, Radix radix) {
    if (count < 2) return;
    if (count <= kLeafMax) return sortLeaf<true>(array, array, count);
    const Key pivot = pivotOf<true>(array, count);
    const uint64_t below = cut<true>(array, array, scratch, count, pivot);
    const int cuts = cutsMax(count);
    sortRange(array, scratch + (count - below), below, false, kLeast, cuts, radix);
    sortRange(array + below, scratch, count - below, true, pivot, cuts, radix);
  }

  static void sortKeys(Key* array, Key* scratch, uint64_t count, Radix radix) {
    sortRange(array, scratch, count, true, kLeast, cutsMax(count), radix);
  }

  /** Both steps of a split are made per number of parts, so that few parts keep their bounds in registers. */
  template <int P>
  static void countPartsOf(const Key* elements, uint64_t count, const Key* bounds, uint32_t* counts) {
    Vec limits[P - 1];
#pragma GCC unroll 4
    for (int part = 0; part < P - 1; ++part) limits[part] = Ops::all(bounds[part]);
    uint64_t below[P - 1] = {};  // below each bound
    const auto add = [&](Vec keys, unsigned inside) {
#pragma GCC unroll 4
      for (int part = 0; part < P - 1; ++part) {
        below[part] += static_cast<unsigned>(__builtin_popcount(Ops::isLess(keys, limits[part]) & inside));
      }
    };
    uint64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) add(keysOf<true>(Ops::load(elements + i)), kAllLanes);
    if (i < count) add(restAt(elements + i, count - i), (1u << (count - i)) - 1);
    for (int part = 0; part < P; ++part) {
      const uint64_t end = part == P - 1 ? count : below[part];
      counts[part] = static_cast<uint32_t>(end - (part == 0 ? 0 : below[part - 1]));
    }
  }

  template <int P>
  static void dealPartsOf(const Key* elements, uint64_t count, const Key* bounds, Key* const* parts, Key* const* ends) {
    Vec limits[P - 1];
    Key* to[P];
#pragma GCC unroll 4
    for (int part = 0; part < P; ++part) {
      to[part] = parts[part];
      if (part < P - 1) limits[part] = Ops::all(bounds[part]);
    }
    const auto deal = [&](Vec keys, unsigned inside) {
      unsigned dealt = 0;
#pragma GCC unroll 4
      for (int part = 0; part < P; ++part) {
        const unsigned below = part == P - 1 ? inside : Ops::isLess(keys, limits[part]) & inside;
        const unsigned mine = below ^ dealt;  // bounds ascend: what is below one bound is below the next
        auto number = static_cast<unsigned>(__builtin_popcount(mine));
        const Vec packed = Ops::pack(mine, keys);
        const auto room = static_cast<uint64_t>(ends[part] - to[part]);
        if (room >= kLanes) {
          Ops::store(to[part], packed);
        } else {
          // More than were counted, when somebody wrote to the elements meanwhile: they are dropped.
          if (number > room) number = static_cast<unsigned>(room);
          Ops::storeFirst(to[part], number, packed);
        }
        to[part] += number;
        dealt = below;
      }
    };
    uint64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) deal(keysOf<true>(Ops::load(elements + i)), kAllLanes);
    if (i < count) deal(restAt(elements + i, count - i), (1u << (count - i)) - 1);
  }

  static void countParts(const Key* elements, uint64_t count, const Key* bounds, int parts, uint32_t* counts) {
    static_assert(kSortPartsMax == 32);
    if (parts == 4) return countPartsOf<4>(elements, count, bounds, counts);
    if (parts == 8) return countPartsOf<8>(elements, count, bounds, counts);
    if (parts == 16) return countPartsOf<16>(elements, count, bounds, counts);
    return countPartsOf<32>(elements, count, bounds, counts);
  }

  static void dealParts(const Key* elements, uint64_t count, const Key* bounds, int parts, Key* const* to,
                        Key* const* ends) {
    if (parts == 4) return dealPartsOf<4>(elements, count, bounds, to, ends);
    if (parts == 8) return dealPartsOf<8>(elements, count, bounds, to, ends);
    if (parts == 16) return dealPartsOf<16>(elements, count, bounds, to, ends);
    return dealPartsOf<32>(elements, count, bounds, to, ends);
  }

 private:
  static constexpr unsigned kAllLanes = (1u << kLanes) - 1;

  static HEDDLE_INLINE Vec restAt(const Key* elements, uint64_t lanes) {
    return keysOf<true>(Ops::loadFirst(elements, static_cast<unsigned>(lanes), Ops::all(0)));
  }
};

template <class Map>
inline constexpr VectorSort<typename Map::Key> kVectorSort = {Quicksort<Map>::sortElements, Quicksort<Map>::sortKeys,
                                                              Quicksort<Map>::countParts, Quicksort<Map>::dealParts};

}  // namespace heddle::HEDDLE_ISA

#endif
