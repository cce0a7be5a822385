// The jobs of a result, brought together with what was recorded of their workloads. Pure.
import type { Tuning } from '@heddle/advisor';
import { FIXED_BACKENDS } from '../contestants.ts';
import type { Recording, WorkloadProfile } from '../record/recording.ts';
import type { JobResult } from '../result.ts';
import { findWorkload, type AdvisorWorkload } from '../workloads.ts';
import { replayPool } from './auto.ts';
import { measuredWorld } from './measured-world.ts';
import type { Outcome } from './outcome.ts';

export interface Case {
  readonly workload: AdvisorWorkload;
  readonly profile: WorkloadProfile;
  /** First and second job of a pool. */
  readonly jobs: readonly [JobResult, JobResult];
}

/** Those workloads of which both jobs and a profile are there. */
export function casesOf(jobs: readonly JobResult[], { profiles }: Recording): Case[] {
  return profiles.flatMap((profile) => {
    const workload = findWorkload(profile.id);
    const both = (['new', 'known'] as const).map((phase) =>
      jobs.find((job) => job.id === profile.id && job.phase === phase),
    );
    const [first, second] = both;
    if (workload === undefined || first === undefined || second === undefined) return [];
    return [{ workload, profile, jobs: [first, second] as const }];
  });
}

/** What these thresholds would have done with a workload, by what was measured: both jobs for each program that told what it knew. */
export function replayMeasured(one: Case, recording: Recording, cores: number, tuning: Tuning): Outcome[] {
  const { workload, profile, jobs } = one;
  const [first, second] = jobs;
  const world = measuredWorld({
    cores,
    calls: workload.calls,
    profile,
    recording,
    newMs: first.medianMs,
    knownMs: second.medianMs,
  });
  return profile.known.flatMap((known) => {
    const replayed = replayPool({ workload, known, recording, world, tuning });
    return jobs.map(({ family, phase, medianMs }, index) => {
      const { backend, ms } = replayed[index]!;
      const bestMs = Math.min(...FIXED_BACKENDS.map((each) => medianMs[each]));
      // A move in the middle of a job may be quicker than any pool of one backend.
      return { family, phase, backend, ms, bestMs, inlineMs: medianMs.inline };
    });
  });
}
