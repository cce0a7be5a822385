import { checkArray, NUMERIC_TYPES, wrongRange, type NumericArray } from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

/** What {@link minMax} gives. */
export interface MinMax {
  /** What Math.min gives of all elements. */
  min: number;
  /** What Math.max gives of all elements. */
  max: number;
}

const KERNEL = 'minMax';

function valuesOf(x: NumericArray): KernelArguments['minMax'] {
  checkArray(KERNEL, 'x', x, NUMERIC_TYPES);
  // Math.min() is Infinity, which is no element of an array of integers.
  if (x.length === 0) throw wrongRange(KERNEL, 'x', 'have at least one element', '0');
  return [x];
}

/**
 * The smallest and the largest element in one pass, as Math.min and Math.max have them: both are NaN when an element
 * is, and -0 is below +0. An empty array is refused.
 *
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}.
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), NativeUnavailableError, the signal's reason.
 * Cost: O(n) time, bound by memory: a plain array that isn't moved is copied first, which takes longer than the search.
 * Prefer {@link minMaxSync} for arrays that aren't over shared memory.
 */
export function minMax(x: NumericArray, options?: KernelOptions): Promise<MinMax> {
  return promised(() => startAsync(KERNEL, options, valuesOf(x), ([min, max]) => ({ min, max })));
}

/** {@link minMax} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies. */
export function minMaxSync(x: NumericArray, options?: SyncKernelOptions): MinMax {
  const [min, max] = callSync(KERNEL, options, valuesOf(x));
  return { min, max };
}
