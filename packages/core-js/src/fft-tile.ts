// The inner part of `fft`: transforms down the columns of a tile, in place, by passes of decimation in frequency. A row
// of the tile holds one element of each of its `lanes` columns, so that the roots of a butterfly are loaded once for all
// of them. V8 spills a butterfly of radix 8, hence radix 4.
import type { FftSteps } from './fft-plan.ts';

/** All passes over the first `steps.points` rows of the tile; point k is left in row `steps.position[k]`. */
export function transformTile(re: Float64Array, im: Float64Array, lanes: number, steps: FftSteps): void {
  let blocks = 1;
  let rows = steps.points;
  for (const roots of steps.passes) {
    if (roots !== undefined) passFour(re, im, blocks, rows, lanes, roots);
    else if (rows === 4) passFour(re, im, blocks, rows, lanes, ONES);
    else passTwo(re, im, blocks, lanes);
    blocks *= 4;
    rows /= 4;
  }
}

/** The roots of a pass over four rows. */
const ONES = Float64Array.of(1, 0, 1, 0, 1, 0);

function passFour(
  re: Float64Array,
  im: Float64Array,
  blocks: number,
  rows: number,
  lanes: number,
  roots: Float64Array,
): void {
  const quarter = rows / 4;
  const reach = quarter * lanes;
  for (let block = 0; block < blocks; block++) {
    const begin = block * rows * lanes;
    for (let q = 0; q < quarter; q++) {
      const oneRe = roots[6 * q]!;
      const oneIm = roots[6 * q + 1]!;
      const twoRe = roots[6 * q + 2]!;
      const twoIm = roots[6 * q + 3]!;
      const threeRe = roots[6 * q + 4]!;
      const threeIm = roots[6 * q + 5]!;
      const end = begin + (q + 1) * lanes;
      for (let a = begin + q * lanes; a < end; a++) {
        const b = a + reach;
        const c = b + reach;
        const d = c + reach;
        const evenSumRe = re[a]! + re[c]!;
        const evenSumIm = im[a]! + im[c]!;
        const evenDifferenceRe = re[a]! - re[c]!;
        const evenDifferenceIm = im[a]! - im[c]!;
        const oddSumRe = re[b]! + re[d]!;
        const oddSumIm = im[b]! + im[d]!;
        // Times -i.
        const oddDifferenceRe = im[b]! - im[d]!;
        const oddDifferenceIm = re[d]! - re[b]!;
        re[a] = evenSumRe + oddSumRe;
        im[a] = evenSumIm + oddSumIm;
        const firstRe = evenDifferenceRe + oddDifferenceRe;
        const firstIm = evenDifferenceIm + oddDifferenceIm;
        re[b] = firstRe * oneRe - firstIm * oneIm;
        im[b] = firstRe * oneIm + firstIm * oneRe;
        const secondRe = evenSumRe - oddSumRe;
        const secondIm = evenSumIm - oddSumIm;
        re[c] = secondRe * twoRe - secondIm * twoIm;
        im[c] = secondRe * twoIm + secondIm * twoRe;
        const thirdRe = evenDifferenceRe - oddDifferenceRe;
        const thirdIm = evenDifferenceIm - oddDifferenceIm;
        re[d] = thirdRe * threeRe - thirdIm * threeIm;
        im[d] = thirdRe * threeIm + thirdIm * threeRe;
      }
    }
  }
}

function passTwo(re: Float64Array, im: Float64Array, blocks: number, lanes: number): void {
  for (let block = 0; block < blocks; block++) {
    const begin = 2 * block * lanes;
    for (let a = begin; a < begin + lanes; a++) {
      const b = a + lanes;
      const firstRe = re[a]!;
      const firstIm = im[a]!;
      const secondRe = re[b]!;
      const secondIm = im[b]!;
      re[a] = firstRe + secondRe;
      im[a] = firstIm + secondIm;
      re[b] = firstRe - secondRe;
      im[b] = firstIm - secondIm;
    }
  }
}
