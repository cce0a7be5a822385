import { TUNING, type Tuning } from '@heddle/advisor';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitTunings, GRID, stepsBetween, tuningsOf, type Grid } from '../../../src/advisor/replay/fit.ts';
import { lossOf, scoreOutcomes, type Outcome } from '../../../src/advisor/replay/outcome.ts';

const grid: Grid = {
  leaveGain: [0, 0.2, 0.4],
  savedStart: [0, 0.5, 1],
  paidStart: [1],
  nearTie: [0.05],
  computesShare: [0.6],
};

interface Job {
  readonly family: string;
  /** What is best for it. */
  readonly wants: Partial<Tuning>;
}

/** As many times the best as the thresholds are away from what the job wants. */
function replay({ family, wants }: Job, tuning: Tuning): Outcome[] {
  const steps = stepsBetween(grid, tuning, { ...tuning, ...wants });
  return [{ family, phase: 'new', backend: 'inline', ms: 1 + steps, bestMs: 1, inlineMs: 10 }];
}

const fit = (jobs: readonly Job[]) => fitTunings({ jobs, familyOf: ({ family }) => family, replay, grid });

describe('a fit', () => {
  it('has the thresholds in use on its grid', () => {
    const shipped = tuningsOf(GRID).find((one) => stepsBetween(GRID, one, TUNING) === 0);
    expect(shipped).toEqual(TUNING);
  });

  it('knows nothing of the family that is left out', () => {
    const jobs = [
      { family: 'a', wants: { leaveGain: 0.4 } },
      { family: 'b', wants: { leaveGain: 0 } },
      { family: 'b', wants: { leaveGain: 0 } },
    ];
    expect(fit(jobs).best('a')).toMatchObject({ leaveGain: 0 });
    expect(fit(jobs).best('b')).toMatchObject({ leaveGain: 0.4 });
    expect(fit(jobs).best(undefined)).toMatchObject({ leaveGain: 0 });
  });

  it('finds what is planted, and changes nothing that makes no difference', () => {
    fc.assert(
      fc.property(fc.constantFrom(...grid.leaveGain), fc.constantFrom('a', 'b'), (leaveGain, without) => {
        const jobs = ['a', 'b', 'c'].map((family) => ({ family, wants: { leaveGain } }));
        expect(fit(jobs).best(without)).toEqual({ ...TUNING, leaveGain });
      }),
    );
  });

  it('asks only once where a job is told the same', () => {
    let asked = 0;
    fitTunings({
      jobs: [{ family: 'a', wants: {} }],
      familyOf: ({ family }) => family,
      replay: (job, tuning) => {
        asked++;
        return replay(job, tuning);
      },
      keyOf: (_, { leaveGain }) => `${leaveGain}`,
      grid,
    });
    expect(asked).toBe(grid.leaveGain.length);
  });
});

describe('outcomes', () => {
  const outcome = (ms: number, bestMs: number, inlineMs: number): Outcome => ({
    family: 'a',
    phase: 'new',
    backend: 'inline',
    ms,
    bestMs,
    inlineMs,
  });

  it('count what is near, what is lost, and harm', () => {
    const score = scoreOutcomes([outcome(10, 10, 10), outcome(20, 10, 20), outcome(30, 10, 20)]);
    expect(score).toMatchObject({ replays: 3, near: 1 / 3, regret: 1, p50: 2, worst: 3, harm: 1 / 3 });
  });

  it('lose more by harm than by leaving something undone', () => {
    expect(lossOf(outcome(20, 10, 10))).toBeGreaterThan(lossOf(outcome(20, 10, 20)));
    expect(lossOf(outcome(10, 10, 10))).toBe(0);
  });
});
