// exp(x), the same bits with every instruction set and in core-js: a library's own differs from processor to processor
// and version to version. x = k log 2 + r with r from -log(2) / 2 to log(2) / 2 (Cody and Waite's reduction: log 2 in
// two parts, the first so short that its product with k is exact), exp(r) by its Taylor series to r^13, whose rest is
// below 2^-57, and 2^k by the exponent's bits. Additions and products in a fixed order, none fused.
#pragma once

#include "simd/vec.h"

namespace heddle::HEDDLE_ISA {

/**
 * exp(x) for x from -708 to 709, within 2^-52 of it, relatively; of x beyond these, exp of the bound. exp(0) is 1.
 * Not for NaN.
 */
HEDDLE_INLINE F64v exponentialOf(F64v x) {
  const F64v low = splat(-708.0);
  const F64v high = splat(709.0);
  x = x < low ? low : x;
  x = x > high ? high : x;
  // Adding 1.5 * 2^52 rounds to a whole number, which then stands in the low bits.
  const F64v shifted = x * 1.4426950408889634 + 0x1.8p52;
  const F64v k = shifted - 0x1.8p52;
  const F64v r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
  const F64v z = r * r;
  const F64v even =
      1.0 / 2 + z * (1.0 / 24 + z * (1.0 / 720 + z * (1.0 / 40320 + z * (1.0 / 3628800 + z * (1.0 / 479001600)))));
  const F64v odd =
      1.0 / 6 +
      z * (1.0 / 120 + z * (1.0 / 5040 + z * (1.0 / 362880 + z * (1.0 / 39916800 + z * (1.0 / 6227020800.0)))));
  const F64v power = (F64v)(((U64v)shifted << 52) + 0x3ff0000000000000u);
  return (1.0 + (r + z * (even + r * odd))) * power;
}

inline double exponential(double x) { return exponentialOf(splat(x))[0]; }

}  // namespace heddle::HEDDLE_ISA
