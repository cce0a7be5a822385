/**
 * Order statistics of a sample. Medians and quartiles rather than means: one interrupted round must not move the
 * result.
 */
import { argumentError } from '../errors.ts';

/** A sample in seven numbers, in the sample's own unit. */
export interface Summary {
  /** Number of samples, at least 1. */
  n: number;
  median: number;
  min: number;
  max: number;
  /** First and third quartile, linearly interpolated between the neighbouring samples. */
  q1: number;
  q3: number;
  /** (q3 - q1) / |median|; 0 when all samples are equal, Infinity when only the median is 0. */
  relativeSpread: number;
}

/**
 * Summarizes a sample; the order does not matter. O(n log n).
 *
 * @throws RangeError `HEDDLE_ARGUMENT` when the sample is empty or holds something that is not a finite number.
 */
export function summarize(samples: readonly number[]): Summary {
  const sorted = sortedSamples('samples', samples);
  const median = quantile(sorted, 0.5);
  const q1 = quantile(sorted, 0.25);
  const q3 = quantile(sorted, 0.75);
  const spread = q3 - q1;
  return {
    n: sorted.length,
    median,
    min: sorted[0]!,
    max: sorted.at(-1)!,
    q1,
    q3,
    relativeSpread: spread === 0 ? 0 : spread / Math.abs(median),
  };
}

/** Ascending copy of a valid sample; throws as `summarize` does. */
export function sortedSamples(name: string, samples: readonly number[]): Float64Array {
  if (samples.length === 0) throw argumentError(`${name}: expected at least one number, got an empty array`);
  const sorted = Float64Array.from(samples);
  for (const value of sorted) {
    if (!Number.isFinite(value)) throw argumentError(`${name}: expected finite numbers, got ${value}`);
  }
  return sorted.sort();
}

/** Quantile `p` (0..1) of an ascending, non-empty sample: linear between the neighbours, as R's and NumPy's default. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  // Written so that equal neighbours give exactly their value.
  return low + (high - low) * (position - below);
}
