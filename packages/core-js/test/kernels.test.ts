// The fast kernels against their definitions.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as core from '../src/index.ts';
import { expectSameBits, expectSameNumber } from './support/bits.ts';
import { isWithin } from './support/exact.ts';
import { make, NUMERIC_TYPES, recipes } from './support/inputs.ts';
import * as naive from './support/naive.ts';
import { uniform } from './support/random.ts';

const RUNS = { numRuns: 60 };

describe.each(NUMERIC_TYPES.map((Type) => [Type.name, Type] as const))('%s', (_, Type) => {
  it('sums in the defined order', () => {
    fc.assert(
      fc.property(recipes(Type), (recipe) => {
        const x = make(recipe);
        expectSameNumber(core.sumSync(x), naive.sum(x), 'sum');
        const { mean, variance } = core.meanVarianceSync(x);
        const expected = naive.meanVariance(x);
        expectSameNumber(mean, expected.mean, 'mean');
        expectSameNumber(variance, expected.variance, 'variance');
      }),
      RUNS,
    );
  });

  it('takes prefix sums in the defined order', () => {
    fc.assert(
      fc.property(recipes(Type), (recipe) => {
        const x = make(recipe);
        const expected = naive.prefixSum(x);
        const out = x.slice().fill(7);
        expect(core.prefixSumSync(x, { out })).toBe(out);
        expectSameBits(out, expected, 'out');
        expect(core.prefixSumSync(x)).toBe(x);
        expectSameBits(x, expected, 'in place');
      }),
      RUNS,
    );
  });

  it('sorts', () => {
    fc.assert(
      fc.property(recipes(Type), (recipe) => {
        const x = make(recipe);
        const expected = naive.sort(x);
        expect(core.sortSync(x)).toBe(x);
        expectSameBits(x, expected);
      }),
      RUNS,
    );
  });

  it('counts', () => {
    const range = fc.record({
      bins: fc.integer({ min: 1, max: 300 }),
      min: fc.integer(),
      width: fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
    });
    fc.assert(
      fc.property(recipes(Type), range, (recipe, { bins, min, width }) => {
        const x = make(recipe);
        const max = min + width;
        expectSameBits(core.histogramSync(x, { bins, min, max }), naive.histogram(x, bins, min, max));
      }),
      RUNS,
    );
  });
});

describe('sort', () => {
  it('orders doubles that differ in their lower halves only', () => {
    const next = uniform(1);
    const x = Float64Array.from({ length: 5000 }, () => 1 + Math.floor(next() * 2 ** 31) * Number.EPSILON);
    const expected = x.slice().sort();
    expectSameBits(core.sortSync(x), expected);
    const short = Float64Array.from({ length: 2000 }, (_, i) => Math.floor(i / 10) + Math.floor(next() * 9) * 2 ** -40);
    const expectedShort = short.slice().sort();
    expectSameBits(core.sortSync(short), expectedShort);
  });

  it('sorts a view in the middle of a buffer and nothing beside it', () => {
    const whole = Float32Array.from({ length: 4000 }, (_, i) => -i);
    core.sortSync(whole.subarray(1000, 3000));
    expect(whole[999]).toBe(-999);
    expect(whole[1000]).toBe(-2999);
    expect(whole[2999]).toBe(-1000);
    expect(whole[3000]).toBe(-3000);
  });
});

describe('histogram of bytes', () => {
  it.each([0, 1, 3, 4, 5, 1000, 2 ** 18 - 1, 2 ** 18, 2 ** 18 + 7])('counts %i of them, at any offset', (length) => {
    const next = uniform(length);
    for (const offset of [0, 1, 2, 3]) {
      const bytes = new Uint8Array(length + 8).map(() => next() * 256).subarray(offset, offset + length);
      expectSameBits(core.histogramSync(bytes), naive.histogram(bytes), `offset ${offset}`);
    }
  });
});

describe('matmul', () => {
  const side = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(95, 96, 97));
  const depth = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(255, 256, 257, 513));
  it.each([
    ['Float64Array', Float64Array, 2 ** -52],
    ['Float32Array', Float32Array, 2 ** -23],
  ] as const)('stays within its error bound: %s', (_, Type, epsilon) => {
    fc.assert(
      fc.property(side, side, depth, fc.integer(), (m, n, k, seed) => {
        const next = uniform(seed);
        const a = new Type(m * k).map(() => (next() - 0.5) * 2 ** Math.floor(next() * 20));
        const b = new Type(k * n).map(() => next() - 0.5);
        const out = new Type(m * n).fill(NaN);
        expect(core.matmulSync<Float64Array | Float32Array>(a, b, { m, n, k, out })).toBe(out);
        expectSameBits(core.matmulSync<Float64Array | Float32Array>(a, b, { m, n, k }), out);
        for (let sample = 0; sample < Math.min(m * n, 40); sample++) {
          const row = Math.floor(next() * m);
          const column = Math.floor(next() * n);
          const pairs = Array.from({ length: k }, (_, i) => [a[row * k + i]!, b[i * n + column]!] as const);
          expect(isWithin(out[row * n + column]!, pairs, 2 * k * epsilon)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});
