// Dot product of two arrays, with the same bits on every core and machine.
import {
  checkArray,
  checkFloatArray,
  checkLength,
  checkOptions,
  isOf,
  typeNameOf,
  type ArrayTypeName,
  type FloatArray,
  type KernelOptions,
  type SyncKernelOptions,
} from './arguments.ts';
import { beginAsync } from './async-form.ts';
import { BLOCK, combineLanes, LANES, lanes, loadBlock, touch } from './blocked-sum.ts';

/**
 * Adds the products x[i] * y[i] as doubles, in the order in which `sum` adds elements. Empty arrays give +0. Both arrays
 * have one type and length, and may be the same or overlap.
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`). Runs on the calling thread.
 * Cost: O(n) time, no allocation per element.
 */
export function dotSync<T extends FloatArray>(x: T, y: T, options?: SyncKernelOptions): number {
  check(x, y);
  checkOptions('dot', options);
  return compute(x, y);
}

/** {@link dotSync} with a promise; the work runs on the calling thread and keeps it busy. */
export async function dot<T extends FloatArray>(x: T, y: T, options?: KernelOptions): Promise<number> {
  check(x, y);
  const arrays = beginAsync('dot', { x, y }, options);
  return compute(arrays.x, arrays.y);
}

function check(x: FloatArray, y: FloatArray): void {
  checkFloatArray('dot', 'x', x);
  checkArray('dot', 'y', y, [typeNameOf(x) as ArrayTypeName]);
  checkLength('dot', 'y', y, x.length, 'that of x');
}

function compute(x: FloatArray, y: FloatArray): number {
  const { length } = x;
  if (length === 0) return 0;
  let total = dotOfBlock(x, y, 0);
  for (let start = BLOCK; start < length; start += BLOCK) total += dotOfBlock(x, y, start);
  return total;
}

const xBlock = new Float64Array(BLOCK);
const yBlock = new Float64Array(BLOCK);

function dotOfBlock(x: FloatArray, y: FloatArray, start: number): number {
  if (isOf(x, 'Float64Array') && start + BLOCK <= x.length) {
    touch(x, start);
    touch(y as Float64Array, start);
    return dotLanes(x, y as Float64Array, start);
  }
  // What is missing in a short block adds +0 * +0.
  loadBlock(x, start, xBlock);
  loadBlock(y, start, yBlock);
  return dotLanes(xBlock, yBlock, 0);
}

function dotLanes(x: Float64Array, y: Float64Array, start: number): number {
  const end = start + BLOCK;
  for (let lane = 0; lane < LANES; lane += 8) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let e = 0;
    let f = 0;
    let g = 0;
    let h = 0;
    for (let i = start + lane; i < end; i += LANES) {
      a += x[i]! * y[i]!;
      b += x[i + 1]! * y[i + 1]!;
      c += x[i + 2]! * y[i + 2]!;
      d += x[i + 3]! * y[i + 3]!;
      e += x[i + 4]! * y[i + 4]!;
      f += x[i + 5]! * y[i + 5]!;
      g += x[i + 6]! * y[i + 6]!;
      h += x[i + 7]! * y[i + 7]!;
    }
    lanes[lane] = a;
    lanes[lane + 1] = b;
    lanes[lane + 2] = c;
    lanes[lane + 3] = d;
    lanes[lane + 4] = e;
    lanes[lane + 5] = f;
    lanes[lane + 6] = g;
    lanes[lane + 7] = h;
  }
  return combineLanes();
}
