// minMax, dot and axpy against their definitions.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as core from '../src/index.ts';
import type { FloatArray } from '../src/index.ts';
import { expectSameBits, expectSameNumber } from './support/bits.ts';
import { LENGTHS, make, NUMERIC_TYPES, recipes } from './support/inputs.ts';
import * as naive from './support/naive-vectors.ts';

const RUNS = { numRuns: 60 };

describe.each(NUMERIC_TYPES.map((Type) => [Type.name, Type] as const))('%s', (_, Type) => {
  it('finds the smallest and the largest', () => {
    const filled = LENGTHS.filter((length) => length > 0);
    fc.assert(
      fc.property(recipes(Type, filled), (recipe) => {
        const x = make(recipe);
        if (x.length === 0) return;
        const { min, max } = core.minMaxSync(x);
        const expected = naive.minMax(x);
        expectSameNumber(min, expected.min, 'min');
        expectSameNumber(max, expected.max, 'max');
      }),
      RUNS,
    );
  });
});

describe('minMax', () => {
  it('puts -0 below +0, and NaN before everything', () => {
    expect(core.minMaxSync(Float64Array.of(0, -0, 0))).toEqual({ min: -0, max: 0 });
    expect(core.minMaxSync(Float32Array.of(-0, -0))).toEqual({ min: -0, max: -0 });
    expect(core.minMaxSync(Float64Array.of(0, 0))).toEqual({ min: 0, max: 0 });
    expect(core.minMaxSync(Float64Array.of(-3, -0, -1))).toEqual({ min: -3, max: -0 });
    expect(core.minMaxSync(Float64Array.of(3, -0, 1))).toEqual({ min: -0, max: 3 });
    for (const place of [0, 1, 2]) {
      const x = Float64Array.of(1, -Infinity, 3);
      x[place] = NaN;
      expect(core.minMaxSync(x)).toEqual({ min: NaN, max: NaN });
    }
  });
});

describe.each([
  ['Float64Array', Float64Array],
  ['Float32Array', Float32Array],
] as const)('of %s', (_, Type) => {
  it('dot adds products in the defined order', () => {
    fc.assert(
      fc.property(recipes(Type), fc.integer(), (recipe, seed) => {
        const x = make(recipe) as FloatArray;
        const y = make({ ...recipe, seed }) as FloatArray;
        expectSameNumber(core.dotSync(x, y), naive.dot(x, y), 'of two');
        expectSameNumber(core.dotSync(x, x), naive.dot(x, x), 'of one');
      }),
      RUNS,
    );
  });

  it('axpy rounds product and sum', () => {
    const factor = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, -1, 0.1, NaN, Infinity, 1e39, 5e-324));
    fc.assert(
      fc.property(recipes(Type), fc.integer(), factor, (recipe, seed, a) => {
        const x = make(recipe) as FloatArray;
        const y = make({ ...recipe, seed }) as FloatArray;
        const expected = naive.axpy(a, x, y);
        const expectedOfOne = naive.axpy(a, x, x);
        expect(core.axpySync(a, x, y)).toBe(y);
        expectSameBits(y, expected, 'of two');
        expect(core.axpySync(a, x, x)).toBe(x);
        expectSameBits(x, expectedOfOne, 'of one');
      }),
      RUNS,
    );
  });
});
