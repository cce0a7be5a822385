import type { ContestantResult } from '@heddle/measure';
import { describe, expect, it } from 'vitest';
import { findPoolCase, type PoolCase } from '../../src/pool/case-table.ts';
import { POOL_CONTESTANTS } from '../../src/pool/contestants.ts';
import { poolPage } from '../../src/pool/page.ts';
import { evaluatePoolCase, reachesTarget, type Absent, type PoolResult } from '../../src/pool/result.ts';
import { poolText } from '../../src/pool/table.ts';

type Name = keyof typeof POOL_CONTESTANTS;
/** Of nothing, nothing and a little: a spread that has no share of the median. */
const around = (value: number): number[] => (value === 0 ? [0, 0, 1] : [value, value * 1.01, value * 0.99]);

/** All figures of the case at one value, but for those named. */
function contestant(
  one: PoolCase,
  id: Name,
  value: number,
  named: Record<string, number> = {},
  more: Partial<ContestantResult> = {},
): ContestantResult {
  const measureSamples = Object.fromEntries(one.figures.map(({ key }) => [key, around(named[key] ?? value)]));
  return {
    id,
    label: POOL_CONTESTANTS[id].label,
    samplesMs: [1, 1, 1],
    measures: {},
    measureSamples,
    digest: 'same',
    ...more,
  };
}

const later = findPoolCase('region-20us-later')!;
const missing: Absent = { name: 'onetbb', state: 'missing', problem: 'g++ finds no tbb/parallel_for.h' };
const died = { error: { name: 'Error', message: 'it died', phase: 'round' } } as Partial<ContestantResult>;

describe('of heddle beside others', () => {
  const result = evaluatePoolCase(
    later,
    [
      contestant(later, 'heddle', 30, { idlePercent: 0.01 }),
      contestant(later, 'openmp', 60, { idlePercent: 2 }),
      contestant(later, 'openmp-active', 20, { idlePercent: 100, sharedPercent: 0 }),
      contestant(later, 'openmp-passive', 0, {}, died),
      contestant(later, 'spinning', 15, { idlePercent: 1 }),
    ],
    [missing],
  );
  const byName = (name: Name) => result.contestants.find((one) => one.name === name)!;

  it('has everybody in the order of the case, the absent included', () => {
    expect(result.contestants.map(({ name }) => name)).toEqual(later.contestants);
    expect(result.contestants.map(({ state }) => state)).toEqual([
      'right',
      'right',
      'right',
      'failed',
      'missing',
      'right',
    ]);
    expect(byName('onetbb').problem).toBe(missing.problem);
    expect(byName('openmp-passive')).toMatchObject({ problem: 'it died', figures: {} });
  });

  it('is compared with those who stay below the limit of the case and are pools', () => {
    expect(byName('openmp').figures['p50Us']?.heddleIs?.ratio).toBe(2);
    expect(byName('openmp-active')).toMatchObject({ isBeyondLimit: true });
    expect(byName('spinning').figures['p50Us']?.heddleIs?.ratio).toBe(0.5);
    expect(result.verdict).toMatchObject({ against: 'openmp', is: 'ahead', heddleIs: { ratio: 2 } });
  });

  it('has its own targets', () => {
    const [p50, , , idle] = later.figures;
    expect(reachesTarget(p50, result)).toBe(false);
    expect(reachesTarget(idle!, result)).toBe(true);
  });

  it('is told in tables and on a page', () => {
    const run = {
      suite: 'pool',
      quick: true,
      card: { cpu: { model: 'A' }, cores: { allowed: 2 }, node: { version: 'v20' } },
      noise: 0.01,
      wasInterrupted: false,
      elapsedMs: 1,
      contestants: { heddle: { label: 'heddle', setting: 'as it is' } },
      cases: [result, result],
    } as unknown as PoolResult;
    const text = poolText(run);
    expect(text).toContain('verdict: ahead of OpenMP: 2.00x');
    expect(text).toContain('p50: target at most 21.0 us missed');
    expect(text).toContain('OpenMP active (beyond the limit: not compared)');
    expect(text).toContain('oneTBB missing: g++ finds no tbb/parallel_for.h');
    expect(text).toContain('heddle: as it is');
    expect(text).not.toMatch(/undefined|NaN|Infinity/);
    const { card: _, ...withoutCard } = run;
    const page = poolPage(withoutCard as PoolResult);
    expect(page).toContain('oneTBB: g++ finds no tbb/parallel_for.h');
    expect(page).toContain('ahead of OpenMP: 2.00x');
  });
});

it('leaves the verdict open where the run does, and has none without another', () => {
  const idle = findPoolCase('idle')!;
  const of = (...results: ContestantResult[]) => evaluatePoolCase(idle, results, []).verdict;
  expect(of(contestant(idle, 'heddle', 1), contestant(idle, 'openmp', 1))?.is).toBe('level');
  // As good as nothing, both.
  expect(of(contestant(idle, 'heddle', 0.04), contestant(idle, 'openmp', 0.01))?.heddleIs.ratio).toBe(1);
  expect(of(contestant(idle, 'heddle', 2), contestant(idle, 'openmp', 1))).toMatchObject({ is: 'behind' });
  expect(of(contestant(idle, 'heddle', 2), contestant(idle, 'spinning', 1))).toBeUndefined();
  expect(of(contestant(idle, 'heddle', 2, {}, { problem: 'wrong' }), contestant(idle, 'openmp', 1))).toBeUndefined();
});

it('says who was not built where that is heddle itself', () => {
  const result = evaluatePoolCase(
    later,
    [],
    [{ name: 'heddle', state: 'missing', problem: 'there is no C++ compiler' }],
  );
  expect(result).toMatchObject({ rounds: 0, contestants: [{ name: 'heddle', state: 'missing' }] });
  expect(result.verdict).toBeUndefined();
});
