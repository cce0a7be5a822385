// What randomUniform and randomNormal share: their parameters, and the loop over blocks.
import { checkFloatArray, checkInteger, checkObject, isOf, type FloatArray } from './arguments.ts';
import { seedLanes, type Stream } from './random-lanes.ts';

/** Which random numbers: those of blocks blockStart, blockStart + 1, … of 4,096 numbers each. */
export interface RandomParameters {
  /** Seed of all streams, 0 to 2^32 - 1. */
  seed: number;
  /** Block of the first element, 0 to 2^40. An array may be filled in parts that begin at multiples of 4,096. Default 0. */
  blockStart?: number;
}

/** The parameters as they were checked. */
export type RandomRun = Required<RandomParameters>;

const SEED_MAX = 2 ** 32 - 1;
const BLOCK_START_MAX = 2 ** 40;

/** Numbers per block. */
export const RANDOM_BLOCK = 4096;

export function checkRandom(kernel: string, out: FloatArray, parameters: RandomParameters): RandomRun {
  checkFloatArray(kernel, 'out', out);
  checkObject(kernel, 'options', parameters);
  const seed = checkInteger(kernel, 'seed', parameters.seed, 0, SEED_MAX);
  const blockStart = checkInteger(kernel, 'blockStart', parameters.blockStart ?? 0, 0, BLOCK_START_MAX);
  return { seed, blockStart };
}

/** Fills `out`. `draw` writes the first `count` numbers at least of the block whose lanes are seeded to `numbers`. */
export function fillBlocks<T extends FloatArray>(
  out: T,
  stream: Stream,
  { seed, blockStart }: RandomRun,
  numbers: Float64Array,
  draw: (count: number) => void,
): T {
  for (let start = 0, block = blockStart; start < out.length; start += RANDOM_BLOCK, block++) {
    const count = Math.min(RANDOM_BLOCK, out.length - start);
    seedLanes(stream, seed, block);
    draw(count);
    if (isOf(out, 'Float64Array')) out.set(count < RANDOM_BLOCK ? numbers.subarray(0, count) : numbers, start);
    else roundTo(out as Float32Array, start, numbers, count);
  }
  return out;
}

function roundTo(out: Float32Array, start: number, numbers: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) out[start + i] = numbers[i]!;
}
