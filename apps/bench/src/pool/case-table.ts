// The list of all cases: data. Each is one question to a pool of two threads, asked of everyone who can answer it.
import { CASES } from './cases.ts';
import type { PoolContestantName } from './contestants.ts';

/** What a contestant does in a round. Numbers of programs travel by their names to native/pool/main.cc. */
export type PoolWork =
  /**
   * A region is a chunk of `chunkUs` for each thread. Before each the caller works alone for `aloneUs`. A sample is the mean of
   * `batch` regions in a row; `neighbours` other programs want the processors. Then an idle window, if it isn't 0.
   */
  | {
      readonly kind: 'regions';
      readonly chunkUs: number;
      readonly aloneUs: number;
      readonly samples: number;
      readonly batch: number;
      readonly neighbours: number;
      readonly idleWindowMs: number;
    }
  | { readonly kind: 'idle'; readonly regions: number; readonly graceMs: number; readonly windowMs: number }
  | { readonly kind: 'queue'; readonly tasks: number }
  | { readonly kind: 'forkJoin'; readonly n: number; readonly cutoff: number; readonly repeats: number }
  | { readonly kind: 'rows'; readonly side: number; readonly iterationsMax: number; readonly repeats: number }
  /** From JavaScript: `calls` of them, `inFlight` at once. */
  | { readonly kind: 'completion'; readonly calls: number; readonly inFlight: number };

export interface PoolFigure {
  readonly key: string;
  /** What stands above the column, without the unit. */
  readonly label: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  /** So little that less is no better: whoever stays below is compared as if he were there. */
  readonly negligible?: number;
  /** What heddle wants to reach. Of another machine: what counts is the ratio to the others. */
  readonly target?: number;
}

export interface PoolCase {
  /** Unique; begins with the group. */
  readonly id: string;
  readonly group: string;
  /** One sentence: what is done, what the figure counts. */
  readonly about: string;
  /** The first one decides. */
  readonly figures: readonly [PoolFigure, ...PoolFigure[]];
  /** Who is above it has answered another question, and is shown but not compared. */
  readonly limit?: { readonly key: string; readonly atMost: number };
  readonly full: PoolWork;
  readonly quick: PoolWork;
  /** heddle first. */
  readonly contestants: readonly [PoolContestantName, ...PoolContestantName[]];
}

export const POOL_CASES: readonly PoolCase[] = CASES;

export function findPoolCase(id: string): PoolCase | undefined {
  return POOL_CASES.find((one) => one.id === id);
}
