/**
 * What is counted over the sorted keys. Every figure can be had from parts: counts add up, and the sum is kept per block of
 * the kernel's own size, so that adding the blocks from left to right gives the bits of the whole.
 */
import { histogramSync, sumSync } from '@heddle/core-js';
import { HISTOGRAM } from './input.ts';
import type { Range } from '../support/split.ts';

/** The block of @heddle/core-js' `sum`: parts that start at a multiple of it keep the order of addition. */
export const SUM_BLOCK = 4096;

export interface Counts {
  /** Different keys. */
  distinct: number;
  /** Keys that occur more than once. */
  repeated: number;
}

export interface PartReduction extends Counts {
  histogram: Uint32Array;
  blockSums: Float64Array;
}

export interface Reduction extends Counts {
  sorted: Float64Array;
  histogram: Uint32Array;
  mean: number;
}

/** Runs of equal keys that begin in the part; it looks one key to either side. */
export function countRuns(sorted: Float64Array, { start, count }: Range): Counts {
  let distinct = 0;
  let repeated = 0;
  for (let i = start; i < start + count; i++) {
    const key = sorted[i];
    if (i > 0 && sorted[i - 1] === key) continue;
    distinct++;
    if (sorted[i + 1] === key) repeated++;
  }
  return { distinct, repeated };
}

/** @param range starts at a multiple of SUM_BLOCK */
export function reducePart(sorted: Float64Array, range: Range): PartReduction {
  const part = sorted.subarray(range.start, range.start + range.count);
  const blockSums = new Float64Array(Math.ceil(part.length / SUM_BLOCK));
  for (let block = 0; block < blockSums.length; block++) {
    blockSums[block] = sumSync(part.subarray(block * SUM_BLOCK, (block + 1) * SUM_BLOCK));
  }
  return { ...countRuns(sorted, range), histogram: histogramSync(part, HISTOGRAM), blockSums };
}

/** @param parts in order */
export function joinParts(sorted: Float64Array, parts: readonly PartReduction[]): Reduction {
  const histogram = new Uint32Array(HISTOGRAM.bins);
  let distinct = 0;
  let repeated = 0;
  let sum: number | undefined;
  for (const part of parts) {
    distinct += part.distinct;
    repeated += part.repeated;
    part.histogram.forEach((count, bin) => (histogram[bin]! += count));
    // The first block starts the sum instead of being added to zero, as in the kernel.
    for (const blockSum of part.blockSums) sum = sum === undefined ? blockSum : sum + blockSum;
  }
  return { sorted, distinct, repeated, histogram, mean: (sum ?? 0) / sorted.length };
}
