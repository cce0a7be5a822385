// Moments and counts of samples, and how near they must be to what they estimate.
import { expect } from 'vitest';

/** Fails unless `value` is within five standard errors of `expected`. */
export function expectNear(value: number, expected: number, standardError: number): void {
  expect(Math.abs(value - expected)).toBeLessThan(5 * standardError);
}

interface Moments {
  mean: number;
  variance: number;
  skewness: number;
  kurtosis: number;
}

export function momentsOf(x: Float64Array): Moments {
  const { length } = x;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += x[i]!;
  const mean = sum / length;
  let [second, third, fourth] = [0, 0, 0];
  for (let i = 0; i < length; i++) {
    const distance = x[i]! - mean;
    const square = distance * distance;
    second += square;
    third += square * distance;
    fourth += square * square;
  }
  const variance = second / length;
  return { mean, variance, skewness: third / length / variance ** 1.5, kurtosis: fourth / length / variance ** 2 };
}

export function countsOf(x: Float64Array, bins: number, binOf: (value: number) => number): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of x) counts[binOf(value)]!++;
  return counts;
}

/** The probability of a normal number below a value; from tables of the distribution. */
export const NORMAL_BELOW: readonly (readonly [value: number, probability: number])[] = [
  [-4.5, 3.3976731247300535e-6],
  [-4, 3.167124183311986e-5],
  [-3, 0.0013498980316300946],
  [-2, 0.02275013194817921],
  [-1, 0.15865525393145705],
  [-0.5, 0.3085375387259869],
  [-0.1, 0.460172162722971],
  [0, 0.5],
  [0.01, 0.5039893563146316],
  [0.25, 0.5987063256829237],
  [0.75, 0.7733726476231317],
  [1.5, 0.9331927987311419],
  [2.5, 0.9937903346742238],
];
