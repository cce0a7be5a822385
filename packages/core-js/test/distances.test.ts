// Distances against the defined order of additions.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as core from '../src/index.ts';
import { expectSameBits } from './support/bits.ts';
import { isWithin } from './support/exact.ts';
import { uniform } from './support/random.ts';

const METRICS = ['squaredL2', 'dot'] as const;

/** One distance as defined: lanes in turn, then halved, every operation rounded to the type. */
function defined(a: core.FloatArray, b: core.FloatArray, isDot: boolean): number {
  const isDouble = a instanceof Float64Array;
  const round = isDouble ? (v: number): number => v : Math.fround;
  const lanes = Array.from({ length: isDouble ? 8 : 16 }, () => 0);
  a.forEach((x, i) => {
    const difference = round(x - b[i]!);
    const term = isDot ? round(x * b[i]!) : round(difference * difference);
    lanes[i % lanes.length] = round(lanes[i % lanes.length]! + term);
  });
  for (let width = lanes.length / 2; width >= 1; width /= 2) {
    for (let lane = 0; lane < width; lane++) lanes[lane] = round(lanes[lane]! + lanes[lane + width]!);
  }
  return lanes[0]!;
}

describe.each([
  ['Float64Array', Float64Array, 2 ** -52, 8, 6],
  ['Float32Array', Float32Array, 2 ** -23, 16, 7],
] as const)('distances of %s', (_, Type, epsilon, lanes, more) => {
  const shape = fc.record({
    queryCount: fc.integer({ min: 0, max: 5 }),
    rowCount: fc.integer({ min: 0, max: 7 }),
    dimension: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(7, 8, 9, 15, 16, 17, 256)),
    metric: fc.constantFrom(...METRICS),
    seed: fc.integer(),
  });
  const vectors = (count: number, dimension: number, next: () => number): core.FloatArray =>
    new Type(count * dimension).map(() => (next() - 0.5) * 2 ** Math.floor(next() * 20));

  it('adds in the defined order, and stays within the stated bound', () => {
    fc.assert(
      fc.property(shape, ({ queryCount, rowCount, dimension, metric, seed }) => {
        const next = uniform(seed);
        const [queries, rows] = [vectors(queryCount, dimension, next), vectors(rowCount, dimension, next)];
        const out = new Type(queryCount * rowCount).fill(7) as core.FloatArray;
        const vector = (all: core.FloatArray, index: number): core.FloatArray =>
          all.subarray(index * dimension, (index + 1) * dimension);
        const expected = out.map((_, pair) => {
          const [query, row] = [Math.floor(pair / rowCount), pair % rowCount];
          return defined(vector(queries, query), vector(rows, row), metric === 'dot');
        });
        expect(core.distancesSync(queries, rows, { dimension, metric, out })).toBe(out);
        expectSameBits(out, expected, 'out');
        expectSameBits(core.distancesSync(queries, rows, { dimension, metric }), expected, 'a new array');
        if (metric === 'dot' && out.length > 0) {
          const pairs = Array.from(vector(queries, 0), (x, i) => [x, rows[i]!] as const);
          expect(isWithin(out[0]!, pairs, (dimension / lanes + more) * epsilon)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('has NaN and infinities where the terms have them', () => {
    const queries = Type.of(1, 2, NaN, 0);
    const rows = Type.of(Infinity, 0, -Infinity, 2);
    const numbers = (metric: 'squaredL2' | 'dot'): number[] => [
      ...core.distancesSync<core.FloatArray>(queries, rows, { dimension: 2, metric }),
    ];
    expect(numbers('squaredL2')).toEqual([Infinity, Infinity, NaN, NaN]);
    expect(numbers('dot')).toEqual([Infinity, -Infinity, NaN, NaN]);
  });
});
