import { checkArray, checkLength, checkNoOverlap, FLOAT_TYPES, wrongType, type FloatArray } from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

const KERNEL = 'axpy';

function valuesOf<T extends FloatArray>(a: number, x: T, y: T): KernelArguments['axpy'] {
  // Any number: NaN and infinities may be elements too.
  if (typeof a !== 'number') throw wrongType(KERNEL, 'a', 'a number', a);
  const type = checkArray(KERNEL, 'x', x, FLOAT_TYPES);
  checkArray(KERNEL, 'y', y, [type]);
  checkLength(KERNEL, 'y', y, x.length, 'the length of x');
  checkNoOverlap(KERNEL, 'y', y, 'x', x, true);
  return [x, y, a];
}

/**
 * Adds a multiple of `x` to `y`, in place: y[i] = a * x[i] + y[i]. Both arrays have one type and length; `y` is `x`
 * itself or shares no byte with it.
 *
 * Two roundings per element, of the product and of the sum, both to the arrays' type, to which `a` is rounded first; no
 * fused multiply-add, so every instruction set gives the same bits. NaN and infinities follow IEEE arithmetic, also
 * where `a` is 0.
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}; after an abort a `y` over shared
 * memory is half-written.
 * Gives `y`, or the new view when it was moved. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`),
 * NativeUnavailableError, the signal's reason.
 * Cost: O(n) time, bound by memory; plain arrays that aren't moved are copied in and out.
 */
export function axpy<T extends FloatArray>(a: number, x: T, y: T, options?: KernelOptions): Promise<T> {
  return promised(() => startAsync(KERNEL, options, valuesOf(a, x, y), (_, given) => given[1] as T));
}

/** {@link axpy} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies. */
export function axpySync<T extends FloatArray>(a: number, x: T, y: T, options?: SyncKernelOptions): T {
  callSync(KERNEL, options, valuesOf(a, x, y));
  return y;
}
