// What measurements say of a choice, with times made up for the purpose.
import { describe, expect, it } from 'vitest';
import { CHOOSERS } from '../../src/advisor/choosers.ts';
import { judgeJob, scoreAll, type JobSamples } from '../../src/advisor/judge.ts';

const flat = (ms: number) => Array.from({ length: 6 }, () => ms);

const job = (samples: Partial<JobSamples['samples']>, calls = 100): JobSamples => ({
  calls,
  cores: 2,
  samples: { inline: flat(100), threads: flat(60), processes: flat(80), auto: flat(66), ...samples },
});

describe('judgeJob', () => {
  it('measures everybody by the best backend', () => {
    const { best, auto, oracle, rules, overInline } = judgeJob(job({}));
    expect(best).toBe('threads');
    expect(auto).toEqual([1.1, 1.1]);
    expect(oracle).toEqual([1, 1]);
    expect(rules.inline).toEqual([100 / 60, 100 / 60]);
    expect(overInline.ratio).toBeCloseTo(0.66);
  });

  it('judges the oracle by the half that it has not seen', () => {
    // Threads are best in the even rounds, inline in the odd ones.
    const { oracle } = judgeJob(job({ threads: [50, 200, 50, 200, 50, 200], processes: flat(400) }));
    expect(oracle).toEqual([100 / 50, 200 / 100]);
  });

  it('tells harm that may be chance from harm that can’t', () => {
    const unsure = judgeJob(job({ auto: [90, 90, 90, 150, 150, 150] }));
    const sure = judgeJob(job({ auto: flat(150) }));
    const { auto } = scoreAll([unsure, sure]);
    expect([auto.harm, auto.certainHarm]).toEqual([1, 0.5]);
  });
});

describe('scoreAll', () => {
  it('counts both halves of every job', () => {
    const near = judgeJob(job({ auto: flat(60) }));
    const far = judgeJob(job({ auto: [60, 120, 60, 120, 60, 120] }));
    const { jobs, auto, rules } = scoreAll([near, far]);
    expect(jobs).toBe(2);
    expect([auto.near, auto.worst]).toEqual([0.75, 2]);
    expect([rules.threads.near, rules.threads.harm]).toEqual([1, 0]);
    expect(rules.processes.near).toBe(0);
  });
});

describe('the rules of others', () => {
  const known = (calls: number, inlineCallMs: number, cores = 8) => ({ calls, inlineCallMs, cores });

  it.each([
    ['oneMs', known(10, 0.9), 'inline'],
    ['oneMs', known(10, 1), 'threads'],
    ['jest', known(20, 999), 'inline'],
    ['jest', known(21, 1), 'processes'],
    ['jest', known(2, 1_000), 'processes'],
    ['jest', known(100, 1, 1), 'inline'],
    ['eslint', known(50, 1), 'inline'],
    ['eslint', known(51, 1), 'threads'],
    ['eslint', known(500, 1, 2), 'inline'],
  ] as const)('%s of %o: %s', (name, facts, backend) => {
    expect(CHOOSERS[name].choose(facts)).toBe(backend);
  });
});
