// Vectors as wide as the unit's instruction set, by compiler vector extensions. Included only by the three units
// kernel_set_*.cc, each compiled with its own flags: everything lives in a namespace named after the instruction set,
// so that no function compiled for a wide set can be picked by the linker for a narrow one. For the same reason nothing
// here includes the standard library beyond types.
//
// Arithmetic is IEEE, lane by lane, never contracted to fused operations (the build passes -ffp-contract=off):
// a lane gives the bits that scalar code gives. mulAdd is fused where the set has it, for kernels that promise a bound
// instead of bits.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__AVX512F__)
#define HEDDLE_ISA isa_avx512
#include <immintrin.h>
#elif defined(__AVX2__)
#define HEDDLE_ISA isa_avx2
#include <immintrin.h>
#else
#define HEDDLE_ISA isa_baseline
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif
#endif

#define HEDDLE_INLINE inline __attribute__((always_inline))

namespace heddle::HEDDLE_ISA {

#if defined(__AVX512F__)
inline constexpr int kVecBytes = 64;
#elif defined(__AVX2__)
inline constexpr int kVecBytes = 32;
#else
inline constexpr int kVecBytes = 16;
#endif

template <class T>
struct VecOf {
  typedef T Type __attribute__((vector_size(kVecBytes)));
  typedef T Unaligned __attribute__((vector_size(kVecBytes), aligned(alignof(T)), may_alias));
};

using F64v = VecOf<double>::Type;
using F32v = VecOf<float>::Type;
using I64v = VecOf<int64_t>::Type;
using U64v = VecOf<uint64_t>::Type;
using U32v = VecOf<uint32_t>::Type;
using I32v = VecOf<int32_t>::Type;

inline constexpr int kF64Lanes = kVecBytes / 8;
inline constexpr int kU32Lanes = kVecBytes / 4;

template <class T>
HEDDLE_INLINE typename VecOf<T>::Type load(const T* from) {
  return *reinterpret_cast<const typename VecOf<T>::Unaligned*>(from);
}

template <class T>
HEDDLE_INLINE void store(T* to, typename VecOf<T>::Type value) {
  *reinterpret_cast<typename VecOf<T>::Unaligned*>(to) = value;
}

/**
 * The same past the caches, where the set can: for memory that is written in whole lines and not read again soon, it
 * saves reading each line first. `to` is aligned to 16 bytes. Not ordered with other stores: `fencePast` comes before
 * anything that tells another thread.
 */
HEDDLE_INLINE void storePast(double* to, F64v value) {
#if defined(__AVX512F__)
  _mm_stream_pd(to, _mm512_castpd512_pd128(value));
  _mm_stream_pd(to + 2, _mm512_extractf64x2_pd(value, 1));
  _mm_stream_pd(to + 4, _mm512_extractf64x2_pd(value, 2));
  _mm_stream_pd(to + 6, _mm512_extractf64x2_pd(value, 3));
#elif defined(__AVX2__)
  _mm_stream_pd(to, _mm256_castpd256_pd128(value));
  _mm_stream_pd(to + 2, _mm256_extractf128_pd(value, 1));
#elif defined(__SSE2__)
  _mm_stream_pd(to, value);
#else
  store(to, value);
#endif
}
/** The same to where a whole register is aligned. */
HEDDLE_INLINE void storePastAligned(double* to, F64v value) {
#if defined(__AVX512F__)
  _mm512_stream_pd(to, value);
#elif defined(__AVX2__)
  _mm256_stream_pd(to, value);
#else
  storePast(to, value);
#endif
}
/** Stores past the caches happen before whatever this thread stores from now on. */
HEDDLE_INLINE void fencePast() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

/** Every lane the same. Less nothing is the value itself, -0 too; added to nothing, -0 would become +0. */
HEDDLE_INLINE F64v splat(double value) { return value - F64v{}; }
HEDDLE_INLINE F32v splat(float value) { return value - F32v{}; }

/** 0, 1, 2, … */
HEDDLE_INLINE F64v laneNumbers() {
  F64v numbers{};
  for (int lane = 0; lane < kF64Lanes; ++lane) numbers[lane] = lane;
  return numbers;
}

HEDDLE_INLINE F64v squareRoot(F64v value) {
#if defined(__AVX512F__)
  return _mm512_sqrt_pd(value);
#elif defined(__AVX2__)
  return _mm256_sqrt_pd(value);
#elif defined(__SSE2__)
  return _mm_sqrt_pd(value);
#elif defined(__aarch64__)
  return vsqrtq_f64(value);
#else
  for (int lane = 0; lane < kF64Lanes; ++lane) value[lane] = __builtin_sqrt(value[lane]);
  return value;
#endif
}

/** a * b + c, fused where the set has it. */
HEDDLE_INLINE F64v mulAdd(F64v a, F64v b, F64v c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_pd(a, b, c);
#elif defined(__AVX2__)
  return _mm256_fmadd_pd(a, b, c);
#elif defined(__aarch64__)
  return vfmaq_f64(c, a, b);
#else
  return a * b + c;
#endif
}
HEDDLE_INLINE F32v mulAdd(F32v a, F32v b, F32v c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__AVX2__)
  return _mm256_fmadd_ps(a, b, c);
#elif defined(__aarch64__)
  return vfmaq_f32(c, a, b);
#else
  return a * b + c;
#endif
}

// Masks over the lanes of F64v: a register of bits with AVX-512, all-ones or all-zero lanes elsewhere.
#if defined(__AVX512F__)
using MaskF64 = __mmask8;
HEDDLE_INLINE MaskF64 fullMask() { return 0xff; }
/** Lanes of `mask` where not a > b; NaN is not greater. */
HEDDLE_INLINE MaskF64 andNotGreater(MaskF64 mask, F64v a, F64v b) {
  return _mm512_mask_cmp_pd_mask(mask, a, b, _CMP_NGT_UQ);
}
HEDDLE_INLINE bool isAny(MaskF64 mask) { return mask != 0; }
/** Adds one to the lanes of the mask. */
HEDDLE_INLINE I64v countIn(MaskF64 mask, I64v counts) {
  return (I64v)_mm512_mask_add_epi64((__m512i)counts, mask, (__m512i)counts, _mm512_set1_epi64(1));
}
#else
using MaskF64 = I64v;
HEDDLE_INLINE MaskF64 fullMask() { return I64v{} - 1; }
HEDDLE_INLINE MaskF64 andNotGreater(MaskF64 mask, F64v a, F64v b) { return mask & ~(I64v)(a > b); }
HEDDLE_INLINE bool isAny(MaskF64 mask) {
#if defined(__AVX2__)
  return _mm256_movemask_pd((__m256d)mask) != 0;
#elif defined(__SSE2__)
  return _mm_movemask_pd((__m128d)mask) != 0;
#else
  int64_t any = 0;
  for (int lane = 0; lane < kF64Lanes; ++lane) any |= mask[lane];
  return any != 0;
#endif
}
HEDDLE_INLINE I64v countIn(MaskF64 mask, I64v counts) { return counts - mask; }
#endif

}  // namespace heddle::HEDDLE_ISA
