// y = a * x + y, in place.
import {
  checkArray,
  checkFloatArray,
  checkLength,
  checkNoOverlap,
  checkOptions,
  isOf,
  typeNameOf,
  wrongType,
  type ArrayTypeName,
  type FloatArray,
  type KernelOptions,
  type SyncKernelOptions,
} from './arguments.ts';
import { beginAsync } from './async-form.ts';

/**
 * y[i] = a * x[i] + y[i]. Two roundings per element, of the product and of the sum, both to the arrays' type, to which
 * `a` is rounded first. Both arrays have one type and length; `y` is `x` itself or shares no byte with it.
 * Returns `y`. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`). Runs on the calling thread.
 * Cost: O(n) time, no allocation.
 */
export function axpySync<T extends FloatArray>(a: number, x: T, y: T, options?: SyncKernelOptions): T {
  check(a, x, y);
  checkOptions('axpy', options);
  return compute(a, x, y);
}

/** {@link axpySync} with a promise; the work runs on the calling thread and keeps it busy. */
export async function axpy<T extends FloatArray>(a: number, x: T, y: T, options?: KernelOptions): Promise<T> {
  check(a, x, y);
  const arrays = beginAsync('axpy', { x, y }, options);
  return compute(a, arrays.x, arrays.y);
}

function check(a: number, x: FloatArray, y: FloatArray): void {
  const kernel = 'axpy';
  // Any number: NaN and infinities may be elements too.
  if (typeof a !== 'number') throw wrongType(kernel, 'a', 'a number', a);
  checkFloatArray(kernel, 'x', x);
  checkArray(kernel, 'y', y, [typeNameOf(x) as ArrayTypeName]);
  checkLength(kernel, 'y', y, x.length, 'that of x');
  checkNoOverlap(kernel, 'y', y, 'x', x, true);
}

// A loop per type: one loop that met both would look at the type of each element's array.
function compute<T extends FloatArray>(a: number, x: T, y: T): T {
  if (isOf(x, 'Float64Array')) addDoubles(a, x, y as Float64Array);
  else addFloats(Math.fround(a), x as Float32Array, y as Float32Array);
  return y;
}

function addDoubles(a: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) y[i] = a * x[i]! + y[i]!;
}

function addFloats(a: number, x: Float32Array, y: Float32Array): void {
  for (let i = 0; i < x.length; i++) y[i] = Math.fround(a * x[i]!) + y[i]!;
}
