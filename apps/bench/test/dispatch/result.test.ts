import type { Comparison, ContestantResult } from '@heddle/measure';
import { describe, expect, it } from 'vitest';
import { findDispatchCase, type DispatchCase } from '../../src/dispatch/case-table.ts';
import { evaluateCase, hardestPeer, reachesTarget, targetOf } from '../../src/dispatch/result.ts';
import { dispatchText } from '../../src/dispatch/table.ts';
import { dispatchPage } from '../../src/dispatch/page.ts';

const contestant = (
  id: string,
  key: string,
  value: number,
  more: Partial<ContestantResult> = {},
): ContestantResult => ({
  id,
  label: id,
  samplesMs: [1, 1, 1],
  measures: {},
  measureSamples: { [key]: [value, value * 1.01, value * 0.99] },
  digest: 'same',
  ...more,
});

const evaluate = (one: DispatchCase, contestants: ContestantResult[]) => {
  const comparison: Comparison = {
    contestants: Object.fromEntries(contestants.map((result) => [result.id, result])),
    order: [],
    budgetMs: 1,
    elapsedMs: 1,
    aborted: false,
  };
  return evaluateCase(one, comparison);
};

const flood = findDispatchCase('flood-threads')!;
const [perSecond] = flood.figures;

describe('of heddle beside others', () => {
  const result = evaluate(flood, [
    contestant('heddle-threads', 'perSecond', 2_000_000),
    contestant('piscina', 'perSecond', 1_000_000),
    contestant('tinypool-threads', 'perSecond', 4_000_000),
    contestant('workerpool-threads', 'perSecond', 9_000_000, { problem: '3 of 9 results are wrong: no sum' }),
    contestant('jest-worker-threads', 'perSecond', 0, {
      measureSamples: {},
      error: { name: 'RunnerTimeoutError', message: 'it did not end within 5 ms', phase: 'round' },
    }),
  ]);
  const ratios = result.contestants.map(({ figures }) => figures['perSecond']?.heddleIs?.ratio);

  it('says how many times better it is, and compares with right results only', () => {
    expect(result.contestants.map(({ state }) => state)).toEqual(['right', 'right', 'right', 'wrong', 'failed']);
    expect(ratios).toEqual([undefined, 2, 0.5, undefined, undefined]);
    expect(hardestPeer(perSecond, result)?.name).toBe('tinypool-threads');
    expect(reachesTarget(perSecond, result)).toBe(true);
  });

  const run = {
    suite: 'dispatch',
    quick: true,
    card: { cpu: { model: 'A' }, cores: { allowed: 2 }, node: { version: 'v20' } },
    noise: 0,
    wasInterrupted: false,
    elapsedMs: 1,
    contestants: { piscina: { label: 'piscina', version: '5', setting: 'two' } },
    cases: [result, result],
  } as unknown as Parameters<typeof dispatchText>[0];

  it('shows what is wrong or failed as such, in the table and on the page', () => {
    const text = dispatchText(run);
    expect(text).toMatch(/workerpool-threads +│ +WRONG/);
    expect(text).toMatch(/jest-worker-threads +│ +FAILED/);
    expect(text).toContain('jest-worker-threads failed: it did not end within 5 ms');
    expect(text).toContain('target at least 1,000,000 tasks/s: reached; floor 6,000,000 tasks/s');
    expect(text).toContain('piscina 5: two');
    const { card: _, ...withoutCard } = run;
    const page = dispatchPage(withoutCard as typeof run);
    expect(page).toContain('3 of 9 results are wrong: no sum');
    expect(page).not.toContain('9,000,000');
  });
});

it('takes a target that is a share of another contestant', () => {
  const inline = findDispatchCase('map-inline')!;
  const heddle = contestant('heddle-inline', 'perSecond', 10);
  const good = evaluate(inline, [heddle, contestant('plain-loop', 'perSecond', 27)]);
  expect(targetOf(inline.figures[0], good)).toBe(9);
  expect(reachesTarget(inline.figures[0], good)).toBe(true);
  const without = evaluate(inline, [heddle, contestant('plain-loop', 'perSecond', 27, { problem: 'wrong' })]);
  expect(targetOf(inline.figures[0], without)).toBeUndefined();
});
