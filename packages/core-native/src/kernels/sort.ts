import { checkArray, NUMERIC_TYPES, wrongRange, type NumericArray } from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

const KERNEL = 'sort';
const LENGTH_MAX = 2 ** 32 - 1;

function valuesOf(x: NumericArray): KernelArguments['sort'] {
  checkArray(KERNEL, 'x', x, NUMERIC_TYPES);
  if (x.length > LENGTH_MAX) throw wrongRange(KERNEL, 'x', `have at most ${LENGTH_MAX} elements`, String(x.length));
  return [x];
}

/**
 * Sorts `x` ascending, in place: -0 before +0, NaN last, as `TypedArray.prototype.sort` does. Of NaN nothing but being
 * NaN is kept. Up to 2^32 - 1 elements.
 *
 * A quicksort by vectors where the processor has AVX-512 or AVX2, else a radix sort from the most significant differing
 * bits down, which also takes the ranges on which quicksort fails.
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}; after an abort an array over
 * shared memory holds anything.
 * Gives `x`, or the new view when it was moved. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), Error
 * (`HEDDLE_MEMORY`: no room for a second array of x's size), NativeUnavailableError, the signal's reason.
 * Cost: O(n log n) time with vectors, O(n) by radix; a second array of x's size while it runs, and a third for a plain
 * array that isn't moved.
 */
export function sort<T extends NumericArray>(x: T, options?: KernelOptions): Promise<T> {
  return promised(() => startAsync(KERNEL, options, valuesOf(x), (_, given) => given[0] as T));
}

/** {@link sort} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies `x`. */
export function sortSync<T extends NumericArray>(x: T, options?: SyncKernelOptions): T {
  callSync(KERNEL, options, valuesOf(x));
  return x;
}
