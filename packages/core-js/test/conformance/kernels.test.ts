// The general kernels of both packages, bit for bit, at every thread count.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FloatArray } from '../../src/index.ts';
import { expectSameBits, expectSameNumber } from '../support/bits.ts';
import { describeNative, javascript, THREADS } from '../support/cores.ts';
import { isWithin } from '../support/exact.ts';
import { make, NUMERIC_TYPES, recipes, type Recipe } from '../support/inputs.ts';
import { uniform } from '../support/random.ts';

const RUNS = { numRuns: 80 };
/** More than eight chunks for the threads, of any kernel (65,536 elements at the most), and a rest. */
const LARGE = 600_001;

describeNative('core-native gives what core-js gives', (native) => {
  describe.each(NUMERIC_TYPES.map((Type) => [Type.name, Type] as const))('%s', (type, Type) => {
    const check = (compare: (recipe: Recipe) => void): void => {
      fc.assert(fc.property(recipes(Type), compare), RUNS);
      for (const kind of ['bits', 'wide', 'ascending'] as const) {
        compare({ type, kind, length: LARGE, seed: 1, palette: [] });
      }
    };

    it('sort', () => {
      check((recipe) => {
        const x = make(recipe);
        const expected = javascript.sortSync(x.slice());
        for (const threads of THREADS) {
          expectSameBits(native.sortSync(x.slice(), { threads }), expected, `${threads} threads`);
        }
      });
    });

    it('sum and meanVariance', () => {
      check((recipe) => {
        const x = make(recipe);
        const sum = javascript.sumSync(x);
        const { mean, variance } = javascript.meanVarianceSync(x);
        for (const threads of THREADS) {
          expectSameNumber(native.sumSync(x, { threads }), sum, `sum, ${threads} threads`);
          const result = native.meanVarianceSync(x, { threads });
          expectSameNumber(result.mean, mean, `mean, ${threads} threads`);
          expectSameNumber(result.variance, variance, `variance, ${threads} threads`);
        }
      });
    });

    it('prefixSum', () => {
      check((recipe) => {
        const x = make(recipe);
        const expected = javascript.prefixSumSync(x.slice());
        for (const threads of THREADS) {
          const out = x.slice().fill(7);
          expectSameBits(native.prefixSumSync(x, { threads, out }), expected, `${threads} threads`);
          expectSameBits(native.prefixSumSync(x.slice(), { threads }), expected, `${threads} threads, in place`);
        }
      });
    });

    it('histogram', () => {
      const next = uniform(7);
      check((recipe) => {
        const x = make(recipe);
        const bins = 1 + Math.floor(next() * 500);
        const min = (next() - 0.6) * 10 ** Math.floor(next() * 10);
        const range = { bins, min, max: min + 10 ** Math.floor(next() * 10) };
        const expected = javascript.histogramSync(x, range);
        for (const threads of THREADS) {
          const what = `${JSON.stringify(range)}, ${threads} threads`;
          expectSameBits(native.histogramSync(x, { ...range, threads }), expected, what);
        }
      });
    });
  });

  it('histogram of bytes', () => {
    const length = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(4095, 4097, 2 ** 18 - 1, LARGE));
    fc.assert(
      fc.property(length, fc.integer(), fc.constantFrom(0, 1, 3), fc.boolean(), (length, seed, offset, isConstant) => {
        const next = uniform(seed);
        const bytes = new Uint8Array(length + offset)
          .map(isConstant ? () => seed : () => next() * 256)
          .subarray(offset);
        const expected = javascript.histogramSync(bytes);
        for (const threads of THREADS) {
          expectSameBits(native.histogramSync(bytes, { threads }), expected, `${threads} threads`);
        }
      }),
      { numRuns: 40 },
    );
  });

  describe.each([
    ['Float64Array', Float64Array, 2 ** -52],
    ['Float32Array', Float32Array, 2 ** -23],
  ] as const)('matmul of %s', (_, Type, epsilon) => {
    const matrix = (length: number, next: () => number): FloatArray =>
      new Type(length).map(() => (next() - 0.5) * 2 ** Math.floor(next() * 20));

    it('stays within its error bound, with the same bits at every thread count', () => {
      const side = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(63, 64, 65, 129));
      const depth = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(255, 256, 257, 513, 1025));
      fc.assert(
        fc.property(side, side, depth, fc.integer(), (m, n, k, seed) => {
          const next = uniform(seed);
          const [a, b] = [matrix(m * k, next), matrix(k * n, next)];
          const one = native.matmulSync(a, b, { m, n, k, threads: 1 });
          for (const threads of THREADS) {
            const out = new Type(m * n).fill(NaN) as FloatArray;
            expectSameBits(native.matmulSync(a, b, { m, n, k, out, threads }), one, `${threads} threads`);
          }
          for (let sample = 0; sample < Math.min(m * n, 30); sample++) {
            const row = Math.floor(next() * m);
            const column = Math.floor(next() * n);
            const pairs = Array.from({ length: k }, (_, i) => [a[row * k + i]!, b[i * n + column]!] as const);
            expect(isWithin(one[row * n + column]!, pairs, 2 * k * epsilon)).toBe(true);
          }
        }),
        { numRuns: 60 },
      );
    });

    it('has NaN and infinities where the products have them', () => {
      const a = Type.of(1, 0, 0, Infinity, 1, NaN);
      const b = Type.of(1, Infinity, 2, 0, 3, 1);
      for (const core of [javascript, native]) {
        const product = core.matmulSync<FloatArray>(a, b, { m: 2, n: 2, k: 3 });
        expect([...product]).toEqual([1, Infinity, NaN, NaN]);
      }
    });
  });
});
