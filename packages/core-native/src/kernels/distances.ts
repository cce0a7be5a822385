import {
  allocate,
  checkArray,
  checkInteger,
  checkLength,
  checkNoOverlap,
  checkObject,
  FLOAT_TYPES,
  wrongRange,
  wrongType,
  type FloatArray,
} from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, freshAt, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

/** What the vectors are, what is computed of them, and where it goes. */
export interface DistancesParameters<T extends FloatArray> {
  /** Elements per vector, 1 to 2^31 - 1. */
  dimension: number;
  /** `'squaredL2'`: the sum of (q - r)^2 along the vectors. `'dot'`: the sum of q * r. */
  metric: 'squaredL2' | 'dot';
  /** Where the results go: an element per query and row that shares no byte with either. Default: a new array. */
  out?: T;
}

const KERNEL = 'distances';
const DIMENSION_MAX = 2 ** 31 - 1;

function isDot(metric: unknown): number {
  if (metric === 'squaredL2') return 0;
  if (metric === 'dot') return 1;
  if (typeof metric === 'string')
    throw wrongRange(KERNEL, 'metric', "be 'squaredL2' or 'dot'", `'${metric.slice(0, 40)}'`);
  throw wrongType(KERNEL, 'metric', "'squaredL2' or 'dot'", metric);
}

/** How many vectors the array holds. */
function countVectors(argument: string, array: FloatArray, dimension: number): number {
  if (array.length % dimension === 0) return array.length / dimension;
  throw wrongRange(KERNEL, argument, `have a multiple of ${dimension} elements (dimension)`, `${array.length}`);
}

function valuesOf<T extends FloatArray>(
  queries: T,
  rows: T,
  parameters: DistancesParameters<T>,
  given: T | undefined,
): KernelArguments['distances'] {
  const type = checkArray(KERNEL, 'queries', queries, FLOAT_TYPES);
  checkArray(KERNEL, 'rows', rows, [type]);
  checkObject(KERNEL, 'options', parameters);
  const dimension = checkInteger(KERNEL, 'dimension', parameters.dimension, 1, DIMENSION_MAX);
  const dot = isDot(parameters.metric);
  const pairs = countVectors('queries', queries, dimension) * countVectors('rows', rows, dimension);
  if (given !== undefined) {
    checkArray(KERNEL, 'out', given, [type]);
    checkLength(KERNEL, 'out', given, pairs, 'queries x rows');
    checkNoOverlap(KERNEL, 'out', given, 'queries', queries);
    checkNoOverlap(KERNEL, 'out', given, 'rows', rows);
  }
  const Type = type === 'Float64Array' ? Float64Array : Float32Array;
  const out = given ?? allocate<FloatArray>(KERNEL, 'queries x rows', Type, pairs);
  return [queries, rows, out, dimension, dot];
}

/**
 * The distance of each query to each row: out[q * rows + r]. Both are vectors of `dimension` elements, one after the
 * other, all Float64Array or all Float32Array.
 *
 * Terms are computed and added in the arrays' own type and in a fixed order: 16 floats or 8 doubles in turn, then these
 * sums halved. So every thread count, every instruction set and `@heddle/core-js` give the same bits. A result differs
 * from the exact one by at most (dimension / 16 + 7) * epsilon, with doubles (dimension / 8 + 6) * epsilon, times the sum
 * of the terms' sizes, epsilon being the type's, unless numbers overflow or become subnormal.
 * Rows are read from memory once for up to 64 KiB of queries.
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}.
 * Gives `out`, or the new view when it was moved. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`),
 * NativeUnavailableError, the signal's reason.
 * Cost: O(queries * rows * dimension) time; plain arrays that aren't moved are copied.
 */
export function distances<T extends FloatArray>(
  queries: T,
  rows: T,
  options: KernelOptions & DistancesParameters<T>,
): Promise<T> {
  return promised(() => {
    const out = options?.out;
    const values = valuesOf(queries, rows, options, out);
    return startAsync(KERNEL, options, values, (_, given) => given[2] as T, freshAt(2, out === undefined));
  });
}

/** {@link distances} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies. */
export function distancesSync<T extends FloatArray>(
  queries: T,
  rows: T,
  options: SyncKernelOptions & DistancesParameters<T>,
): T {
  const values = valuesOf(queries, rows, options, options?.out);
  callSync(KERNEL, options, values);
  return values[2] as T;
}
