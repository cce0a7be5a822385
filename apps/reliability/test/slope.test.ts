import { expect, it } from 'vitest';
import { slope } from '../src/slope.ts';

it('gives the slope of a line, and no error', () => {
  const { perStep, error } = slope([1, 2, 3, 4].map((x) => [x, 10 + 3 * x] as const));
  expect(perStep).toBeCloseTo(3, 12);
  expect(error).toBeCloseTo(0, 12);
});

it('gives an error that covers noise around a flat line', () => {
  const { perStep, error } = slope([5, 7, 5, 7, 5, 7, 5, 7].map((y, x) => [x, y] as const));
  expect(Math.abs(perStep)).toBeLessThan(1.96 * error);
});
