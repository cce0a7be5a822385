/**
 * How long tasks wait and run, as their pool sees it: two histograms, kept only where `recordTimes` asks for them.
 *
 * Node's own histograms (HdrHistogram, two significant digits), in nanoseconds: `record` takes about 0.1 us and no memory.
 */
import type { RecordableHistogram } from 'node:perf_hooks';
import type { Clock } from '../clock/clock.ts';
import type { PoolTask } from './worker-source.ts';

/** A sample in milliseconds; all 0 where nothing was recorded. Percentiles are right to one part in a hundred. */
export interface Distribution {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Of a pool with `recordTimes`. */
export interface TimeStats {
  /** From the call, or from the end of the attempt before, until an attempt may begin in its worker. */
  readonly wait: Distribution;
  /** From there until its outcome is here: the run, and what the answer needs to come back. */
  readonly run: Distribution;
}

const NS_PER_MS = 1e6;

export class TaskTimes {
  readonly #clock: Clock;
  readonly #wait: RecordableHistogram;
  readonly #run: RecordableHistogram;

  constructor(clock: Clock) {
    // Few pools ask for it, and loading it takes time.
    const { createHistogram } = process.getBuiltinModule('node:perf_hooks');
    this.#clock = clock;
    this.#wait = createHistogram();
    this.#run = createHistogram();
  }

  /** It begins to wait. */
  waits(task: PoolTask): void {
    task.waitsSince = this.#clock.now();
  }

  /** An attempt begins, now: `task.startedAt`. */
  started(task: PoolTask): void {
    record(this.#wait, task.startedAt! - task.waitsSince);
  }

  /** It has its outcome. What was refused while it waited has not run. */
  settled(task: PoolTask): void {
    const { startedAt, waitsSince } = task;
    if (startedAt !== undefined && startedAt >= waitsSince) record(this.#run, this.#clock.now() - startedAt);
  }

  stats(): TimeStats {
    return { wait: distributionOf(this.#wait), run: distributionOf(this.#run) };
  }
}

function record(histogram: RecordableHistogram, ms: number): void {
  // It counts from 1.
  histogram.record(Math.max(1, Math.round(ms * NS_PER_MS)));
}

function distributionOf(histogram: RecordableHistogram): Distribution {
  const { count } = histogram;
  if (count === 0) return { count, meanMs: 0, p50Ms: 0, p90Ms: 0, p99Ms: 0, maxMs: 0 };
  const percentile = (share: number) => histogram.percentile(share) / NS_PER_MS;
  return {
    count,
    meanMs: histogram.mean / NS_PER_MS,
    p50Ms: percentile(50),
    p90Ms: percentile(90),
    p99Ms: percentile(99),
    maxMs: histogram.max / NS_PER_MS,
  };
}
