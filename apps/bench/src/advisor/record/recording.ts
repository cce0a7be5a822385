// What has to be known of a machine and of the workloads to replay a choice without running anything. Plain JSON.
import type { BackendCosts } from '@heddle/advisor';
import type { FixedBackend } from '../contestants.ts';

/**
 * Calls of a function that does nothing, in a fresh program with one worker: how long so many take, from the first on, and how much of that the caller's
 * thread was busy. A sum and no mean, because a call in code that is not compiled yet takes ten times as long as one in code that is.
 */
export interface CallsSoFar {
  readonly calls: number;
  readonly ms: number;
  readonly callerMs: number;
}

/** How calls are made: items that travel together, single calls at once, single calls one after the other. */
export const CALL_KINDS = ['batched', 'single', 'serial'] as const;
export type CallKind = (typeof CALL_KINDS)[number];

export interface MeasuredCosts {
  /** By number of calls, ascending. */
  readonly calls: Readonly<Record<CallKind, readonly CallsSoFar[]>>;
  /** From `createPool` to the first result, less what that takes inline. */
  readonly startMs: number;
  /** How long the caller's thread is busy with the start of one worker. */
  readonly startHoldMs: number;
  /** How much longer its own work takes when one worker starts beside it, on the cores of this machine. */
  readonly startTakesMs: number;
  /** There and back, for a call that is alone, in code that is compiled. */
  readonly latencyMs: number;
  /** For each MiB of an argument, beyond a copy within one heap. */
  readonly wireMsPerMiB: number;
}

/** One workload: its calls by themselves, as the second job of a program runs them, and what the pool that chooses knew of them. */
export interface WorkloadProfile {
  readonly id: string;
  /** One call alone, waiting included, for the first calls; the others are taken to repeat them. */
  readonly itemMs: readonly number[];
  /** Of a call when as many as a pool allows are under way on one thread: elapsed time, and what that thread computes. */
  readonly togetherMs: number;
  readonly computesMs: number;
  /** To copy the arguments and the result of a call within one heap. */
  readonly copyMs: number;
  /** Arguments and result of one call, as they travel. */
  readonly bytes: number;
  /** As some programs found it, each by itself: what a pool knows differs from one to the next. At least one. */
  readonly known: readonly KnownOfCalls[];
}

/** As `explain()` tells it after the first job. */
export interface KnownOfCalls {
  readonly wallMs: number | undefined;
  readonly spreadMs: number;
  readonly computingShare: number;
  readonly cloneMs: number | undefined;
}

export interface Recording {
  /** When: that of the run it belongs to, or a later one. */
  readonly date: string;
  readonly costs: Readonly<Record<FixedBackend, MeasuredCosts>>;
  /** What a pool that chooses takes them for, before it has measured any. */
  readonly believed: Readonly<Record<FixedBackend, BackendCosts>>;
  /** Bytes per millisecond that two threads, or one where there is one core, read and write when they copy arrays beyond the caches. */
  readonly memoryBytesPerMs: number;
  readonly profiles: readonly WorkloadProfile[];
}
