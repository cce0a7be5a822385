import { checkArray, NUMERIC_TYPES, type NumericArray } from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

/** What {@link meanVariance} gives. */
export interface MeanVariance {
  /** Arithmetic mean; NaN for an empty array. */
  mean: number;
  /** Population variance: the mean of the squared distances from `mean`; NaN for an empty array. */
  variance: number;
}

const KERNEL = 'meanVariance';

function valuesOf(x: NumericArray): KernelArguments['meanVariance'] {
  checkArray(KERNEL, 'x', x, NUMERIC_TYPES);
  return [x];
}

/**
 * Mean and population variance of all elements, as doubles.
 *
 * Two passes, both in the order of `sum`: the mean first, then the squares of the distances from it, so nothing is lost
 * to cancellation. Every thread count and instruction set gives the same bits.
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}.
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), NativeUnavailableError, the signal's reason.
 * Cost: O(n) time, two readings of `x`; a plain array that isn't moved is copied first.
 */
export function meanVariance(x: NumericArray, options?: KernelOptions): Promise<MeanVariance> {
  return promised(() => startAsync(KERNEL, options, valuesOf(x), ([mean, variance]) => ({ mean, variance })));
}

/** {@link meanVariance} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies. */
export function meanVarianceSync(x: NumericArray, options?: SyncKernelOptions): MeanVariance {
  const [mean, variance] = callSync(KERNEL, options, valuesOf(x));
  return { mean, variance };
}
