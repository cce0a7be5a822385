/**
 * Escape time of a point of the Mandelbrot set, independent of the kernels: 128-bit fixed point instead of doubles, with a
 * bound on how far a double computation can have drifted. Where |z|^2 is nearer to 4 than that bound, a correct double
 * computation may decide either way, so the answer is a range; elsewhere it is exact.
 */

const SHIFT = 128n;
const ONE = 2 ** 64;
const FOUR = 4n << SHIFT;
const EPSILON = Number.EPSILON;

/** Exact: every finite double of this magnitude is a multiple of 2^-128 unless smaller than 2^-76, which no view uses. */
function toFixed(value: number): bigint {
  const high = Math.floor(value * ONE);
  return (BigInt(high) << 64n) + BigInt(Math.floor((value * ONE - high) * ONE));
}

const toNumber = (value: bigint): number => Number(value >> 64n) / ONE;

export interface EscapeRange {
  least: number;
  most: number;
}

/**
 * Iterations before |z| > 2 at c = (cx, cy), at most `maxIter`, as a correct double computation may count them.
 * @param cError how far the double computation's own c may lie from (cx, cy)
 */
export function escapeRange(cx: number, cy: number, maxIter: number, cError: number): EscapeRange {
  const a = toFixed(cx);
  const b = toFixed(cy);
  let x = 0n;
  let y = 0n;
  let drift = 0;
  let least = -1;
  for (let n = 0; n < maxIter; n++) {
    // The orbit amplified rounding so far that doubles tell nothing any more.
    if (drift > 1) return { least: least < 0 ? n : least, most: maxIter };
    const square = (x * x + y * y) >> SHIFT;
    const radius = Math.sqrt(toNumber(square));
    const slack = 2 * radius * drift + drift * drift + 8 * EPSILON * (radius * radius + 1);
    const margin = toNumber(square - FOUR);
    if (margin > slack) return { least: least < 0 ? n : least, most: n };
    if (margin > -slack && least < 0) least = n;
    // z -> z^2 + c as a product of complex numbers, (x + iy)(x + iy), not in the kernels' form.
    const next = ((x * x) >> SHIFT) - ((y * y) >> SHIFT) + a;
    y = ((x * y) >> SHIFT) + ((y * x) >> SHIFT) + b;
    x = next;
    drift = 2 * radius * drift + drift * drift + cError + 8 * EPSILON * (radius * radius + 1);
  }
  return { least: least < 0 ? maxIter : least, most: maxIter };
}
