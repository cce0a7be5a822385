// A recording and jobs made up for tests: round numbers on a machine with two cores.
import { CHOOSERS } from '../../../src/advisor/choosers.ts';
import { judgeJob } from '../../../src/advisor/judge.ts';
import type { MeasuredCosts, Recording, WorkloadProfile } from '../../../src/advisor/record/recording.ts';
import type { AdvisorResult, JobResult } from '../../../src/advisor/result.ts';
import { findWorkload, WORKLOADS, type AdvisorWorkload } from '../../../src/advisor/workloads.ts';

/** Every call takes the same, from the first on. */
const calls = (ms: number, callerMs: number) =>
  ['batched', 'single', 'serial'].map((kind) => [kind, [{ calls: 1_000, ms: 1_000 * ms, callerMs: 1_000 * callerMs }]]);

export const costs = (startMs: number, ms: number, callerMs: number): MeasuredCosts => ({
  calls: Object.fromEntries(calls(ms, callerMs)) as MeasuredCosts['calls'],
  startMs,
  startHoldMs: startMs / 10,
  startTakesMs: startMs / 5,
  latencyMs: ms,
  wireMsPerMiB: 0,
});

const believed = (startMs: number, callerMs: number, memoryMiB: number, isReady = false) => ({
  startMs,
  callerMs,
  workerMs: callerMs / 4,
  latencyMs: 5 * callerMs,
  memoryMiB,
  isReady,
});

export function profileOf(workload: AdvisorWorkload, ms: number, more: Partial<WorkloadProfile> = {}): WorkloadProfile {
  return {
    id: workload.id,
    itemMs: [ms],
    togetherMs: ms,
    computesMs: ms,
    copyMs: 0,
    bytes: 20,
    known: [{ wallMs: ms, spreadMs: 0, computingShare: 1, cloneMs: undefined }],
    ...more,
  };
}

export function recordingOf(profiles: readonly WorkloadProfile[]): Recording {
  return {
    date: '2026-01-02T03:04:05.000Z',
    costs: { inline: costs(0, 0.003, 0.003), threads: costs(50, 0.005, 0.005), processes: costs(150, 0.006, 0.006) },
    believed: {
      inline: believed(0, 0.003, 0, true),
      threads: believed(80, 0.006, 15),
      processes: believed(185, 0.007, 45),
    },
    memoryBytesPerMs: 1e7,
    profiles,
  };
}

export const workloadOf = (id: string): AdvisorWorkload => findWorkload(id)!;

const flat = (ms: number) => Array.from({ length: 6 }, () => ms);

/** Both jobs of a workload, whose workers take so much of the time of inline; the set-up of a pool takes 40 ms. */
export function jobsOf(workload: AdvisorWorkload, inlineMs: number, share = 0.5): JobResult[] {
  const { id, family, calls: count } = workload;
  return (['new', 'known'] as const).map((phase): JobResult => {
    const isNew = phase === 'new';
    const ms = {
      inline: inlineMs + (isNew ? 40 : 0),
      threads: inlineMs * share + (isNew ? 90 : 0),
      processes: inlineMs * share + (isNew ? 190 : 10),
    };
    const samples = {
      inline: flat(ms.inline),
      threads: flat(ms.threads),
      processes: flat(ms.processes),
      auto: flat(ms.inline),
    };
    return {
      id,
      family,
      phase,
      calls: count,
      places: { inline: count },
      ...judgeJob({ calls: count, cores: 2, samples }),
      samples,
    };
  });
}

/** All workloads that compute for a time that their size says, as they would be with these costs. */
export const COMPUTING = WORKLOADS.filter(({ size }) => size['us'] !== undefined && size['ms'] === undefined);

export function runOf(workloads: readonly AdvisorWorkload[] = COMPUTING): AdvisorResult {
  const profiles = workloads.map((workload) => profileOf(workload, workload.size['us']! / 1_000));
  const jobs = workloads.flatMap((workload) => jobsOf(workload, (workload.calls * workload.size['us']!) / 1_000));
  return {
    suite: 'advisor',
    quick: false,
    card: { cores: { logical: 2, allowed: 2 } } as AdvisorResult['card'],
    noise: 0,
    wasInterrupted: false,
    elapsedMs: 1,
    rounds: 6,
    rules: CHOOSERS,
    jobs,
    problems: [],
    families: [],
    recorded: recordingOf(profiles),
  };
}
