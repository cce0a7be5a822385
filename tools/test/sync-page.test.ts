// The page of the suite `sync`, from a made-up run: there may be no committed one.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sync } from '../docs/sync.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const { card } = JSON.parse(fs.readFileSync(path.join(root, 'docs/results/compare.json'), 'utf8')) as { card: object };

const right = (name: string, median: number, ratio?: number, width = 0.1) => ({
  name,
  label: `the ${name}`,
  state: 'right',
  summary: { median, relativeSpread: 0.1 },
  ...(ratio === undefined ? {} : { heddleIs: { ratio, low: ratio - width, high: ratio + width } }),
});
const nsEach = { key: 'nsEach', label: 'time of one', unit: 'ns', better: 'lower' };
const cases = [
  {
    id: 'mutex-2',
    about: 'Two take it.',
    figure: nsEach,
    rounds: 9,
    contestants: [
      right('heddle', 120),
      right('atomics', 60, 0.5),
      right('async-mutex', 126, 1.05),
      { ...right('multithreading', 1), state: 'wrong', problem: 'counted 1\nand more' },
      { name: 'navigator-locks', label: 'the navigator-locks', state: 'missing', problem: 'this Node has none' },
    ],
  },
  {
    id: 'channel-small',
    about: 'Numbers.',
    figure: { key: 'perSecond', label: 'rate', unit: 'values/s', better: 'higher' },
    rounds: 7,
    contestants: [right('heddle', 2e6), right('multithreading', 1e4, 200)],
  },
];
const contestants = { heddle: { label: 'the heddle', version: '1.2.3', setting: 'as it is' } };

test('compares heddle with each of the others, by kind of lock', () => {
  const page = sync({ card, noise: 0.01, contestants, cases });
  expect(page).toContain('| mutex-2 | the heddle | 120 ns ±5 % |  |');
  expect(page).toContain('| mutex-2 | the atomics | 60.0 ns ±5 % | 0.50x (0.400 to 0.600) |');
  expect(page).toContain('| mutex-2 | the async-mutex | 126 ns ±5 % | ≈ 1.05x (0.950 to 1.15) |');
  expect(page).toContain('| mutex-2 | the multithreading | wrong |  |');
  expect(page).toContain('| channel-small | the multithreading | 10,000 values/s ±5 % | **200.0x** (200 to 200) |');
  expect(page).toContain('- mutex-2, the multithreading, wrong: counted 1\n');
  expect(page).toContain('- mutex-2, the navigator-locks, missing: this Node has none');
  expect(page).toContain('| channel-small | Numbers. |');
  expect(page).toContain('| the heddle | 1.2.3 | as it is |');
  expect(page).toContain('7 to 9 rounds');
  expect(page).not.toMatch(/undefined|NaN|Infinity|## Barrier|and more/);
});
