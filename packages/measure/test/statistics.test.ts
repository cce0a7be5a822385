import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDifferent, quantile, speedup, summarize } from '../src/index.ts';

const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
const sample = fc.array(positive, { minLength: 1, maxLength: 30 });
const FEW = { resamples: 200 };

describe('summarize', () => {
  test('known samples', () => {
    expect(summarize([5])).toEqual({ n: 1, median: 5, min: 5, max: 5, q1: 5, q3: 5, relativeSpread: 0 });
    // Quartiles as R's quantile(c(4, 1, 3, 2)) gives them.
    expect(summarize([4, 1, 3, 2])).toEqual({
      n: 4,
      median: 2.5,
      min: 1,
      max: 4,
      q1: 1.75,
      q3: 3.25,
      relativeSpread: 0.6,
    });
    expect(summarize([10, 2, 38, 23, 38, 23, 21])).toMatchObject({ median: 23, q1: 15.5, q3: 30.5 });
    expect(summarize([0, 0, 0]).relativeSpread).toBe(0);
    expect(summarize([-1, 0, 1]).relativeSpread).toBe(Infinity);
    expect(summarize([-2, -2, -1]).relativeSpread).toBe(0.25);
  });

  test('is ordered, whatever the order of the samples', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { minLength: 1 }),
        (values) => {
          const summary = summarize(values);
          const { min, q1, median, q3, max } = summary;
          expect([min, q1, median, q3, max]).toEqual([min, q1, median, q3, max].toSorted((a, b) => a - b));
          expect(min).toBe(Math.min(...values));
          expect(max).toBe(Math.max(...values));
          expect(summarize(values.toReversed())).toEqual(summary);
        },
      ),
    );
  });

  test('does not touch its argument', () => {
    const samples = [3, 1, 2];
    summarize(samples);
    expect(samples).toEqual([3, 1, 2]);
  });

  test.each([
    ['an empty sample', []],
    ['NaN', [1, Number.NaN]],
    ['an infinity', [Infinity]],
  ])('refuses %s', (_what, samples) => {
    expect(() => summarize(samples)).toThrow(expect.objectContaining({ name: 'RangeError', code: 'HEDDLE_ARGUMENT' }));
  });

  test('a quantile lies between its neighbours', () => {
    expect(quantile([1, 2], 0.25)).toBe(1.25);
    expect(quantile([1, 2, 10], 1)).toBe(10);
    expect(quantile([7], 0.99)).toBe(7);
  });
});

describe('speedup', () => {
  test('of constant samples is exact', () => {
    expect(speedup([10, 10, 10], [5, 5, 5])).toEqual({ ratio: 2, low: 2, high: 2 });
    expect(speedup([10], [40, 40])).toEqual({ ratio: 0.25, low: 0.25, high: 0.25 });
  });

  test('the ratio lies in its interval, the interval in what the samples allow', () => {
    fc.assert(
      fc.property(sample, sample, (base, other) => {
        const { ratio, low, high } = speedup(base, other, FEW);
        expect(low).toBeLessThanOrEqual(ratio);
        expect(high).toBeGreaterThanOrEqual(ratio);
        // 1e-12: a median of two samples is rounded once more than their quotient.
        expect(low).toBeGreaterThanOrEqual((Math.min(...base) / Math.max(...other)) * (1 - 1e-12));
        expect(high).toBeLessThanOrEqual((Math.max(...base) / Math.min(...other)) * (1 + 1e-12));
      }),
    );
  });

  test('the same seed gives the same interval, and the unit of the samples does not matter', () => {
    fc.assert(
      fc.property(sample, sample, fc.nat(), (base, other, seed) => {
        const first = speedup(base, other, { ...FEW, seed });
        expect(speedup(base, other, { ...FEW, seed })).toEqual(first);
        // A power of two scales without rounding.
        const scaled = speedup(
          base.map((x) => x * 8),
          other.map((x) => x * 8),
          { ...FEW, seed },
        );
        expect(scaled).toEqual(first);
      }),
    );
  });

  test('interleaved samples are paired: what slows both rounds cancels', () => {
    const drift = [1, 1.3, 0.8, 1.9, 1.1, 0.7, 2.4, 1.2];
    const { low, high } = speedup(
      drift.map((d) => 20 * d),
      drift.map((d) => 10 * d),
    );
    expect([low, high]).toEqual([expect.closeTo(2, 12), expect.closeTo(2, 12)]);
  });

  test.each([
    ['base', [], [1]],
    ['other', [1], []],
    ['base', [0], [1]],
    ['other', [1], [-1]],
    ['base', [Number.NaN], [1]],
  ])('refuses %s: %j, %j', (name, base, other) => {
    expect(() => speedup(base, other)).toThrow(new RegExp(`^${name}: expected`));
  });
});

describe('isDifferent', () => {
  const around = (middle: number): number[] => [0.98, 1.01, 1, 0.99, 1.02, 1.005, 0.995].map((x) => x * middle);
  const mixed = (middle: number): number[] => around(middle).toReversed();

  test('known cases', () => {
    expect(isDifferent(around(10), mixed(20))).toBe(true);
    expect(isDifferent(around(20), mixed(10))).toBe(true);
    expect(isDifferent(around(10), mixed(10))).toBe(false);
    // 5 % apart, clearly seen, but the machine wavers by more.
    expect(isDifferent(around(10), mixed(10.5))).toBe(true);
    expect(isDifferent(around(10), mixed(10.5), { noise: 0.06 })).toBe(false);
    expect(isDifferent(around(10.5), mixed(10), { noise: 0.06 })).toBe(false);
  });

  test('no sample differs from itself', () => {
    fc.assert(
      fc.property(sample, (samples) => {
        expect(isDifferent(samples, samples, FEW)).toBe(false);
      }),
    );
  });

  test('more noise never makes a difference', () => {
    fc.assert(
      fc.property(sample, sample, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, noise) => {
        if (!isDifferent(a, b, FEW)) expect(isDifferent(a, b, { ...FEW, noise })).toBe(false);
      }),
    );
  });
});
