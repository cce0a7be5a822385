// exp(x) by additions and products in a fixed order, as the native package has it: Math.exp differs from one version of
// V8 to another, and from C's. x = k log 2 + r with r from -log(2) / 2 to log(2) / 2 (Cody and Waite's reduction: log 2
// in two parts, the first so short that its product with k is exact), and exp(r) by its Taylor series to r^13, whose rest
// is below 2^-57.

const LOW = -708;
const HIGH = 709;
const LOWEST_POWER = -1021;

/** Powers 2^k for the k that LOW to HIGH need. */
const POWERS = Float64Array.from({ length: 1023 - LOWEST_POWER + 1 }, (_, at) => 2 ** (at + LOWEST_POWER));

/** Adding it to a number below 2^51 rounds that to a whole one. */
const ROUNDER = 1.5 * 2 ** 52;

/**
 * exp(x) for x from -708 to 709, within 2^-52 of it, relatively; of x beyond these, exp of the bound. exponential(0) is 1.
 * Not for NaN.
 */
export function exponential(x: number): number {
  if (x < LOW) x = LOW;
  if (x > HIGH) x = HIGH;
  const k = x * 1.4426950408889634 + ROUNDER - ROUNDER;
  const r = x - k * 6.9314718036912381649e-1 - k * 1.90821492927058770002e-10;
  const z = r * r;
  const even = 1 / 2 + z * (1 / 24 + z * (1 / 720 + z * (1 / 40_320 + z * (1 / 3_628_800 + z * (1 / 479_001_600)))));
  const odd =
    1 / 6 + z * (1 / 120 + z * (1 / 5040 + z * (1 / 362_880 + z * (1 / 39_916_800 + z * (1 / 6_227_020_800)))));
  return (1 + (r + z * (even + r * odd))) * POWERS[k - LOWEST_POWER]!;
}
