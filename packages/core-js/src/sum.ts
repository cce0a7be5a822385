// Sum of an array, with the same bits on every core and machine.
import {
  checkNumericArray,
  checkOptions,
  type KernelOptions,
  type NumericArray,
  type SyncKernelOptions,
} from './arguments.ts';
import { beginAsync } from './async-form.ts';
import { blockedSum } from './blocked-sum.ts';

/**
 * Adds all elements as doubles in a fixed blocked order (`blocked-sum.ts`), which is more accurate than adding from left
 * to right. An empty array gives +0. NaN and infinities follow IEEE addition.
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`). Runs on the calling thread.
 * Cost: O(n) time, no allocation per element.
 */
export function sumSync(x: NumericArray, options?: SyncKernelOptions): number {
  checkNumericArray('sum', 'x', x);
  checkOptions('sum', options);
  return blockedSum(x);
}

/** {@link sumSync} with a promise; the work runs on the calling thread and keeps it busy. */
export async function sum(x: NumericArray, options?: KernelOptions): Promise<number> {
  checkNumericArray('sum', 'x', x);
  return blockedSum(beginAsync('sum', { x }, options).x);
}
