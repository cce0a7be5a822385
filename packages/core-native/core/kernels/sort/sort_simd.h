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

#include "simd/kernel_set.h"
#include "simd/vec.h"

namespace heddle::HEDDLE_ISA {

#if defined(__AVX2__) || defined(__AVX512F__)

/** The operations on a register of signed keys. Masks have one bit per lane. */
template <int kBytes>
struct KeyOps;

#if defined(__AVX512F__)

/**
 * A mask as an integer in a register of its own. Left to itself, gcc 12 may spill the mask's one or two bytes and read
 * four of them back as the integer, garbage included.
 */
HEDDLE_INLINE unsigned widened(unsigned mask) {
  __asm__("" : "+r"(mask));
  return mask;
}

template <>
struct KeyOps<8> {
  using Key = int64_t;
  using Vec = __m512i;
  using Mask = __mmask8;
  static constexpr int kLanes = 8;
  static HEDDLE_INLINE Vec all(Key key) { return _mm512_set1_epi64(key); }
  static HEDDLE_INLINE Vec lesser(Vec a, Vec b) { return _mm512_min_epi64(a, b); }
  static HEDDLE_INLINE Vec greater(Vec a, Vec b) { return _mm512_max_epi64(a, b); }
  /** The lesser in lanes whose bit of kUpper is 0, the greater in the others. */
  template <unsigned kUpper>
  static HEDDLE_INLINE Vec lesserBelow(Vec a, Vec b) {
    return _mm512_mask_max_epi64(_mm512_min_epi64(a, b), static_cast<Mask>(kUpper), a, b);
  }
  static HEDDLE_INLINE Vec load(const Key* from) { return _mm512_loadu_si512(from); }
  static HEDDLE_INLINE void store(Key* to, Vec v) { _mm512_storeu_si512(to, v); }
  static HEDDLE_INLINE Mask first(unsigned count) { return static_cast<Mask>((1u << count) - 1); }
  static HEDDLE_INLINE Vec loadFirst(const Key* from, unsigned count, Vec rest) {
    return _mm512_mask_loadu_epi64(rest, first(count), from);
  }
  static HEDDLE_INLINE void storeFirst(Key* to, unsigned count, Vec v) {
    _mm512_mask_storeu_epi64(to, first(count), v);
  }
  static HEDDLE_INLINE unsigned isLess(Vec a, Vec b) { return widened(_mm512_cmplt_epi64_mask(a, b)); }
  static HEDDLE_INLINE Vec pack(unsigned mask, Vec v) {
    return _mm512_maskz_compress_epi64(static_cast<Mask>(mask), v);
  }
  template <int kMask>
  static HEDDLE_INLINE Vec swapLanes(Vec v) {
    if constexpr (kMask == 1) return _mm512_shuffle_epi32(v, static_cast<_MM_PERM_ENUM>(0x4e));
    if constexpr (kMask == 2) return _mm512_permutex_epi64(v, 0x4e);
    if constexpr (kMask == 3) return _mm512_permutex_epi64(v, 0x1b);
    if constexpr (kMask == 4) return _mm512_shuffle_i64x2(v, v, 0x4e);
    if constexpr (kMask == 7) return _mm512_permutexvar_epi64(_mm512_setr_epi64(7, 6, 5, 4, 3, 2, 1, 0), v);
  }
  /** Turns the matrices of keys that rows form in each 128 bits. */
  static HEDDLE_INLINE void turnBlocks(Vec* rows) {
    const Vec a = rows[0];
    rows[0] = _mm512_unpacklo_epi64(a, rows[1]);
    rows[1] = _mm512_unpackhi_epi64(a, rows[1]);
  }
};

template <>
struct KeyOps<4> {
  using Key = int32_t;
  using Vec = __m512i;
  using Mask = __mmask16;
  static constexpr int kLanes = 16;
  static HEDDLE_INLINE Vec all(Key key) { return _mm512_set1_epi32(key); }
  static HEDDLE_INLINE Vec lesser(Vec a, Vec b) { return _mm512_min_epi32(a, b); }
  static HEDDLE_INLINE Vec greater(Vec a, Vec b) { return _mm512_max_epi32(a, b); }
  template <unsigned kUpper>
  static HEDDLE_INLINE Vec lesserBelow(Vec a, Vec b) {
    return _mm512_mask_max_epi32(_mm512_min_epi32(a, b), static_cast<Mask>(kUpper), a, b);
  }
  static HEDDLE_INLINE Vec load(const Key* from) { return _mm512_loadu_si512(from); }
  static HEDDLE_INLINE void store(Key* to, Vec v) { _mm512_storeu_si512(to, v); }
  static HEDDLE_INLINE Mask first(unsigned count) { return static_cast<Mask>((1u << count) - 1); }
  static HEDDLE_INLINE Vec loadFirst(const Key* from, unsigned count, Vec rest) {
    return _mm512_mask_loadu_epi32(rest, first(count), from);
  }
  static HEDDLE_INLINE void storeFirst(Key* to, unsigned count, Vec v) {
    _mm512_mask_storeu_epi32(to, first(count), v);
  }
  static HEDDLE_INLINE unsigned isLess(Vec a, Vec b) { return widened(_mm512_cmplt_epi32_mask(a, b)); }
  static HEDDLE_INLINE Vec pack(unsigned mask, Vec v) {
    return _mm512_maskz_compress_epi32(static_cast<Mask>(mask), v);
  }
  template <int kMask>
  static HEDDLE_INLINE Vec swapLanes(Vec v) {
    if constexpr (kMask == 1) return _mm512_shuffle_epi32(v, static_cast<_MM_PERM_ENUM>(0xb1));
    if constexpr (kMask == 2) return _mm512_shuffle_epi32(v, static_cast<_MM_PERM_ENUM>(0x4e));
    if constexpr (kMask == 3) return _mm512_shuffle_epi32(v, static_cast<_MM_PERM_ENUM>(0x1b));
    if constexpr (kMask == 4) return _mm512_permutex_epi64(v, 0x4e);
    if constexpr (kMask == 7) {
      return _mm512_permutexvar_epi32(_mm512_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8), v);
    }
    if constexpr (kMask == 8) return _mm512_shuffle_i64x2(v, v, 0x4e);
    if constexpr (kMask == 15) {
      return _mm512_permutexvar_epi32(_mm512_setr_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), v);
    }
  }
  static HEDDLE_INLINE void turnBlocks(Vec* rows) {
    const Vec a = _mm512_unpacklo_epi32(rows[0], rows[1]);
    const Vec b = _mm512_unpackhi_epi32(rows[0], rows[1]);
    const Vec c = _mm512_unpacklo_epi32(rows[2], rows[3]);
    const Vec d = _mm512_unpackhi_epi32(rows[2], rows[3]);
    rows[0] = _mm512_unpacklo_epi64(a, c);
    rows[1] = _mm512_unpackhi_epi64(a, c);
    rows[2] = _mm512_unpacklo_epi64(b, d);
    rows[3] = _mm512_unpackhi_epi64(b, d);
  }
};

/** The b-th 128 bits of the sources, one after the other, go to out[b * stride]. */
HEDDLE_INLINE void dealBlocks(const __m512i* from, __m512i* out, int stride) {
  const __m512i a = _mm512_shuffle_i64x2(from[0], from[1], 0x44);
  const __m512i b = _mm512_shuffle_i64x2(from[0], from[1], 0xee);
  const __m512i c = _mm512_shuffle_i64x2(from[2], from[3], 0x44);
  const __m512i d = _mm512_shuffle_i64x2(from[2], from[3], 0xee);
  out[0] = _mm512_shuffle_i64x2(a, c, 0x88);
  out[stride] = _mm512_shuffle_i64x2(a, c, 0xdd);
  out[2 * stride] = _mm512_shuffle_i64x2(b, d, 0x88);
  out[3 * stride] = _mm512_shuffle_i64x2(b, d, 0xdd);
}

inline constexpr int kRowsMax = 16;

#else

/** For each mask of eight lanes, the chosen lanes' numbers, then zeros. */
struct PackTable {
  alignas(8) uint8_t lanes[256][8];
};
constexpr PackTable makePackTable() {
  PackTable table{};
  for (int mask = 0; mask < 256; ++mask) {
    int at = 0;
    for (int lane = 0; lane < 8; ++lane) {
      if ((mask >> lane & 1) != 0) table.lanes[mask][at++] = static_cast<uint8_t>(lane);
    }
  }
  return table;
}
inline constexpr PackTable kPackTable = makePackTable();

HEDDLE_INLINE __m256i packWords(unsigned mask, __m256i v) {
  const __m128i lanes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(kPackTable.lanes[mask]));
  return _mm256_permutevar8x32_epi32(v, _mm256_cvtepu8_epi32(lanes));
}

template <>
struct KeyOps<8> {
  using Key = int64_t;
  using Vec = __m256i;
  static constexpr int kLanes = 4;
  static HEDDLE_INLINE Vec all(Key key) { return _mm256_set1_epi64x(key); }
  static HEDDLE_INLINE Vec pick(Vec mask, Vec a, Vec b) { return _mm256_blendv_epi8(b, a, mask); }
  static HEDDLE_INLINE Vec lesser(Vec a, Vec b) { return pick(_mm256_cmpgt_epi64(a, b), b, a); }
  static HEDDLE_INLINE Vec greater(Vec a, Vec b) { return pick(_mm256_cmpgt_epi64(a, b), a, b); }
  template <unsigned kUpper>
  static HEDDLE_INLINE Vec lesserBelow(Vec a, Vec b) {
    constexpr int kWords = static_cast<int>((kUpper & 1) * 0x03 | (kUpper >> 1 & 1) * 0x0c | (kUpper >> 2 & 1) * 0x30 |
                                            (kUpper >> 3 & 1) * 0xc0);
    const Vec isAbove = _mm256_cmpgt_epi64(a, b);
    return _mm256_blend_epi32(pick(isAbove, b, a), pick(isAbove, a, b), kWords);
  }
  static HEDDLE_INLINE Vec load(const Key* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
  static HEDDLE_INLINE void store(Key* to, Vec v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), v); }
  static HEDDLE_INLINE Vec first(unsigned count) {
    return _mm256_cmpgt_epi64(all(count), _mm256_setr_epi64x(0, 1, 2, 3));
  }
  static HEDDLE_INLINE Vec loadFirst(const Key* from, unsigned count, Vec rest) {
    const Vec mask = first(count);
    return pick(mask, _mm256_maskload_epi64(reinterpret_cast<const long long*>(from), mask), rest);
  }
  static HEDDLE_INLINE void storeFirst(Key* to, unsigned count, Vec v) {
    _mm256_maskstore_epi64(reinterpret_cast<long long*>(to), first(count), v);
  }
  static HEDDLE_INLINE unsigned isLess(Vec a, Vec b) {
    return static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(b, a))));
  }
  static HEDDLE_INLINE Vec pack(unsigned mask, Vec v) {
    // Each lane's bit twice, since words are permuted.
    const unsigned spread = (mask | mask << 2) & 0x33;
    const unsigned single = (spread | spread << 1) & 0x55;
    return packWords(single | single << 1, v);
  }
  template <int kMask>
  static HEDDLE_INLINE Vec swapLanes(Vec v) {
    if constexpr (kMask == 1) return _mm256_shuffle_epi32(v, 0x4e);
    if constexpr (kMask == 2) return _mm256_permute4x64_epi64(v, 0x4e);
    if constexpr (kMask == 3) return _mm256_permute4x64_epi64(v, 0x1b);
  }
  static HEDDLE_INLINE void turnBlocks(Vec* rows) {
    const Vec a = rows[0];
    rows[0] = _mm256_unpacklo_epi64(a, rows[1]);
    rows[1] = _mm256_unpackhi_epi64(a, rows[1]);
  }
};

template <>
struct KeyOps<4> {
  using Key = int32_t;
  using Vec = __m256i;
  static constexpr int kLanes = 8;
  static HEDDLE_INLINE Vec all(Key key) { return _mm256_set1_epi32(key); }
  static HEDDLE_INLINE Vec lesser(Vec a, Vec b) { return _mm256_min_epi32(a, b); }
  static HEDDLE_INLINE Vec greater(Vec a, Vec b) { return _mm256_max_epi32(a, b); }
  template <unsigned kUpper>
  static HEDDLE_INLINE Vec lesserBelow(Vec a, Vec b) {
    return _mm256_blend_epi32(lesser(a, b), greater(a, b), static_cast<int>(kUpper));
  }
  static HEDDLE_INLINE Vec load(const Key* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
  static HEDDLE_INLINE void store(Key* to, Vec v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), v); }
  static HEDDLE_INLINE Vec first(unsigned count) {
    return _mm256_cmpgt_epi32(all(static_cast<Key>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static HEDDLE_INLINE Vec loadFirst(const Key* from, unsigned count, Vec rest) {
    const Vec mask = first(count);
    return _mm256_blendv_epi8(rest, _mm256_maskload_epi32(from, mask), mask);
  }
  static HEDDLE_INLINE void storeFirst(Key* to, unsigned count, Vec v) { _mm256_maskstore_epi32(to, first(count), v); }
  static HEDDLE_INLINE unsigned isLess(Vec a, Vec b) {
    return static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(b, a))));
  }
  static HEDDLE_INLINE Vec pack(unsigned mask, Vec v) { return packWords(mask, v); }
  template <int kMask>
  static HEDDLE_INLINE Vec swapLanes(Vec v) {
    if constexpr (kMask == 1) return _mm256_shuffle_epi32(v, 0xb1);
    if constexpr (kMask == 2) return _mm256_shuffle_epi32(v, 0x4e);
    if constexpr (kMask == 3) return _mm256_shuffle_epi32(v, 0x1b);
    if constexpr (kMask == 4) return _mm256_permute4x64_epi64(v, 0x4e);
    if constexpr (kMask == 7) return _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0));
  }
  static HEDDLE_INLINE void turnBlocks(Vec* rows) {
    const Vec a = _mm256_unpacklo_epi32(rows[0], rows[1]);
    const Vec b = _mm256_unpackhi_epi32(rows[0], rows[1]);
    const Vec c = _mm256_unpacklo_epi32(rows[2], rows[3]);
    const Vec d = _mm256_unpackhi_epi32(rows[2], rows[3]);
    rows[0] = _mm256_unpacklo_epi64(a, c);
    rows[1] = _mm256_unpackhi_epi64(a, c);
    rows[2] = _mm256_unpacklo_epi64(b, d);
    rows[3] = _mm256_unpackhi_epi64(b, d);
  }
};

HEDDLE_INLINE void dealBlocks(const __m256i* from, __m256i* out, int stride) {
  out[0] = _mm256_permute2x128_si256(from[0], from[1], 0x20);
  out[stride] = _mm256_permute2x128_si256(from[0], from[1], 0x31);
}

inline constexpr int kRowsMax = 8;

#endif

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

  static void countParts(const Key* elements, uint64_t count, const Key* bounds, int parts, uint32_t* counts) {
    // counts[p] is first those below bounds[p].
    uint32_t below[kSortPartsMax] = {};
    for (uint64_t i = 0; i < count; i += kLanes) {
      const unsigned lanes = count - i < kLanes ? static_cast<unsigned>(count - i) : kLanes;
      const Vec keys = keysAt(elements + i, lanes);
      const unsigned inside = ((1u << (lanes - 1)) << 1) - 1;
      for (int part = 0; part < parts - 1; ++part) {
        const unsigned mask = Ops::isLess(keys, Ops::all(bounds[part])) & inside;
        below[part] += static_cast<uint32_t>(__builtin_popcount(mask));
      }
    }
    below[parts - 1] = static_cast<uint32_t>(count);
    for (int part = 0; part < parts; ++part) counts[part] += below[part] - (part == 0 ? 0 : below[part - 1]);
  }

  static void dealParts(const Key* elements, uint64_t count, const Key* bounds, int parts, Key** to, Key* const* ends) {
    for (uint64_t i = 0; i < count; i += kLanes) {
      const unsigned lanes = count - i < kLanes ? static_cast<unsigned>(count - i) : kLanes;
      const Vec keys = keysAt(elements + i, lanes);
      const unsigned inside = ((1u << (lanes - 1)) << 1) - 1;
      unsigned dealt = 0;
      for (int part = 0; part < parts; ++part) {
        const unsigned below = part == parts - 1 ? inside : Ops::isLess(keys, Ops::all(bounds[part])) & inside;
        const unsigned mine = below & ~dealt;
        const auto number = static_cast<unsigned>(__builtin_popcount(mine));
        const Vec packed = Ops::pack(mine, keys);
        if (to[part] + kLanes <= ends[part]) {
          Ops::store(to[part], packed);
        } else {
          Ops::storeFirst(to[part], number, packed);
        }
        to[part] += number;
        dealt |= below;
      }
    }
  }

 private:
  static HEDDLE_INLINE Vec keysAt(const Key* elements, unsigned lanes) {
    if (lanes == kLanes) return keysOf<true>(Ops::load(elements));
    return keysOf<true>(Ops::loadFirst(elements, lanes, Ops::all(0)));
  }
};

template <class Map>
inline constexpr VectorSort<typename Map::Key> kVectorSort = {Quicksort<Map>::sortElements, Quicksort<Map>::sortKeys,
                                                              Quicksort<Map>::countParts, Quicksort<Map>::dealParts};

#endif

}  // namespace heddle::HEDDLE_ISA
