// The one order in which sums are taken, shared by `sum`, `meanVariance` and `dot` and equal to the native package's, so
// that a sum has the same bits for any thread count and any vector width:
//   blocks of BLOCK elements; in a block, lane l adds the elements whose place modulo LANES is l, in ascending order,
//   starting from +0; the lanes are halved (lane l += lane l + w for w = 32, 16, … 1); block sums are added left to right.
// Elements are converted to double first. A short last block is a block whose missing elements are +0: adding +0 to a
// lane never changes it, because a lane starts at +0 and so is never -0.
import { isOf, type NumericArray } from './arguments.ts';

/** Elements per block. */
export const BLOCK = 4096;
/** Partial sums per block. */
export const LANES = 64;

// Scratch of the calling thread; kernels never run in each other's middle. Arrays bound to a constant of the module let
// V8 drop the bounds checks and the loads of their address.
export const lanes = new Float64Array(LANES);
const block = new Float64Array(BLOCK);
const touched = new Float64Array(4);

/** The sum of `x` in the order above; +0 for an empty array. */
export function blockedSum(x: NumericArray): number {
  const { length } = x;
  if (length === 0) return 0;
  const doubles = isOf(x, 'Float64Array') ? x : undefined;
  let total = sumOfBlock(x, doubles, 0);
  for (let start = BLOCK; start < length; start += BLOCK) total += sumOfBlock(x, doubles, start);
  return total;
}

/** The sum of (x[i] - mean)^2 in the order above; +0 for an empty array. */
export function blockedSumOfSquares(x: NumericArray, mean: number): number {
  const { length } = x;
  if (length === 0) return 0;
  const doubles = isOf(x, 'Float64Array') ? x : undefined;
  let total = squaresOfBlock(x, doubles, 0, mean);
  for (let start = BLOCK; start < length; start += BLOCK) total += squaresOfBlock(x, doubles, start, mean);
  return total;
}

function sumOfBlock(x: NumericArray, doubles: Float64Array | undefined, start: number): number {
  if (doubles !== undefined && start + BLOCK <= doubles.length) {
    touch(doubles, start);
    return sumLanes(doubles, start);
  }
  loadBlock(x, start, block);
  return sumLanes(block, 0);
}

function squaresOfBlock(x: NumericArray, doubles: Float64Array | undefined, start: number, mean: number): number {
  if (doubles !== undefined && start + BLOCK <= doubles.length) {
    touch(doubles, start);
    return squareLanes(doubles, start, mean);
  }
  const count = loadBlock(x, start, block);
  if (count === BLOCK) return squareLanes(block, 0, mean);
  // What is missing must add +0, not mean * mean.
  for (let i = 0; i < count; i++) {
    const d = block[i]! - mean;
    block[i] = d * d;
  }
  return sumLanes(block, 0);
}

/** Copies up to BLOCK elements as doubles, fills the rest with +0, returns how many were copied. */
export function loadBlock(x: NumericArray, start: number, to: Float64Array): number {
  const end = Math.min(start + BLOCK, x.length);
  to.set(x.subarray(start, end));
  if (end - start < BLOCK) to.fill(0, end - start);
  return end - start;
}

// Reads one element per cache line in ascending order before the lanes walk the block in strides, which the hardware
// does not prefetch: from memory that is the difference between 6 and 11 GB/s.
export function touch(x: Float64Array, start: number): void {
  const end = start + BLOCK;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = start; i < end; i += 32) {
    a += x[i]!;
    b += x[i + 8]!;
    c += x[i + 16]!;
    d += x[i + 24]!;
  }
  touched[0] = a;
  touched[1] = b;
  touched[2] = c;
  touched[3] = d;
}

// Eight lanes at a time stay in registers; 64 would live in memory (5.5 instead of 17 GB/s).
function sumLanes(x: Float64Array, start: number): number {
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
      a += x[i]!;
      b += x[i + 1]!;
      c += x[i + 2]!;
      d += x[i + 3]!;
      e += x[i + 4]!;
      f += x[i + 5]!;
      g += x[i + 6]!;
      h += x[i + 7]!;
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

function squareLanes(x: Float64Array, start: number, mean: number): number {
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
      let difference = x[i]! - mean;
      a += difference * difference;
      difference = x[i + 1]! - mean;
      b += difference * difference;
      difference = x[i + 2]! - mean;
      c += difference * difference;
      difference = x[i + 3]! - mean;
      d += difference * difference;
      difference = x[i + 4]! - mean;
      e += difference * difference;
      difference = x[i + 5]! - mean;
      f += difference * difference;
      difference = x[i + 6]! - mean;
      g += difference * difference;
      difference = x[i + 7]! - mean;
      h += difference * difference;
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

/** The sum of the lanes, by halving. */
export function combineLanes(): number {
  for (let width = LANES / 2; width >= 1; width /= 2) {
    for (let lane = 0; lane < width; lane++) lanes[lane] = lanes[lane]! + lanes[lane + width]!;
  }
  return lanes[0]!;
}
