// The smallest and the largest element in one pass.
import {
  checkNumericArray,
  checkOptions,
  isOf,
  wrongRange,
  type KernelOptions,
  type NumericArray,
  type SyncKernelOptions,
} from './arguments.ts';
import { beginAsync } from './async-form.ts';

/** What {@link minMaxSync} returns. */
export interface MinMax {
  /** What Math.min gives of all elements. */
  min: number;
  /** What Math.max gives of all elements. */
  max: number;
}

/**
 * The smallest and the largest element, as Math.min and Math.max have them: both are NaN when an element is, and -0 is
 * below +0.
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), also for an empty array. Runs on the calling thread.
 * Cost: O(n) time, no allocation per element.
 */
export function minMaxSync(x: NumericArray, options?: SyncKernelOptions): MinMax {
  check(x);
  checkOptions('minMax', options);
  return compute(x);
}

/** {@link minMaxSync} with a promise; the work runs on the calling thread and keeps it busy. */
export async function minMax(x: NumericArray, options?: KernelOptions): Promise<MinMax> {
  check(x);
  return compute(beginAsync('minMax', { x }, options).x);
}

function check(x: NumericArray): void {
  checkNumericArray('minMax', 'x', x);
  // Math.min() is Infinity, which is no element of an array of integers.
  if (x.length === 0) throw wrongRange('minMax', 'x', 'have at least one element', '0');
}

// Comparisons pass over zeros of either sign; where a zero comes out, its sign is looked for.
function compute(x: NumericArray): MinMax {
  const { length } = x;
  let min = x[0]!;
  let max = min;
  for (let i = 0; i < length; i++) {
    const value = x[i]!;
    // Also true of NaN, which is why the test isn't value < min.
    if (!(value >= min)) {
      if (Number.isNaN(value)) return { min: Number.NaN, max: Number.NaN };
      min = value;
    }
    if (value > max) max = value;
  }
  if (Number.isNaN(min) || isOf(x, 'Int32Array') || isOf(x, 'Uint32Array')) return { min, max };
  if (min === 0) min = hasZero(x, -0) ? -0 : 0;
  if (max === 0) max = hasZero(x, 0) ? 0 : -0;
  return { min, max };
}

/** Whether an element is that zero. Where the reciprocal of another is infinite, its sign is the other one. */
function hasZero(x: NumericArray, zero: number): boolean {
  const reciprocal = 1 / zero;
  for (let i = 0; i < x.length; i++) if (reciprocal === 1 / x[i]!) return true;
  return false;
}
