import {
  checkArray,
  checkLength,
  checkNoOverlap,
  checkObject,
  NUMERIC_TYPES,
  type NumericArray,
} from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

/** Where the result goes. */
export interface PrefixSumOutput<T extends NumericArray> {
  /** An array of x's type and length: x itself, or one that shares no byte with it. Default: x, in place. */
  out?: T;
}

const KERNEL = 'prefixSum';

function valuesOf<T extends NumericArray>(x: T, options: PrefixSumOutput<T> | undefined): KernelArguments['prefixSum'] {
  const type = checkArray(KERNEL, 'x', x, NUMERIC_TYPES);
  if (options !== undefined) checkObject(KERNEL, 'options', options);
  const out = options?.out === undefined ? x : options.out;
  checkArray(KERNEL, 'out', out, [type]);
  checkLength(KERNEL, 'out', out, x.length, 'the length of x');
  checkNoOverlap(KERNEL, 'out', out, 'x', x, true);
  return [x, out];
}

/**
 * Inclusive prefix sums: out[i] = x[0] + … + x[i]. Int32Array and Uint32Array wrap modulo 2^32; floats are added as
 * doubles, a Float32Array is rounded once per element.
 *
 * The order of float additions is fixed (blocks of 4,096 elements), so every thread count gives the same bits.
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}; after an abort an output over
 * shared memory is half-written.
 * Gives `out`, or the new view when it was moved. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`),
 * NativeUnavailableError, the signal's reason.
 * Cost: O(n) time, `x` is read twice on several threads; plain arrays that aren't moved are copied in and out.
 */
export function prefixSum<T extends NumericArray>(x: T, options?: KernelOptions & PrefixSumOutput<T>): Promise<T> {
  return promised(() => startAsync(KERNEL, options, valuesOf(x, options), (_, given) => given[1] as T));
}

/** {@link prefixSum} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies. */
export function prefixSumSync<T extends NumericArray>(x: T, options?: SyncKernelOptions & PrefixSumOutput<T>): T {
  const values = valuesOf(x, options);
  callSync(KERNEL, options, values);
  return values[1] as T;
}
