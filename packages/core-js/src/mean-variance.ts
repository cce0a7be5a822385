// Mean and population variance in two passes over the data.
import {
  checkNumericArray,
  checkOptions,
  type KernelOptions,
  type NumericArray,
  type SyncKernelOptions,
} from './arguments.ts';
import { beginAsync } from './async-form.ts';
import { blockedSum, blockedSumOfSquares } from './blocked-sum.ts';

/** What {@link meanVarianceSync} returns. */
export interface MeanVariance {
  /** sum(x) / n */
  mean: number;
  /** sum((x - mean)^2) / n: the variance of the whole population, not the estimate from a sample. */
  variance: number;
}

/**
 * Mean and population variance. Both sums are taken as `sum` takes them, so the bits are the same everywhere; the second
 * pass subtracts the mean first, so large means cost no accuracy. An empty array gives NaN for both.
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`). Runs on the calling thread.
 * Cost: O(n) time, two reads of the data, no allocation per element.
 */
export function meanVarianceSync(x: NumericArray, options?: SyncKernelOptions): MeanVariance {
  checkNumericArray('meanVariance', 'x', x);
  checkOptions('meanVariance', options);
  return compute(x);
}

/** {@link meanVarianceSync} with a promise; the work runs on the calling thread and keeps it busy. */
export async function meanVariance(x: NumericArray, options?: KernelOptions): Promise<MeanVariance> {
  checkNumericArray('meanVariance', 'x', x);
  return compute(beginAsync('meanVariance', { x }, options).x);
}

function compute(x: NumericArray): MeanVariance {
  const mean = blockedSum(x) / x.length;
  return { mean, variance: blockedSumOfSquares(x, mean) / x.length };
}
