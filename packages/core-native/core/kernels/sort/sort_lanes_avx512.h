// Lanes on AVX-512: min, max and compress are instructions, and masks have registers of their own.
#pragma once

#include "kernels/sort/sort_lanes.h"

namespace heddle::HEDDLE_ISA {

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

}  // namespace heddle::HEDDLE_ISA
