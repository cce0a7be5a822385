// Random numbers against their definition, and whether they are distributed as they should be: with fixed seeds, so that
// a test that passes once passes always.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as core from '../src/index.ts';
import type { RandomParameters } from '../src/index.ts';
import { expectSameBits } from './support/bits.ts';
import * as naive from './support/naive-random.ts';
import { countsOf, expectNear, momentsOf, NORMAL_BELOW } from './support/statistics.ts';

const LENGTHS = [0, 1, 15, 16, 17, 31, 32, 33, 100, 4095, 4096, 4097, 8200];
const length = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constantFrom(...LENGTHS));
const seed = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 2 ** 32 - 1));
const blockStart = fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40);
const RUNS = { numRuns: 40 };

describe('randomUniform', () => {
  it('draws the defined numbers', () => {
    fc.assert(
      fc.property(length, seed, blockStart, (length, seed, blockStart) => {
        const doubles = new Float64Array(length).fill(7);
        expect(core.randomUniformSync(doubles, { seed, blockStart })).toBe(doubles);
        expectSameBits(doubles, naive.uniformDoubles(length, seed, blockStart), 'doubles');
        const floats = new Float32Array(length).fill(7);
        expect(core.randomUniformSync(floats, { seed, blockStart })).toBe(floats);
        expectSameBits(floats, naive.uniformFloats(length, seed, blockStart), 'floats');
      }),
      RUNS,
    );
  });
});

describe('randomNormal', () => {
  it('draws the defined numbers', () => {
    const mean = fc.constantFrom(0, -0, 1, -1e300, 0.1);
    const deviation = fc.constantFrom(1, 0, 0.1, 5e-324, 1e308);
    fc.assert(
      fc.property(length, seed, blockStart, mean, deviation, (length, seed, blockStart, mean, deviation) => {
        const options = { seed, blockStart, mean, deviation };
        const expected = naive.normalDoubles(length, seed, blockStart, mean, deviation);
        expectSameBits(core.randomNormalSync(new Float64Array(length), options), expected, 'doubles');
        expectSameBits(core.randomNormalSync(new Float32Array(length), options), Float32Array.from(expected), 'floats');
      }),
      RUNS,
    );
  });

  it('is what the language’s own functions would give, up to rounding', () => {
    const numbers = core.randomNormalSync(new Float64Array(20_000), { seed: 5 });
    const expected = naive.nearlyNormalDoubles(20_000, 5);
    for (let i = 0; i < numbers.length; i++) {
      expect(Math.abs(numbers[i]! - expected[i]!)).toBeLessThanOrEqual(8 * Number.EPSILON * Math.abs(expected[i]!));
    }
  });

  it('has mean 0 and deviation 1 where nothing is said', () => {
    const plain = core.randomNormalSync(new Float64Array(100), { seed: 1 });
    expectSameBits(core.randomNormalSync(new Float64Array(100), { seed: 1, mean: 0, deviation: 1 }), plain);
    expect(core.randomNormalSync(new Float64Array(3), { seed: 1, mean: 2, deviation: 0 })).toEqual(
      Float64Array.of(2, 2, 2),
    );
  });
});

type Draw = (out: Float64Array, options: RandomParameters) => Float64Array;
const DRAWS: readonly (readonly [string, Draw])[] = [
  ['randomUniform', core.randomUniformSync],
  ['randomNormal', core.randomNormalSync],
];

describe.each(DRAWS)('%s', (_, draw) => {
  it('fills an array in parts', () => {
    const whole = draw(new Float64Array(5 * 4096 + 77), { seed: 3, blockStart: 10 });
    const parts = new Float64Array(whole.length);
    for (const [from, to] of [
      [0, 2],
      [2, 3],
      [3, 6],
    ] as const) {
      draw(parts.subarray(from * 4096, to * 4096), { seed: 3, blockStart: 10 + from });
    }
    expectSameBits(parts, whole);
  });

  it('gives other numbers for another seed, block and kernel', () => {
    const first = (seed: number, blockStart: number): number => draw(new Float64Array(1), { seed, blockStart })[0]!;
    const all = [first(1, 0), first(2, 0), first(1, 1), first(1, 2 ** 32), first(0, 1)];
    expect(new Set(all).size).toBe(all.length);
  });

  it('fills nothing beyond a view', () => {
    const whole = new Float64Array(300).fill(9);
    draw(whole.subarray(100, 205), { seed: 1 });
    expect(whole.subarray(0, 100).every((value) => value === 9)).toBe(true);
    expect(whole.subarray(205).every((value) => value === 9)).toBe(true);
    expect(whole.subarray(100, 205).includes(9)).toBe(false);
  });
});

// Bounds are five standard errors: a fair source fails one such check in two million, and the seeds are fixed.
const N = 1 << 17;

describe('the distribution', () => {
  const uniform = core.randomUniformSync(new Float64Array(N), { seed: 20_240_601 });
  const normal = core.randomNormalSync(new Float64Array(N), { seed: 20_240_602 });

  it('of uniform numbers has the moments and the counts of [0, 1)', () => {
    const { mean, variance } = momentsOf(uniform);
    expectNear(mean, 0.5, Math.sqrt(1 / 12 / N));
    expectNear(variance, 1 / 12, Math.sqrt(1 / 180 / N));
    const counts = countsOf(uniform, 256, (value) => Math.floor(value * 256));
    const chiSquare = counts.reduce((sum, count) => sum + (count - N / 256) ** 2 / (N / 256), 0);
    expectNear(chiSquare, 255, Math.sqrt(2 * 255));
  });

  it('of uniform numbers has every bit half of the time', () => {
    for (let bit = 1; bit <= 53; bit++) {
      let ones = 0;
      for (let i = 0; i < N; i++) ones += Math.floor(uniform[i]! * 2 ** bit) % 2;
      expectNear(ones / N, 0.5, Math.sqrt(0.25 / N));
    }
  });

  it('of normal numbers has their moments', () => {
    const { mean, variance, skewness, kurtosis } = momentsOf(normal);
    expectNear(mean, 0, Math.sqrt(1 / N));
    expectNear(variance, 1, Math.sqrt(2 / N));
    expectNear(skewness, 0, Math.sqrt(6 / N));
    expectNear(kurtosis, 3, Math.sqrt(24 / N));
  });

  it('of normal numbers has the counts of the bell, tails included', () => {
    for (const [value, below] of NORMAL_BELOW) {
      const error = Math.sqrt((below * (1 - below)) / N);
      let [left, right] = [0, 0];
      for (let i = 0; i < N; i++) {
        if (normal[i]! < value) left++;
        if (normal[i]! > -value) right++;
      }
      expectNear(left / N, below, error);
      expectNear(right / N, below, error);
    }
  });

  it('of normal numbers has the asked mean and deviation', () => {
    const numbers = core.randomNormalSync(new Float64Array(N), { seed: 1, mean: -20, deviation: 3 });
    const { mean, variance } = momentsOf(numbers);
    expectNear(mean, -20, Math.sqrt(9 / N));
    expectNear(variance, 9, 9 * Math.sqrt(2 / N));
  });

  it.each([
    ['uniform', uniform, 0.5, 1 / 12],
    ['normal', normal, 0, 1],
  ] as const)('of %s numbers has no correlation of neighbours, lanes and blocks', (_, numbers, mean, variance) => {
    for (const distance of [1, 2, 8, 15, 16, 17, 32, 4096, 8192]) {
      let sum = 0;
      for (let i = distance; i < N; i++) sum += (numbers[i]! - mean) * (numbers[i - distance]! - mean);
      expectNear(sum / (N - distance) / variance, 0, Math.sqrt(1 / (N - distance)));
    }
  });

  it('of neighbouring seeds and of the two kernels has nothing in common', () => {
    const correlation = (a: Float64Array, b: Float64Array, meanOfB: number): number =>
      a.reduce((sum, value, i) => sum + (value - 0.5) * (b[i]! - meanOfB), 0) / a.length;
    const next = core.randomUniformSync(new Float64Array(N), { seed: 20_240_602 });
    expectNear(correlation(uniform, next, 0.5) * 12, 0, Math.sqrt(1 / N));
    expectNear(correlation(next, normal, 0) * Math.sqrt(12), 0, Math.sqrt(1 / N));
  });
});
