import { checkArray, NUMERIC_TYPES, type NumericArray } from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

const KERNEL = 'sum';

function valuesOf(x: NumericArray): KernelArguments['sum'] {
  checkArray(KERNEL, 'x', x, NUMERIC_TYPES);
  return [x];
}

/**
 * The sum of all elements, added as doubles; an empty array gives +0, NaN and infinities follow IEEE addition.
 *
 * The order is fixed (blocks of 4,096 elements with 64 partial sums each), so every thread count and instruction set
 * gives the same bits; it is more accurate than adding from left to right, and differs from that in the last digits.
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}.
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), NativeUnavailableError, the signal's reason.
 * Cost: O(n) time, bound by memory: a plain array that isn't moved is copied first, which takes longer than the sum.
 * Prefer {@link sumSync} for arrays that aren't over shared memory.
 */
export function sum(x: NumericArray, options?: KernelOptions): Promise<number> {
  return promised(() => startAsync(KERNEL, options, valuesOf(x), (total) => total));
}

/** {@link sum} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies. */
export function sumSync(x: NumericArray, options?: SyncKernelOptions): number {
  return callSync(KERNEL, options, valuesOf(x));
}
