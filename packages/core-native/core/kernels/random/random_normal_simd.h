// Normal numbers by the transform of Box and Muller ("A note on the generation of random normal deviates", 1958): a
// step of a block's generators gives 16 pairs, a radius sqrt(-2 log u) along a random angle. It takes three words of a
// lane whatever they are, so lanes never part.
//
// log, sin and cos are evaluated here, by the reductions and polynomials of fdlibm (Sun Microsystems, 1993: e_log.c,
// k_sin.c, k_cos.c) but without its branches: additions, multiplications, a division and a square root in a fixed
// order, none fused. core-js does the same in the same order, so the bits are the same; a library's own functions
// differ from processor to processor and version to version.
#pragma once

#include "kernels/kernel.h"
#include "kernels/random/generators_simd.h"
#include "kernels/random/random_blocks_simd.h"
#include "kernels/sum/sum_simd.h"

namespace heddle {

inline constexpr Stream kNormalStream = {0xa54ff53au, 0x510e527fu};

}  // namespace heddle

namespace heddle::HEDDLE_ISA {

/** log(n / 2^53) for whole n from 1 to 2^53. */
HEDDLE_INLINE F64v logOfFraction(F64v n) {
  // n = 2^k * (1 + f) with 1 + f between the roots of 1/2 and of 2.
  const U64v bits = (U64v)n;
  const U64v rounded = bits + (uint64_t{0x95f64} << 32);
  const F64v reduced = (F64v)(bits - (rounded & 0x7ff0000000000000u) + 0x3ff0000000000000u);
  // The exponent as the low bits of 2^52, which is a whole number; 1,023 is its bias.
  const F64v k = (F64v)((rounded >> 52) | 0x4330000000000000u) - (0x1p52 + 1023 + 53);
  const F64v f = reduced - 1.0;
  const F64v s = f / (2.0 + f);
  const F64v z = s * s;
  const F64v w = z * z;
  const F64v even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const F64v odd = z * (6.666666666666735130e-01 +
                        w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const F64v r = odd + even;
  const F64v halfSquare = 0.5 * f * f;
  const F64v low = s * (halfSquare + r) + k * 1.90821492927058770002e-10;
  return k * 6.93147180369123816490e-01 - ((halfSquare - low) - f);
}

/** sin(x) for x from -pi/4 to pi/4. */
HEDDLE_INLINE F64v sinOfEighth(F64v x) {
  const F64v z = x * x;
  const F64v r =
      8.33333333332248946124e-03 +
      z * (-1.98412698298579493134e-04 +
           z * (2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
  return x + (z * x) * (-1.66666666666666324348e-01 + z * r);
}

/** cos(x) for x from -pi/4 to pi/4. */
HEDDLE_INLINE F64v cosOfEighth(F64v x) {
  const F64v z = x * x;
  const F64v r = z * (4.16666666666666019037e-02 +
                      z * (-1.38888888888741095749e-03 +
                           z * (2.48015872894767294178e-05 +
                                z * (-2.75573143513906633035e-07 +
                                     z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
  return 1.0 - (0.5 * z - z * r);
}

HEDDLE_INLINE void storeRounded(double* to, F64v value) { store(to, value); }
HEDDLE_INLINE void storeRounded(float* to, F64v value) {
  typedef float Half __attribute__((vector_size(sizeof(float) * kF64Lanes), aligned(alignof(float)), may_alias));
  *reinterpret_cast<Half*>(to) = __builtin_convertvector(value, Half);
}

/** Words as 64-bit integers, a vector's worth, with their sign. */
HEDDLE_INLINE I64v loadAsI64(const int32_t* from) {
  typedef int32_t Half __attribute__((vector_size(sizeof(int32_t) * kF64Lanes), aligned(alignof(int32_t)), may_alias));
  return __builtin_convertvector(*reinterpret_cast<const Half*>(from), I64v);
}

template <class T>
struct NormalPairs {
  static constexpr int kNumbers = 2 * kGeneratorLanes;
  double mean;
  double deviation;

  HEDDLE_INLINE void operator()(Generators& g, T* out) const {
    // Of u 27 and 26 bits, of the angle 30 and 6 bits and two for its quarter of the circle.
    alignas(64) int32_t uHigh[kGeneratorLanes];
    alignas(64) int32_t uLow[kGeneratorLanes];
    alignas(64) int32_t angleLow[kGeneratorLanes];
    alignas(64) int32_t angleHigh[kGeneratorLanes];
    alignas(64) int32_t quarter[kGeneratorLanes];
#pragma GCC unroll 4
    for (int r = 0; r < kRegisters; ++r) {
      const U32v a = next(g, r);
      const U32v b = next(g, r);
      const U32v c = next(g, r);
      const int at = r * kU32Lanes;
      store(uHigh + at, (I32v)(a >> 5));
      store(uLow + at, (I32v)(b >> 6));
      store(angleLow + at, (I32v)(b & 63u));
      store(angleHigh + at, (I32v)(c & 0x3fffffffu));
      store(quarter + at, (I32v)c);
    }
#pragma GCC unroll 8
    for (int lane = 0; lane < kGeneratorLanes; lane += kF64Lanes) {
      const F64v n = loadAsF64(uHigh + lane) * 0x1p26 + loadAsF64(uLow + lane) + 1.0;
      const U64v q = (U64v)loadAsI64(quarter + lane);
      // The next bit below the top one turns the pair by half a circle, the top one mirrors it at the diagonal.
      const U64v sign = q << 33 & 0x8000000000000000u;
      const U64v isMirrored = (U64v)((I64v)q < 0);
      const F64v radius = (F64v)((U64v)squareRoot(-2.0 * logOfFraction(n)) ^ sign);
      const F64v turn = (loadAsF64(angleHigh + lane) * 64.0 + loadAsF64(angleLow + lane) + 0.5) * 0x1p-36 - 0.5;
      const F64v angle = turn * 1.5707963267948966;
      const U64v sine = (U64v)sinOfEighth(angle);
      const U64v cosine = (U64v)cosOfEighth(angle);
      const F64v x = (F64v)((sine & isMirrored) | (cosine & ~isMirrored));
      const F64v y = (F64v)((cosine & isMirrored) | (sine & ~isMirrored));
      storeRounded(out + lane, radius * x * deviation + mean);
      storeRounded(out + kGeneratorLanes + lane, radius * y * deviation + mean);
    }
  }
};

inline void randomNormal(const RandomSpan& span) {
  if (span.type == ElementType::f64) {
    return fillBlocks<double>(span, kNormalStream, NormalPairs<double>{span.mean, span.deviation});
  }
  fillBlocks<float>(span, kNormalStream, NormalPairs<float>{span.mean, span.deviation});
}

}  // namespace heddle::HEDDLE_ISA
