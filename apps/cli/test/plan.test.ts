// How a budget is divided: the fewest rounds fit it, every variant gets the same.
import { findWorkload, workloads } from '@heddle/workloads';
import { describe, expect, test } from 'vitest';
import { chooseByBudget, planComparison, type PlanRequest } from '../src/compare/plan.ts';

const sized = workloads.filter(({ leastMs }) => leastMs === undefined);

const plan = (more: Partial<PlanRequest>) =>
  planComparison({ workloads, budgetMs: 60_000, isQuick: false, hasNative: true, withPrices: true, ...more });

describe('the plan of a comparison', () => {
  test('the fewest rounds of every variant, its start included, fit the budget', () => {
    const { inlineTargetMs, warmupRounds, minRounds, pricesMs } = plan({});
    const variants = sized.reduce((sum, { kinds }) => sum + kinds.length, 0);
    const leastMs = workloads.reduce((sum, workload) => sum + (workload.leastMs ?? 0), 0);
    const roundsMs = leastMs + variants * (warmupRounds + minRounds + 1) * inlineTargetMs;
    expect(inlineTargetMs).toBeGreaterThan(25);
    expect(pricesMs + roundsMs).toBeLessThan(60_000);
  });

  test('a workload gets time by the number of its variants that can run here', () => {
    const mandelbrot = findWorkload('mandelbrot')!;
    const fetchMany = findWorkload('fetch-many')!;
    const { roundsMsOf } = plan({ workloads: [mandelbrot, fetchMany] });
    expect(roundsMsOf(mandelbrot) / roundsMsOf(fetchMany)).toBeCloseTo(7 / 4);
    const without = plan({ workloads: [mandelbrot, fetchMany], hasNative: false });
    expect(without.roundsMsOf(mandelbrot) / without.roundsMsOf(fetchMany)).toBeCloseTo(1);
  });

  test('a workload that would take a quarter of the budget alone is left out of a run over all', () => {
    const names = (budgetMs: number) => chooseByBudget(workloads, budgetMs).leftOut.map(({ name }) => name);
    expect(names(60_000)).toEqual([]);
    expect(names(10_000)).toEqual(['http-service', 'hazard-lab']);
  });

  test('one that is not sized gets what it takes at least, and everything where it is alone', () => {
    const lab = findWorkload('hazard-lab')!;
    expect(plan({}).roundsMsOf(lab)).toBe(lab.leastMs);
    expect(plan({ workloads: [lab], withPrices: false }).roundsMsOf(lab)).toBeGreaterThan(lab.leastMs! * 2);
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
