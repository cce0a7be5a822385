// Lanes on AVX2: 64-bit min and max are a compare and a blend, and packing looks its permutation up in a table.
#pragma once

#include "kernels/sort/sort_lanes.h"

namespace heddle::HEDDLE_ISA {

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

}  // namespace heddle::HEDDLE_ISA
