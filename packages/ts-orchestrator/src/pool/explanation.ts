/**
 * What `pool.explain()` gives: plain data, fit for JSON. All times in milliseconds.
 */
import type { Backend } from '../isolation/levels.ts';

type ByBackend<T> = Readonly<Partial<Record<Backend, T>>>;

/** Why calls of one function run where they do. */
export interface FunctionExplanation {
  readonly name: string;
  /** Where the next call without limits of its own goes. */
  readonly backend: Backend;
  /** Workers that make sense there. */
  readonly workers: number;
  /** Calls that went to each backend so far. */
  readonly calls: ByBackend<number>;
  readonly features: {
    /** One call that runs alone, waiting included: the median, and the median distance from it. Undefined: none was measured. */
    readonly wallMs: { readonly median: number; readonly spread: number } | undefined;
    /** Part of it that its thread computes, 0 to 1. */
    readonly computingShare: number;
    /** What it takes this thread to copy large values of a call; undefined: it had none. */
    readonly cloneMs: number | undefined;
    /** Workers that calls of it have ended. */
    readonly crashes: number;
  };
  /** For how many calls the last decision was made; it has the others of the four that follow. */
  readonly decidedFor: number;
  readonly predictedMs: ByBackend<number>;
  readonly ruledOut: ReadonlyArray<{ readonly backend: Backend; readonly rule: string; readonly reason: string }>;
  readonly sentence: string;
  /** What a call has really taken in each backend, by the items of the last long `map`: elapsed time by results. */
  readonly actualMs: ByBackend<number>;
}

/** What a backend costs, whatever runs in it: measured in this program where that was possible. */
export interface BackendCost {
  readonly startMs: number;
  readonly callerMs: number;
  readonly workerMs: number;
  readonly latencyMs: number;
  readonly memoryMiB: number;
  /** A worker takes calls now. */
  readonly isReady: boolean;
}

/** What came from programs before this one: what starts and copies cost on this machine. */
export interface CalibrationState {
  /**
   * `used`: it holds for this machine. `none`: there was no file; what this pool measures makes one when it ends. `ignored`: there was
   * one that can't be believed, or none could be looked for; `reason` says why. `unread`: workers made no sense so far, or it is still being read.
   */
  readonly state: 'used' | 'none' | 'ignored' | 'unread';
  /** Undefined: there is no place for one. */
  readonly file: string | undefined;
  readonly reason: string | undefined;
  /** All of it in words. */
  readonly sentence: string;
  /** When it was made, in milliseconds since 1970; corrections since then don't make it younger. */
  readonly madeAt: number | undefined;
}

/** What `pool.explain()` gives. */
export interface Explanation {
  readonly backend: Backend | 'auto';
  readonly sentence: string;
  readonly functions: readonly FunctionExplanation[];
  /** Backends that the options of the pool, or a failed start, rule out for every call. */
  readonly unavailable: ReadonlyArray<{ readonly backend: Backend; readonly reason: string }>;
  readonly costs: Readonly<Record<Backend, BackendCost>> | undefined;
  /** Of each backend with workers that is in use: how many there are at most, and why no more. */
  readonly workers: ReadonlyArray<{ readonly backend: Backend; readonly max: number; readonly sentence: string }>;
  /** Of backend `auto`. */
  readonly calibration: CalibrationState | undefined;
}
