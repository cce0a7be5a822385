// The page of the suite `pool`, from a made-up run: there may be no committed one.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { pool } from '../docs/pool.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const { card } = JSON.parse(fs.readFileSync(path.join(root, 'docs/results/compare.json'), 'utf8')) as { card: object };

const measured = (median: number, heddleIs?: object) => ({
  // JSON keeps no Infinity.
  summary: { median, relativeSpread: median === 0 ? null : 0.1 },
  ...(heddleIs === undefined ? {} : { heddleIs }),
});
const is = (ratio: number) => ({ ratio, low: ratio - 0.1, high: ratio + 0.1 });
const right = (name: string, figures: object, more: object = {}) => ({
  name,
  label: `the ${name}`,
  state: 'right',
  figures,
  ...more,
});
const p50 = { key: 'p50Us', label: 'p50', unit: 'us', better: 'lower', target: 5 };
const shared = { key: 'sharedPercent', label: 'shared by the threads', unit: '%', better: 'higher' };
const cases = [
  {
    id: 'region-5us',
    about: 'Regions.',
    figures: [p50, shared],
    rounds: 9,
    verdict: { against: 'openmp', is: 'level', heddleIs: is(1.05) },
    contestants: [
      right('heddle', { p50Us: measured(5.5), sharedPercent: measured(99) }),
      right('openmp', { p50Us: measured(5.78, is(1.05)), sharedPercent: measured(100) }),
      right('spinning', { p50Us: measured(5.2, is(0.8)), sharedPercent: measured(100) }, { isBeyondLimit: true }),
      { name: 'onetbb', label: 'the onetbb', state: 'missing', problem: 'install it\nsoon', figures: {} },
    ],
  },
  {
    id: 'idle',
    about: 'Nothing.',
    figures: [{ key: 'idlePercent', label: 'idle', unit: '% of a core', better: 'lower' }],
    rounds: 7,
    contestants: [right('heddle', { idlePercent: measured(0) })],
  },
];
const contestants = { heddle: { label: 'the heddle', setting: 'as it is' } };

test('compares heddle with each of the others, and says what came of it', () => {
  const page = pool({ card, noise: 0.01, contestants, cases });
  expect(page).toContain(
    '## Regions\n\n### region-5us\n\nRegions. heddle is level with the openmp: ≈ 1.05x (0.950 to 1.15).\n',
  );
  expect(page).toContain('|  | p50 | heddle is | shared by the threads |');
  expect(page).toContain('| the heddle | 5.50 us ±5 % |  | 99.0 % ±5 % |');
  expect(page).toContain('| the openmp | 5.78 us ±5 % | ≈ 1.05x (0.950 to 1.15) | 100 % ±5 % |');
  expect(page).toContain('| the spinning, not compared | 5.20 us ±5 % | 0.80x (0.700 to 0.900) |');
  expect(page).toContain('| the onetbb | missing |  |  |');
  expect(page).toContain('| target | ≤ 5.00 us, missed |  |  |');
  expect(page).toContain('- region-5us, the onetbb, missing: install it\n');
  expect(page).toContain('## Idle\n\n### idle\n\nNothing. There is nobody to compare with.');
  expect(page).toContain('| the heddle | 0 % of a core |  |');
  expect(page).toContain('| the heddle | as it is |');
  expect(page).toContain('medians of 7 to 9 rounds');
  expect(page).not.toMatch(/undefined|NaN|Infinity|## Uneven|soon/);
});
