// How a budget is divided: the fewest rounds fit it, every variant gets the same.
import { findWorkload, workloads } from '@heddle/workloads';
import { describe, expect, test } from 'vitest';
import { planComparison, type PlanRequest } from '../src/compare/plan.ts';

const plan = (more: Partial<PlanRequest>) =>
  planComparison({ workloads, budgetMs: 60_000, isQuick: false, hasNative: true, withPrices: true, ...more });

describe('the plan of a comparison', () => {
  test('the fewest rounds of every variant, its start included, fit the budget', () => {
    const { inlineTargetMs, warmupRounds, minRounds, pricesMs } = plan({});
    const variants = workloads.reduce((sum, { kinds }) => sum + kinds.length, 0);
    const roundsMs = variants * (warmupRounds + minRounds + 1) * inlineTargetMs;
    expect(inlineTargetMs).toBeGreaterThan(25);
    expect(pricesMs + roundsMs).toBeLessThan(60_000);
  });

  test('a workload gets time by the number of its variants that can run here', () => {
    const mandelbrot = findWorkload('mandelbrot')!;
    const fetchMany = findWorkload('fetch-many')!;
    const { roundsMsOf } = plan({ workloads: [mandelbrot, fetchMany] });
    expect(roundsMsOf(mandelbrot) / roundsMsOf(fetchMany)).toBeCloseTo(2);
    const without = plan({ workloads: [mandelbrot, fetchMany], hasNative: false });
    expect(without.roundsMsOf(mandelbrot) / without.roundsMsOf(fetchMany)).toBeCloseTo(1);
  });

  test('a large budget gives more rounds, not longer ones; a small one no rounds that are mostly noise', () => {
    expect(plan({ budgetMs: 600_000 }).inlineTargetMs).toBe(300);
    expect(plan({ budgetMs: 1_000 }).inlineTargetMs).toBe(25);
  });

  test('a quick look takes fewer rounds and no round for memory alone', () => {
    expect(plan({ isQuick: true, budgetMs: 10_000 })).toMatchObject({ warmupRounds: 1, memory: 'warmup' });
    expect(plan({ workloads: [], withPrices: false })).toMatchObject({ pricesMs: 0, inlineTargetMs: 300 });
  });
});
