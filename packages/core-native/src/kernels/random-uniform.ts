import { checkArray, checkInteger, checkObject, FLOAT_TYPES, type FloatArray } from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

/** Which random numbers: those of blocks blockStart, blockStart + 1, … of 4,096 numbers each. */
export interface RandomParameters {
  /** Seed of all streams, 0 to 2^32 - 1. */
  seed: number;
  /** Block of the first element, 0 to 2^40. An array may be filled in parts that begin at multiples of 4,096. Default 0. */
  blockStart?: number;
}

const KERNEL = 'randomUniform';
const SEED_MAX = 2 ** 32 - 1;
const BLOCK_START_MAX = 2 ** 40;

/** The checked parameters that all random numbers have. */
export function checkRandom(kernel: string, out: FloatArray, parameters: RandomParameters): [number, number] {
  checkArray(kernel, 'out', out, FLOAT_TYPES);
  checkObject(kernel, 'options', parameters);
  const seed = checkInteger(kernel, 'seed', parameters.seed, 0, SEED_MAX);
  const blockStart = checkInteger(kernel, 'blockStart', parameters.blockStart ?? 0, 0, BLOCK_START_MAX);
  return [seed, blockStart];
}

function valuesOf(out: FloatArray, parameters: RandomParameters): KernelArguments['randomUniform'] {
  return [out, ...checkRandom(KERNEL, out, parameters)];
}

/**
 * Fills `out` with pseudo-random numbers from [0, 1), all equally likely: multiples of 2^-53 in a Float64Array, of 2^-24
 * in a Float32Array.
 *
 * Each block of 4,096 elements has 16 generators (xoshiro128++) of its own, seeded from (seed, block, lane): the same
 * seed gives the same bits for every thread count, instruction set and split at blocks, and in `@heddle/core-js`.
 * Not for cryptography. Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}; after an
 * abort an array over shared memory is half-written.
 * Gives `out`, or the new view when it was moved. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`),
 * NativeUnavailableError, the signal's reason.
 * Cost: O(n) time; no allocation when `out` is shared or moved, else a copy.
 */
export function randomUniform<T extends FloatArray>(out: T, options: KernelOptions & RandomParameters): Promise<T> {
  return promised(() => startAsync(KERNEL, options, valuesOf(out, options), (_, given) => given[0] as T));
}

/** {@link randomUniform} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies. */
export function randomUniformSync<T extends FloatArray>(out: T, options: SyncKernelOptions & RandomParameters): T {
  callSync(KERNEL, options, valuesOf(out, options));
  return out;
}
