// Gravitational accelerations of all bodies by all others: the core of a simulation, quadratic work on little data.
import {
  allocate,
  checkArray,
  checkFinite,
  checkInteger,
  checkLength,
  checkNoOverlap,
  checkObject,
  wrongRange,
  wrongType,
} from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, freshAt, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

/** The bodies, and which of them to compute. */
export interface NbodyParameters {
  /** x, y, z of body 0, then of body 1, …: three elements per body. */
  positions: Float64Array;
  /** One element per body; their number, at most 2^30, is the number of bodies. */
  masses: Float64Array;
  /** Length that softens close encounters, finite and not negative: its square is added to each squared distance. */
  softening: number;
  /**
   * 'exact' gives the same bits on every instruction set and in `@heddle/core-js`. 'fast' may differ from it by 1e-9 of
   * the sum of the sizes of all terms, and between instruction sets. Default 'exact'.
   */
  precision?: 'exact' | 'fast';
  /** First body to compute, 0 to the number of bodies. Default 0. */
  bodyStart?: number;
  /** Bodies to compute, 0 to the number of bodies - bodyStart. Default: all from bodyStart on. */
  bodyCount?: number;
  /** Where ax, ay, az of the bodies go: 3 * bodyCount elements that share no byte with the inputs. Default: new. */
  out?: Float64Array;
}

const KERNEL = 'nbodyAccelerations';
const BODIES_MAX = 2 ** 30;

function isFast(precision: unknown): number {
  if (precision === undefined || precision === 'exact') return 0;
  if (precision === 'fast') return 1;
  if (typeof precision !== 'string') throw wrongType(KERNEL, 'precision', `'exact' or 'fast'`, precision);
  throw wrongRange(KERNEL, 'precision', `be 'exact' or 'fast'`, `'${precision.slice(0, 40)}'`);
}

function valuesOf(parameters: NbodyParameters, given: Float64Array | undefined): KernelArguments['nbodyAccelerations'] {
  checkObject(KERNEL, 'parameters', parameters);
  const { positions, masses } = parameters;
  checkArray(KERNEL, 'masses', masses, ['Float64Array']);
  checkArray(KERNEL, 'positions', positions, ['Float64Array']);
  const n = masses.length;
  if (n > BODIES_MAX) throw wrongRange(KERNEL, 'masses', `have at most ${BODIES_MAX} elements`, String(n));
  checkLength(KERNEL, 'positions', positions, 3 * n, '3 x the number of masses');
  const softening = checkFinite(KERNEL, 'softening', parameters.softening);
  if (softening < 0) throw wrongRange(KERNEL, 'softening', 'not be negative', String(softening));
  const fast = isFast(parameters.precision);
  const start = checkInteger(KERNEL, 'bodyStart', parameters.bodyStart ?? 0, 0, n);
  const count = checkInteger(KERNEL, 'bodyCount', parameters.bodyCount ?? n - start, 0, n - start);
  if (given !== undefined) {
    checkArray(KERNEL, 'out', given, ['Float64Array']);
    checkLength(KERNEL, 'out', given, 3 * count, '3 x bodyCount');
    checkNoOverlap(KERNEL, 'out', given, 'positions', positions);
    checkNoOverlap(KERNEL, 'out', given, 'masses', masses);
  }
  const out = given ?? allocate(KERNEL, '3 x bodyCount', Float64Array, 3 * count);
  return [positions, masses, out, softening, fast, start, count];
}

/**
 * The acceleration of each body by all others: the sum, in their order, of m * d / (|d|^2 + softening^2)^(3/2), without
 * a gravitational constant. Two bodies at one place without softening give NaN.
 *
 * All pairs, several bodies per vector; 'fast' estimates the inverse square root and refines it (see `precision`).
 * The bits don't depend on the thread count or on how the bodies are split by bodyStart and bodyCount.
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}.
 * Gives `out`, or the new view when it was moved. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`),
 * NativeUnavailableError, the signal's reason.
 * Cost: O(bodyCount * n) time; plain arrays that aren't moved are copied.
 */
export function nbodyAccelerations(parameters: NbodyParameters, options?: KernelOptions): Promise<Float64Array> {
  return promised(() => {
    const out = parameters?.out;
    const values = valuesOf(parameters, out);
    return startAsync(KERNEL, options, values, (_, given) => given[2] as Float64Array, freshAt(2, out === undefined));
  });
}

/** {@link nbodyAccelerations} on the calling thread and the pool; returns when it is done. */
export function nbodyAccelerationsSync(parameters: NbodyParameters, options?: SyncKernelOptions): Float64Array {
  const values = valuesOf(parameters, parameters?.out);
  callSync(KERNEL, options, values);
  return values[2];
}
