// The native distances, bit for bit, at every thread count.
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import type { FloatArray } from '../../src/index.ts';
import { expectSameBits } from '../support/bits.ts';
import { describeNative, javascript, THREADS } from '../support/cores.ts';
import { make, recipes } from '../support/inputs.ts';

describeNative('core-native measures distances as core-js does', (native) => {
  describe.each([
    ['Float64Array', Float64Array],
    ['Float32Array', Float32Array],
  ] as const)('%s', (type, Type) => {
    const check = (queries: FloatArray, rows: FloatArray, dimension: number): void => {
      for (const metric of ['squaredL2', 'dot'] as const) {
        const expected = javascript.distancesSync(queries, rows, { dimension, metric });
        for (const threads of THREADS) {
          const out = expected.slice().fill(7) as FloatArray;
          native.distancesSync(queries, rows, { dimension, metric, out, threads });
          expectSameBits(out, expected, `${metric}, ${threads} threads`);
        }
      }
    };

    it('of any numbers', () => {
      const shape = fc.record({
        queryCount: fc.integer({ min: 0, max: 9 }),
        rowCount: fc.integer({ min: 0, max: 13 }),
        dimension: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(7, 8, 9, 15, 16, 17, 127, 128, 129)),
        recipe: recipes(Type, [0]),
      });
      fc.assert(
        fc.property(shape, ({ queryCount, rowCount, dimension, recipe }) => {
          const all = make({ ...recipe, length: (queryCount + rowCount) * dimension }) as FloatArray;
          check(all.subarray(0, queryCount * dimension), all.subarray(queryCount * dimension), dimension);
        }),
        { numRuns: 120 },
      );
    });

    it.each([
      [1, 5000, 100],
      [80, 300, 48],
      [300, 20, 33],
      [2, 3, 40_000],
    ])('of %i queries and %i rows of %i elements', (queryCount, rowCount, dimension) => {
      const vectors = (count: number, seed: number): FloatArray =>
        make({ type, kind: 'wide', length: count * dimension, seed, palette: [] }) as FloatArray;
      check(vectors(queryCount, 1), vectors(rowCount, 2), dimension);
    });
  });
});
