// minMax, dot and axpy of both packages, bit for bit, at 1 to 8 threads.
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import type { FloatArray } from '../../src/index.ts';
import { expectSameBits, expectSameNumber } from '../support/bits.ts';
import { describeNative, javascript } from '../support/cores.ts';
import { make, NUMERIC_TYPES, recipes, type Recipe } from '../support/inputs.ts';
import { describeVectors } from '../support/vector-contract.ts';

const RUNS = { numRuns: 60 };
const THREADS = [1, 2, 3, 4, 5, 6, 7, 8];
/** More than eight chunks for the threads, of any kernel, and a rest. */
const LARGE = 600_001;

describeNative('core-native gives what core-js gives', (native) => {
  const check = (Type: (typeof NUMERIC_TYPES)[number], compare: (recipe: Recipe) => void): void => {
    fc.assert(fc.property(recipes(Type), compare), RUNS);
    for (const kind of ['bits', 'wide', 'ascending'] as const) {
      compare({ type: Type.name, kind, length: LARGE, seed: 1, palette: [] });
    }
  };

  it.each(NUMERIC_TYPES.map((Type) => [Type.name, Type] as const))('minMax of %s', (_, Type) => {
    check(Type, (recipe) => {
      const x = make(recipe);
      if (x.length === 0) return;
      const { min, max } = javascript.minMaxSync(x);
      for (const threads of THREADS) {
        const result = native.minMaxSync(x, { threads });
        expectSameNumber(result.min, min, `min, ${threads} threads`);
        expectSameNumber(result.max, max, `max, ${threads} threads`);
      }
    });
  });

  it('minMax with one special value anywhere in a long array', () => {
    const special = fc.constantFrom(NaN, 0, -0, Infinity, -Infinity, 5e-324, -5e-324);
    const place = fc.integer({ min: 0, max: LARGE - 1 });
    const x = new Float64Array(LARGE);
    fc.assert(
      fc.property(special, special, place, (background, value, place) => {
        x.fill(background);
        x[place] = value;
        const { min, max } = javascript.minMaxSync(x);
        for (const threads of [1, 3]) {
          const result = native.minMaxSync(x, { threads });
          expectSameNumber(result.min, min, `min, ${threads} threads`);
          expectSameNumber(result.max, max, `max, ${threads} threads`);
        }
      }),
      { numRuns: 40 },
    );
  });

  describe.each([
    ['Float64Array', Float64Array],
    ['Float32Array', Float32Array],
  ] as const)('%s', (_, Type) => {
    it('dot', () => {
      check(Type, (recipe) => {
        const x = make(recipe) as FloatArray;
        const y = make({ ...recipe, seed: recipe.seed ^ 1 }) as FloatArray;
        const [ofTwo, ofOne] = [javascript.dotSync(x, y), javascript.dotSync(x, x)];
        for (const threads of THREADS) {
          expectSameNumber(native.dotSync(x, y, { threads }), ofTwo, `${threads} threads`);
          expectSameNumber(native.dotSync(x, x, { threads }), ofOne, `of one, ${threads} threads`);
        }
      });
    });

    it('axpy', () => {
      check(Type, (recipe) => {
        const x = make(recipe) as FloatArray;
        const y = make({ ...recipe, seed: recipe.seed ^ 1 }) as FloatArray;
        for (const a of [0.1, -0, recipe.palette[0] ?? -3]) {
          const expected = javascript.axpySync(a, x, y.slice() as FloatArray);
          const ofOne = x.slice() as FloatArray;
          javascript.axpySync(a, ofOne, ofOne);
          for (const threads of THREADS) {
            const out = y.slice() as FloatArray;
            expectSameBits(native.axpySync(a, x, out, { threads }), expected, `${threads} threads`);
            const one = x.slice() as FloatArray;
            expectSameBits(native.axpySync(a, one, one, { threads }), ofOne, `of one, ${threads} threads`);
          }
        }
      });
    });
  });

  describeVectors(native);
});
