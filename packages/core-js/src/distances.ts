// Distances between vectors, with the same bits on every core and machine.
import {
  allocate,
  checkArray,
  checkFloatArray,
  checkInteger,
  checkLength,
  checkNoOverlap,
  checkObject,
  checkOptions,
  isOf,
  typeNameOf,
  wrongRange,
  wrongType,
  type ArrayTypeName,
  type FloatArray,
  type KernelOptions,
  type SyncKernelOptions,
} from './arguments.ts';
import { beginAsync } from './async-form.ts';
import { dotOfDoubles, dotOfFloats, squaredL2OfDoubles, squaredL2OfFloats } from './distances-pair.ts';

/** What the vectors are, what is computed of them, and where it goes. */
export interface DistancesParameters<T extends FloatArray> {
  /** Elements per vector, 1 to 2^31 - 1. */
  dimension: number;
  /** `'squaredL2'`: the sum of (q - r)^2 along the vectors. `'dot'`: the sum of q * r. */
  metric: 'squaredL2' | 'dot';
  /** Where the results go: an element per query and row that shares no byte with either. Default: a new array. */
  out?: T;
}

const DIMENSION_MAX = 2 ** 31 - 1;

/**
 * The distance of each query to each row: out[q * rows + r]. Both are vectors of `dimension` elements, one after the
 * other, all Float64Array or all Float32Array. Terms are computed and added in the arrays' own type and in a fixed order
 * (`distances-pair.ts`), so the bits are the same everywhere. A result differs from the exact one by at most
 * (dimension / 16 + 7) * epsilon, with doubles (dimension / 8 + 6) * epsilon, times the sum of the terms' sizes, epsilon
 * being the type's, unless numbers overflow or become subnormal.
 * Returns `out`. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`). Runs on the calling thread.
 * Cost: O(queries * rows * dimension) time, no allocation when `out` is given.
 */
export function distancesSync<T extends FloatArray>(
  queries: T,
  rows: T,
  options: SyncKernelOptions & DistancesParameters<T>,
): T {
  const shape = check(queries, rows, options);
  checkOptions('distances', options);
  return compute(queries, rows, shape);
}

/** {@link distancesSync} with a promise; the work runs on the calling thread and keeps it busy. */
export async function distances<T extends FloatArray>(
  queries: T,
  rows: T,
  options: KernelOptions & DistancesParameters<T>,
): Promise<T> {
  const shape = check(queries, rows, options);
  const arrays = beginAsync('distances', { queries, rows, out: shape.out }, options);
  return compute(arrays.queries, arrays.rows, { ...shape, out: arrays.out });
}

interface Shape<T> {
  dimension: number;
  isDot: boolean;
  out: T | undefined;
}

function check<T extends FloatArray>(queries: T, rows: T, options: DistancesParameters<T>): Shape<T> {
  const kernel = 'distances';
  checkFloatArray(kernel, 'queries', queries);
  const type = typeNameOf(queries) as ArrayTypeName;
  checkArray(kernel, 'rows', rows, [type]);
  checkObject(kernel, 'options', options);
  const dimension = checkInteger(kernel, 'dimension', options.dimension, 1, DIMENSION_MAX);
  const { metric, out } = options;
  if (metric !== 'squaredL2' && metric !== 'dot') {
    if (typeof metric !== 'string') throw wrongType(kernel, 'metric', `'squaredL2' or 'dot'`, metric);
    throw wrongRange(kernel, 'metric', `be 'squaredL2' or 'dot'`, `'${String(metric).slice(0, 40)}'`);
  }
  const vectors = { queries, rows };
  for (const name of ['queries', 'rows'] as const) {
    const { length } = vectors[name];
    if (length % dimension !== 0) {
      throw wrongRange(kernel, name, `have a multiple of ${dimension} elements (dimension)`, String(length));
    }
  }
  if (out !== undefined) {
    checkArray(kernel, 'out', out, [type]);
    checkLength(kernel, 'out', out, countPairs(queries, rows, dimension), 'queries x rows');
    checkNoOverlap(kernel, 'out', out, 'queries', queries);
    checkNoOverlap(kernel, 'out', out, 'rows', rows);
  }
  return { dimension, isDot: metric === 'dot', out };
}

const countPairs = (queries: FloatArray, rows: FloatArray, dimension: number): number =>
  (queries.length / dimension) * (rows.length / dimension);

function compute<T extends FloatArray>(queries: T, rows: T, { dimension, isDot, out: given }: Shape<T>): T {
  const isDouble = isOf(queries, 'Float64Array');
  const Type = (isDouble ? Float64Array : Float32Array) as unknown as new (length: number) => T;
  const out = given ?? allocate('distances', 'queries x rows', Type, countPairs(queries, rows, dimension));
  if (isDouble) {
    const of = isDot ? dotOfDoubles : squaredL2OfDoubles;
    forPairs(queries as Float64Array, rows as Float64Array, dimension, out as Float64Array, of);
  } else {
    const of = isDot ? dotOfFloats : squaredL2OfFloats;
    forPairs(queries as Float32Array, rows as Float32Array, dimension, out as Float32Array, of);
  }
  return out;
}

/** Each row is read from memory once and meets the queries while the cache has it. */
function forPairs<T extends FloatArray>(
  queries: T,
  rows: T,
  dimension: number,
  out: T,
  distance: (a: T, aStart: number, b: T, bStart: number, dimension: number) => number,
): void {
  const queryCount = queries.length / dimension;
  const rowCount = rows.length / dimension;
  for (let row = 0; row < rowCount; row++) {
    for (let query = 0; query < queryCount; query++) {
      out[query * rowCount + row] = distance(queries, query * dimension, rows, row * dimension, dimension);
    }
  }
}
