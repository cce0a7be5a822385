import { checkArray, checkLength, FLOAT_TYPES, type FloatArray } from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

const KERNEL = 'dot';

function valuesOf<T extends FloatArray>(x: T, y: T): KernelArguments['dot'] {
  const type = checkArray(KERNEL, 'x', x, FLOAT_TYPES);
  checkArray(KERNEL, 'y', y, [type]);
  checkLength(KERNEL, 'y', y, x.length, 'the length of x');
  return [x, y];
}

/**
 * The dot product: the sum of x[i] * y[i], all as doubles; empty arrays give +0. Both arrays have one type and length,
 * and may be the same or overlap.
 *
 * Each product is rounded, then added in the order of `sum`, without fused multiply-add, so every thread count and
 * instruction set gives the same bits.
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}.
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), NativeUnavailableError, the signal's reason.
 * Cost: O(n) time, bound by memory: plain arrays that aren't moved are copied first, which takes longer than the product.
 * Prefer {@link dotSync} for arrays that aren't over shared memory.
 */
export function dot<T extends FloatArray>(x: T, y: T, options?: KernelOptions): Promise<number> {
  return promised(() => startAsync(KERNEL, options, valuesOf(x, y), (total) => total));
}

/** {@link dot} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies. */
export function dotSync<T extends FloatArray>(x: T, y: T, options?: SyncKernelOptions): number {
  return callSync(KERNEL, options, valuesOf(x, y));
}
