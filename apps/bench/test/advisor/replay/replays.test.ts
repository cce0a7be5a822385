// Both reports, of a run made up for the purpose.
import { TUNING } from '@heddle/advisor';
import { describe, expect, it } from 'vitest';
import { readRun } from '../../../src/advisor/read-run.ts';
import { replayText } from '../../../src/advisor/replay/text.ts';
import { SIMULATED_CORES, simulate, simulateCase } from '../../../src/advisor/replay/simulation.ts';
import { casesOf } from '../../../src/advisor/replay/measured-jobs.ts';
import { validate } from '../../../src/advisor/replay/validation.ts';
import { UnreadableRun } from '../../../src/suite.ts';
import { COMPUTING, runOf, workloadOf } from './recorded.ts';

const run = runOf();
const families = new Set(COMPUTING.map(({ family }) => family));

describe('one family left out', () => {
  const validation = validate(run.jobs, run.recorded!, 2)!;

  it('judges every family by thresholds that know nothing of it', () => {
    expect(new Set(validation.families.map(({ family }) => family))).toEqual(families);
    expect(validation.shipped).toEqual(TUNING);
    for (const { shipped, fitted } of validation.families) expect(fitted.replays).toBe(shipped.replays);
    expect(validation.total.shipped.replays).toBe(run.jobs.length);
  });

  it('has a fit on all that is no worse than the thresholds in use, by its own measure', () => {
    const loss = ({ regret, harm }: { regret: number; harm: number }) => regret + harm;
    expect(loss(validation.total.onAll)).toBeLessThanOrEqual(loss(validation.total.shipped) + 0.05);
  });

  it('says nothing of a single family', () => {
    const alone = runOf(COMPUTING.filter(({ family }) => family === 'uneven'));
    expect(validate(alone.jobs, alone.recorded!, 2)).toBeUndefined();
  });

  it('leaves out workloads without a profile, and profiles without jobs', () => {
    const [first, ...others] = run.recorded!.profiles;
    expect(casesOf(run.jobs, { ...run.recorded!, profiles: others })).toHaveLength(COMPUTING.length - 1);
    expect(casesOf([], run.recorded!)).toEqual([]);
    expect(casesOf(run.jobs, { ...run.recorded!, profiles: [{ ...first!, id: 'gone' }] })).toEqual([]);
  });
});

describe('simulated machines', () => {
  const simulation = simulate(run.jobs, run.recorded!, 2)!;

  it('are those with 4, 16 and 64 cores, and the one that was measured', () => {
    expect(simulation.machines.map(({ cores }) => cores)).toEqual([...SIMULATED_CORES]);
    expect(simulation.check.cores).toBe(2);
    expect(simulation.families.every(({ machines }) => machines.length === SIMULATED_CORES.length)).toBe(true);
    for (const { best, chosen, auto } of simulation.machines) {
      for (const shares of [best, chosen])
        expect(Object.values(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
      expect(auto.replays).toBe(run.jobs.length);
    }
  });

  it('are off by nothing where the measurement is what they compute', () => {
    const [one] = casesOf(run.jobs, run.recorded!);
    const simulated = simulateCase(one!, run.recorded!, 2);
    const jobs = one!.jobs.map((job, index) => ({
      ...job,
      medianMs: { ...simulated[index]!.fixedMs, auto: simulated[index]!.auto.ms },
    }));
    const { check } = simulate(jobs, { ...run.recorded!, profiles: [one!.profile] }, 2)!;
    expect(check.off.threads).toBeCloseTo(0);
    expect(check.bestIsNear).toBe(1);
    expect(check.simulated.near).toBe(check.measured.near);
  });

  it('are none where nothing was recorded', () => {
    expect(simulate(run.jobs, { ...run.recorded!, profiles: [] }, 2)).toBeUndefined();
  });
});

describe('a kept run', () => {
  it('is read, and what follows from it computed anew', () => {
    const kept = readRun(JSON.stringify({ ...run, validation: 'old', simulation: 'old' }));
    expect(kept.validation?.total.shipped.replays).toBe(run.jobs.length);
    expect(replayText(kept).join('\n')).toContain('64 cores, simulated');
    expect(replayText(runOf([workloadOf('uneven: 40 of 5000 us')]))).toEqual([]);
  });

  it.each([
    ['no', 'the recorded run is not JSON'],
    ['null', 'the recorded run is none of suite advisor'],
    ['{"suite":"sync","jobs":[]}', 'the recorded run is none of suite advisor'],
    ['{"suite":"advisor","jobs":[]}', /^the recorded run has no profiles, measure it again: /],
  ])('is refused: %s', (text, sentence) => {
    expect(() => readRun(text)).toThrow(UnreadableRun);
    expect(() => readRun(text)).toThrow(sentence);
  });
});
