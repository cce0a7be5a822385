import { checkFinite, wrongRange, type FloatArray } from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';
import { checkRandom, type RandomParameters } from './random-uniform.ts';

/** Which random numbers, and how they are distributed. */
export interface RandomNormalParameters extends RandomParameters {
  /** Mean, finite. Default 0. */
  mean?: number;
  /** Standard deviation, finite and not negative. Default 1. */
  deviation?: number;
}

const KERNEL = 'randomNormal';

function valuesOf(out: FloatArray, parameters: RandomNormalParameters): KernelArguments['randomNormal'] {
  const random = checkRandom(KERNEL, out, parameters);
  const mean = checkFinite(KERNEL, 'mean', parameters.mean ?? 0);
  const deviation = checkFinite(KERNEL, 'deviation', parameters.deviation ?? 1);
  if (deviation < 0) throw wrongRange(KERNEL, 'deviation', 'not be negative', String(deviation));
  return [out, ...random, mean, deviation];
}

/**
 * Fills `out` with pseudo-random numbers of the normal distribution. A Float32Array gets what a Float64Array gets,
 * rounded. The largest distance from the mean is about 8.6 deviations.
 *
 * Pairs by the transform of Box and Muller, from blocks of 4,096 elements with generators of their own, seeded from
 * (seed, block, lane), and with a logarithm, sine and cosine of its own: the same seed gives the same bits for every
 * thread count, instruction set and split at blocks, and in `@heddle/core-js`.
 * Not for cryptography. Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}; after an
 * abort an array over shared memory is half-written.
 * Gives `out`, or the new view when it was moved. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`),
 * NativeUnavailableError, the signal's reason.
 * Cost: O(n) time; no allocation when `out` is shared or moved, else a copy.
 */
export function randomNormal<T extends FloatArray>(
  out: T,
  options: KernelOptions & RandomNormalParameters,
): Promise<T> {
  return promised(() => startAsync(KERNEL, options, valuesOf(out, options), (_, given) => given[0] as T));
}

/** {@link randomNormal} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies. */
export function randomNormalSync<T extends FloatArray>(out: T, options: SyncKernelOptions & RandomNormalParameters): T {
  callSync(KERNEL, options, valuesOf(out, options));
  return out;
}
