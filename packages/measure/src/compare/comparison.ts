/** What a comparison gives: plain JSON, one entry per contestant, failed ones included. */
import type { ErrorReport } from '../errors.ts';
import type { LoopDelay } from '../runner/protocol.ts';
import type { Summary } from '../statistics/summary.ts';

/** Where in its life a contestant failed. */
export type Phase = 'create' | 'warmup' | 'round' | 'check' | 'memory' | 'close';

/**
 * Why a contestant is out. `code` is the contestant's own, or
 * - `HEDDLE_RUNNER_DIED`: its process ended; the message has exit code or signal and the last output;
 * - `HEDDLE_RUNNER_TIMEOUT`: it did not answer in time and was ended.
 */
export interface ContestantError extends ErrorReport {
  phase: Phase;
}

export interface MemoryReport {
  /** Highest sum of proportional set sizes over the runner's process tree during the memory round. */
  peakPssBytes: number;
  /** The same before the warm-up: contestant created, nothing run. */
  basePssBytes: number;
  /** As `peakPssBytes`, but as though no other runner shared pages with the tree: compare contestants by this one. */
  peakAloneBytes: number;
  baseAloneBytes: number;
  /** Most processes seen in the tree at once, the runner included. */
  processes: number;
}

export interface CpuReport {
  /** User and system time of the runner's process tree over all timed rounds: all threads and all child processes. */
  totalMs: number;
  /** `totalMs` by the wall time of the same rounds: cores in use on average. */
  cores: number;
}

export interface ContestantResult {
  id: string;
  label: string;
  /** Wall time of each timed round, in the order measured. */
  samplesMs: number[];
  /** Of `samplesMs`; absent without a timed round. */
  wall?: Summary;
  /** The workload's own measures, for each key that every timed round gave. */
  measures: Record<string, Summary>;
  /** The samples behind `measures`, in the order of `samplesMs`. */
  measureSamples: Record<string, number[]>;
  /** Digest of the result; absent when no check was reached. */
  digest?: string;
  /** Why the result is wrong: the contestant's own check, or a digest that changed between warm-up and end. */
  problem?: string;
  /** Id of the first contestant that finished with a right result, when this one's digest is another. */
  differsFrom?: string;
  /** Result files: name -> absolute path. */
  artifacts?: Record<string, string>;
  /** What the last check saw, in words: label -> text. */
  notes?: Record<string, string>;
  /** What the last check said of why the contestant did what it did. */
  explanation?: unknown;
  memory?: MemoryReport;
  cpu?: CpuReport;
  /** Main-loop delay of the runner: medians of p50 and p99 over the timed rounds, and the longest of all. */
  loopDelay?: LoopDelay;
  /** From the spawn of the runner to the created contestant; not part of any round. */
  startMs?: number;
  /** Present when the contestant is out; what it measured before stays. */
  error?: ContestantError;
  /** Present when everything was measured but `close()` failed. */
  closeError?: ContestantError;
}

export interface Comparison {
  /** By id, in the order of the specs. */
  contestants: Record<string, ContestantResult>;
  /** Order of each cycle of timed rounds that was begun: ids. */
  order: string[][];
  budgetMs: number;
  elapsedMs: number;
  /** True when the signal ended it early. */
  aborted: boolean;
}

/** Whether this contestant finished with a result that is right and agrees with the others'. */
export function isChecked(result: ContestantResult): boolean {
  return (
    result.error === undefined &&
    result.digest !== undefined &&
    result.problem === undefined &&
    result.differsFrom === undefined
  );
}
