// The Fourier transform as textbooks write it: bit reversal, then radix-2 passes over the whole array, with the roots of
// unity from a table that is kept.

const tables = new Map<number, Float64Array>();

/** Real parts of the roots of unity, then imaginary parts. */
function rootsOf(length: number): Float64Array {
  let roots = tables.get(length);
  if (roots === undefined) {
    const half = length / 2;
    roots = new Float64Array(length);
    for (let k = 0; k < half; k++) {
      roots[k] = Math.cos((2 * Math.PI * k) / length);
      roots[half + k] = -Math.sin((2 * Math.PI * k) / length);
    }
    tables.set(length, roots);
  }
  return roots;
}

function reverseBits(x: Float64Array, start: number, length: number): void {
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    const value = x[start + i]!;
    x[start + i] = x[start + j]!;
    x[start + j] = value;
  }
}

/** Transforms `length` elements, a power of two, from `start` on, in place. */
export function plainTransform(
  re: Float64Array,
  im: Float64Array,
  start: number,
  length: number,
  isInverse: boolean,
): void {
  if (isInverse) {
    plainTransform(im, re, start, length, false);
    for (let i = start; i < start + length; i++) {
      re[i] = re[i]! / length;
      im[i] = im[i]! / length;
    }
    return;
  }
  reverseBits(re, start, length);
  reverseBits(im, start, length);
  const roots = rootsOf(length);
  const halfTurn = length / 2;
  for (let half = 1; half < length; half *= 2) {
    const step = halfTurn / half;
    for (let block = start; block < start + length; block += 2 * half) {
      for (let k = 0; k < half; k++) {
        const rootRe = roots[k * step]!;
        const rootIm = roots[halfTurn + k * step]!;
        const a = block + k;
        const b = a + half;
        const turnedRe = re[b]! * rootRe - im[b]! * rootIm;
        const turnedIm = re[b]! * rootIm + im[b]! * rootRe;
        re[b] = re[a]! - turnedRe;
        im[b] = im[a]! - turnedIm;
        re[a] = re[a]! + turnedRe;
        im[a] = im[a]! + turnedIm;
      }
    }
  }
}
