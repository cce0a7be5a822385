// Uniform numbers in [0, 1). Number i of a block comes from lane i mod LANES: a double from two words, 27 bits of the
// first above 26 of the second, a float from 24 bits of one.
import { checkOptions, isOf, type FloatArray, type KernelOptions, type SyncKernelOptions } from './arguments.ts';
import { beginAsync } from './async-form.ts';
import { checkRandom, fillBlocks, RANDOM_BLOCK, type RandomParameters, type RandomRun } from './random-fill.ts';
import { LANES, states, type Stream } from './random-lanes.ts';

const STREAM: Stream = { first: 0xbb67_ae85, second: 0x3c6e_f372 };

/**
 * Fills `out` with pseudo-random numbers from [0, 1), all equally likely: multiples of 2^-53 in a Float64Array, of 2^-24
 * in a Float32Array. The same seed gives the same numbers on every machine; a part of an array that begins at a multiple
 * of 4,096 elements is filled alike by its own `blockStart`. Not for cryptography.
 * Returns `out`. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`). Runs on the calling thread.
 * Cost: O(n) time, no allocation.
 */
export function randomUniformSync<T extends FloatArray>(out: T, options: SyncKernelOptions & RandomParameters): T {
  const run = checkRandom('randomUniform', out, options);
  checkOptions('randomUniform', options);
  return compute(out, run);
}

/** {@link randomUniformSync} with a promise; the work runs on the calling thread and keeps it busy. */
export async function randomUniform<T extends FloatArray>(
  out: T,
  options: KernelOptions & RandomParameters,
): Promise<T> {
  const run = checkRandom('randomUniform', out, options);
  return compute(beginAsync('randomUniform', { out }, options).out, run);
}

function compute<T extends FloatArray>(out: T, run: RandomRun): T {
  return fillBlocks(out, STREAM, run, numbers, isOf(out, 'Float64Array') ? drawDoubles : drawFloats);
}

// The numbers of the current block. Kernels never run in each other's middle.
const numbers = new Float64Array(RANDOM_BLOCK);

function drawDoubles(count: number): void {
  for (let lane = 0; lane < LANES; lane++) drawLaneOfDoubles(lane, count);
}

function drawFloats(count: number): void {
  for (let lane = 0; lane < LANES; lane++) drawLaneOfFloats(lane, count);
}

function drawLaneOfDoubles(lane: number, count: number): void {
  let s0 = states[lane]!;
  let s1 = states[LANES + lane]!;
  let s2 = states[2 * LANES + lane]!;
  let s3 = states[3 * LANES + lane]!;
  const step = LANES;
  for (let i = lane; i < count; i += step) {
    let sum = (s0 + s3) | 0;
    const high = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    let t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = (s3 << 11) | (s3 >>> 21);

    sum = (s0 + s3) | 0;
    const low = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = (s3 << 11) | (s3 >>> 21);

    numbers[i] = ((high >>> 5) * 2 ** 26 + (low >>> 6)) * 2 ** -53;
  }
}

function drawLaneOfFloats(lane: number, count: number): void {
  let s0 = states[lane]!;
  let s1 = states[LANES + lane]!;
  let s2 = states[2 * LANES + lane]!;
  let s3 = states[3 * LANES + lane]!;
  const step = LANES;
  for (let i = lane; i < count; i += step) {
    const sum = (s0 + s3) | 0;
    const word = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    const t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = (s3 << 11) | (s3 >>> 21);
    numbers[i] = (word >>> 8) * 2 ** -24;
  }
}
