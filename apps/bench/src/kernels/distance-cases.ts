// Distances against JavaScript: one query, which is as fast as memory gives the rows, and many.
import { plainDistances, plainDot, plainSquaredL2 } from './baselines/distances.ts';
import type { BenchCase, CaseWork } from './case-table.ts';
import { ALL, bytesOf } from './case-parts.ts';
import { Stock } from './inputs.ts';

type FloatArray = Float64Array | Float32Array;

interface Vectors {
  queries: FloatArray;
  rows: FloatArray;
  out: FloatArray;
}

interface Question {
  type: 'f64' | 'f32';
  metric: 'squaredL2' | 'dot';
  queryCount: number;
}

const TYPES = {
  f64: { Type: Float64Array, epsilon: 2 ** -52 },
  f32: { Type: Float32Array, epsilon: 2 ** -23 },
} as const;
const DIMENSION = 256;

function workOf({ type, metric, queryCount }: Question, rowCount: number): CaseWork<Vectors, FloatArray> {
  const Type: new (length: number) => FloatArray = TYPES[type].Type;
  const queries = new Stock(Type, queryCount * DIMENSION, 1);
  const rows = new Stock(Type, rowCount * DIMENSION, 2);
  const plain = metric === 'dot' ? plainDot : plainSquaredL2;
  return {
    inputs(count) {
      const out = new Type(queryCount * rowCount);
      return Array.from({ length: count }, (_, i) => ({ queries: queries.window(i), rows: rows.window(i), out }));
    },
    call:
      (core, threads) =>
      ({ queries, rows, out }) => {
        const shape = { dimension: DIMENSION, metric, out };
        return core.distancesSync(queries, rows, threads === undefined ? shape : { ...shape, threads });
      },
    plain: ({ queries, rows, out }) => plainDistances(queries, rows, DIMENSION, out, plain),
    bytes: bytesOf,
    // Values lie between -0.5 and 0.5, so the sizes of the terms add up to no more than the dimension.
    differs(output, reference) {
      const bound = TYPES[type].epsilon * DIMENSION * DIMENSION;
      const index = output.findIndex((value, i) => !(Math.abs(value - reference[i]!) <= bound));
      return index < 0 ? undefined : `pair ${index}: ${output[index]} is not near ${reference[index]}`;
    },
  };
}

const shared = {
  kernel: 'distances',
  sizeLabel: 'rows',
  contestants: ALL,
  plainLabel: 'loop with four partial sums',
  inexact: ['plain'],
} as const;

function oneQueryCase(type: 'f64' | 'f32', metric: 'squaredL2' | 'dot', quickSizes: readonly number[]): BenchCase {
  return {
    ...shared,
    id: `distances ${type}`,
    type,
    about: `The ${metric} of one random query and random rows of ${DIMENSION} elements each.`,
    sizes: [10, 100, 1000, 10_000, 100_000],
    quickSizes,
    unit: 'GB/s',
    work: (rows) => rows * DIMENSION * TYPES[type].Type.BYTES_PER_ELEMENT,
    workTimed: 32_000_000,
    make: (rows) => workOf({ type, metric, queryCount: 1 }, rows),
  };
}

const BATCH = 64;

const batchCase: BenchCase = {
  ...shared,
  id: 'distances f32 batch',
  type: 'f32 batch',
  about: `Squared distances of ${BATCH} random queries and random rows of ${DIMENSION} elements each.`,
  sizes: [10, 100, 1000, 10_000],
  quickSizes: [10, 1000],
  unit: 'GFLOP/s',
  work: (rows) => 3 * BATCH * rows * DIMENSION,
  workTimed: 60_000_000,
  make: (rows) => workOf({ type: 'f32', metric: 'squaredL2', queryCount: BATCH }, rows),
};

export const DISTANCE_CASES: readonly BenchCase[] = [
  oneQueryCase('f32', 'squaredL2', [100, 10_000]),
  oneQueryCase('f64', 'dot', []),
  batchCase,
];
