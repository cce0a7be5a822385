// Ascending sort in place, in the order of TypedArray.prototype.sort.
import {
  checkNumericArray,
  checkOptions,
  isOf,
  type KernelOptions,
  type NumericArray,
  type SyncKernelOptions,
} from './arguments.ts';
import { beginAsync } from './async-form.ts';
import { RADIX_MAX, RADIX_MIN, SIGNED, radixSort32, radixSort64 } from './radix-sort.ts';

/**
 * Sorts `x` ascending in place, -0 before +0, NaN last (NaNs may lose their payload).
 * Returns `x`. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`). Runs on the calling thread.
 * Cost: O(n) radix passes and a second buffer of x's size from 1,024 elements on; without that much memory, and below,
 * the built-in sort in place.
 */
export function sortSync<T extends NumericArray>(x: T, options?: SyncKernelOptions): T {
  checkNumericArray('sort', 'x', x);
  checkOptions('sort', options);
  return compute(x);
}

/**
 * {@link sortSync} with a promise; the work runs on the calling thread and keeps it busy. After an abort the order of
 * the elements is unspecified.
 */
export async function sort<T extends NumericArray>(x: T, options?: KernelOptions): Promise<T> {
  checkNumericArray('sort', 'x', x);
  return compute(beginAsync('sort', { x }, options).x);
}

function compute<T extends NumericArray>(x: T): T {
  if (x.length < RADIX_MIN || x.length > RADIX_MAX || !radix(x)) x.sort();
  return x;
}

/** False, with every element still in x, when there is no memory for the passes. */
function radix(x: NumericArray): boolean {
  try {
    if (isOf(x, 'Float64Array')) radixSort64(x.subarray(0, moveNaNsToEnd(x)));
    else if (isOf(x, 'Float32Array')) sortFloat32(x);
    else radixSort32(bitsOf(x), isOf(x, 'Int32Array') ? SIGNED : 0);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function bitsOf(x: Float32Array | Int32Array | Uint32Array): Int32Array {
  return new Int32Array(x.buffer, x.byteOffset, x.length);
}

// The bits of floats order as signed integers once negative ones have all bits but their sign turned round; turning
// them round again gives the floats back.
function sortFloat32(x: Float32Array): void {
  const bits = bitsOf(x.subarray(0, moveNaNsToEnd(x)));
  turnNegatives(bits);
  try {
    radixSort32(bits, SIGNED);
  } finally {
    turnNegatives(bits);
  }
}

function turnNegatives(bits: Int32Array): void {
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i]!;
    bits[i] = word ^ ((word >> 31) & 0x7fff_ffff);
  }
}

/** Returns how many elements are numbers; they come first, in any order. */
function moveNaNsToEnd(x: Float64Array | Float32Array): number {
  let end = x.length;
  for (let i = 0; i < end; i++) {
    const value = x[i]!;
    // oxlint-disable-next-line no-self-compare -- the fastest test for NaN, once per element
    if (value === value) continue;
    do end--;
    while (end > i && Number.isNaN(x[end]));
    x[i] = x[end]!;
    x[end] = Number.NaN;
  }
  return end;
}
