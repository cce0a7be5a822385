import { expect, it } from 'vitest';
import { randomName, seededRandom, systemRandom } from '../../src/clock/random.ts';

const draw = (random: { next(): number }, count: number) => Array.from({ length: count }, () => random.next());

it('gives the same numbers for the same seed, and others for another', () => {
  expect(draw(seededRandom(42), 100)).toEqual(draw(seededRandom(42), 100));
  expect(draw(seededRandom(42), 4)).not.toEqual(draw(seededRandom(43), 4));
  expect(draw(seededRandom(1), 4)).not.toEqual(draw(seededRandom(1 + 2 ** 32), 4));
});

it('spreads evenly over 0 to 1', () => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (const value of draw(seededRandom(7), 10_000)) tenths[Math.floor(value * 10)]!++;
  for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

it('gives names that differ, all of one form', () => {
  const names = Array.from({ length: 1_000 }, randomName);
  expect(new Set(names).size).toBe(1_000);
  expect(names.filter((name) => !/^[0-9a-f]{16}$/.test(name))).toEqual([]);
});

it('takes its seed from HEDDLE_SEED', () => {
  expect(draw(systemRandom({ HEDDLE_SEED: '42' }), 4)).toEqual(draw(seededRandom(42), 4));
  expect(draw(systemRandom({}), 4)).not.toEqual(draw(systemRandom({}), 4));
});
