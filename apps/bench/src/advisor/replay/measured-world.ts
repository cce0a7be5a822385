// The machine that was measured: inline and workers take what the medians of the run say. Only a move in the middle of a job, which no pool of one backend
// makes, is put together: inline goes on while a worker starts, less what the start takes from it, and what is left takes its part of the time in workers. Pure.
import type { FixedBackend } from '../contestants.ts';
import type { Recording, WorkloadProfile } from '../record/recording.ts';
import { Pattern } from './pattern.ts';
import type { Leaving, Workers, World } from './world.ts';

type Times = Readonly<Record<FixedBackend, number>>;

export interface MeasuredParts {
  readonly cores: number;
  readonly calls: number;
  readonly profile: WorkloadProfile;
  readonly recording: Recording;
  /** Of the first job of a pool and of the second. */
  readonly newMs: Times;
  readonly knownMs: Times;
}

export function measuredWorld({ cores, calls, profile, recording, newMs, knownMs }: MeasuredParts): World {
  const pattern = new Pattern(profile.itemMs);
  const partFrom = (first: number) => pattern.between(first, calls) / pattern.before(calls);
  const inlineMs = (first: number) => knownMs.inline * partFrom(first);
  const readyMs = (backend: Workers, first: number) => knownMs[backend] * partFrom(first);
  return {
    cores,
    calls,
    setUpMs: Math.max(0, newMs.inline - knownMs.inline),
    itemMs: (index) => (knownMs.inline * pattern.at(index)) / pattern.before(calls),
    inlineMs,
    readyMs,
    startMs: (backend) => recording.costs[backend].startMs,
    leavingMs(backend, first, there): Leaving {
      if (there > 0) return { ms: readyMs(backend, first), there };
      const { startMs, startTakesMs } = recording.costs[backend];
      const besideMs = Math.max(0, startMs - startTakesMs);
      const leftMs = inlineMs(first) - besideMs;
      if (leftMs <= 0) return { ms: inlineMs(first) + startTakesMs, there: 1 };
      return { ms: startMs + (leftMs / knownMs.inline) * knownMs[backend], there: 1 };
    },
  };
}
