// Pi by counting random points inside a quarter circle: the shape of many simulations, all random numbers and no data.
import { checkInteger, checkObject } from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

/** How many samples, and of which streams. */
export interface MonteCarloPiParameters {
  /** Number of samples, 1 to 2^40. They are those of blocks blockStart, blockStart + 1, … of 65,536 each. */
  samples: number;
  /** Seed of all streams, 0 to 2^32 - 1. */
  seed: number;
  /** First block, 0 to 2^40. A run may be split at multiples of 65,536 samples. Default 0. */
  blockStart?: number;
}

/** What {@link monteCarloPi} gives. */
export interface MonteCarloPiResult {
  /** Samples inside the quarter circle. */
  inside: number;
  /** Samples drawn. */
  samples: number;
  /** 4 * inside / samples; its standard error is about 1.64 / sqrt(samples). */
  pi: number;
}

const KERNEL = 'monteCarloPi';
const SAMPLES_MAX = 2 ** 40;
const SEED_MAX = 2 ** 32 - 1;

function valuesOf(parameters: MonteCarloPiParameters): KernelArguments['monteCarloPi'] {
  checkObject(KERNEL, 'parameters', parameters);
  const samples = checkInteger(KERNEL, 'samples', parameters.samples, 1, SAMPLES_MAX);
  const seed = checkInteger(KERNEL, 'seed', parameters.seed, 0, SEED_MAX);
  const blockStart = checkInteger(KERNEL, 'blockStart', parameters.blockStart ?? 0, 0, SAMPLES_MAX);
  return [samples, seed, blockStart];
}

function resultOf(inside: number, [samples]: KernelArguments['monteCarloPi']): MonteCarloPiResult {
  return { inside, samples, pi: (4 * inside) / samples };
}

/**
 * Estimates pi from `samples` pseudo-random points of a 65,536 x 65,536 grid.
 *
 * Each block of 65,536 samples has 16 generators (xoshiro128++) of its own, seeded from (seed, block, lane): the same
 * seed gives the same counts for every thread count, instruction set and split at blocks, and in `@heddle/core-js`.
 * Not for cryptography. Off the event loop, on the pool; cancelling: {@link KernelOptions}.
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), NativeUnavailableError, the signal's reason.
 * Cost: O(samples) time; no allocation.
 */
export function monteCarloPi(parameters: MonteCarloPiParameters, options?: KernelOptions): Promise<MonteCarloPiResult> {
  return promised(() => startAsync(KERNEL, options, valuesOf(parameters), resultOf));
}

/** {@link monteCarloPi} on the calling thread and the pool; returns when it is done. */
export function monteCarloPiSync(parameters: MonteCarloPiParameters, options?: SyncKernelOptions): MonteCarloPiResult {
  const values = valuesOf(parameters);
  return resultOf(callSync(KERNEL, options, values), values);
}
