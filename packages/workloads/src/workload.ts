/**
 * What a workload is: one example job with its input, the ways to do it (variants), and a check of the result.
 *
 * The caller (the command that compares) picks a size, calls `prepare` once, then makes one contestant per kind, each
 * in its own process, and times `round`. Every kind gives the same result for a size: equal digests.
 */

import type { Explanation } from '@heddle/ts-orchestrator';

/** The ways to do the job, in the order in which tables show them. `auto`: in a pool that chooses. Kinds with `native` need @heddle/core-native. */
export const VARIANT_KINDS = [
  'inline',
  'threads',
  'processes',
  'auto',
  'native-1',
  'native-all',
  'processes-native',
  'cluster',
] as const;

export type VariantKind = (typeof VARIANT_KINDS)[number];

/** True if the kind calls the addon and can't run without its binary. */
export function needsNative(kind: VariantKind): boolean {
  return kind === 'native-1' || kind === 'native-all' || kind === 'processes-native';
}

/** A number that a round yields. */
export interface Measure {
  /**
   * `wallMs` is the time of the round, taken by the caller; any other key is one that `round()` returns. `loopDelayP99Ms`
   * stands for the delay of the main loop where the program under test is not the caller's.
   */
  key: string;
  label: string;
  unit: string;
  better: 'lower' | 'higher';
  /** True for a count, which is shown as it is, not as a ratio to inline's. Default false. */
  isCount?: boolean;
}

/** How much work: plain JSON, all values whole numbers >= 1. The keys are the workload's own. */
export type Size = Readonly<Record<string, number>>;

export interface CheckReport {
  /** Equal digests mean equal results, whichever kind made them. */
  digest: string;
  /** One sentence: why the result is wrong, by a computation that shares no code with the variants. Absent if right. */
  problem?: string;
  /** Files made from the result: name -> absolute path. */
  artifacts?: Record<string, string>;
  /** What was seen, in words: label -> text. Shown as a table, a row per label, a column per kind. */
  notes?: Record<string, string>;
  /** Of the kind `auto`: what its pool says of where calls ran and why. */
  explanation?: Explanation;
}

export interface Contestant {
  /** The whole work once (timed). Returns the measures of the workload other than `wallMs`. Never called twice at once. */
  round(): Promise<Record<string, number> | void>;
  /** Examines the output of the last round (not timed). Rejects before the first round. */
  check(): Promise<CheckReport>;
  /** Ends every thread and process of this contestant. Idempotent. */
  close(): Promise<void>;
}

export interface CreateOptions {
  size: Size;
  /** Cores the variant may keep busy, >= 1. */
  workers: number;
  /** Absolute path of an existing folder: where `prepare` put the input and `check` puts artifacts. */
  dir: string;
}

export interface Workload {
  /** Unique, in kebab-case: what a user types. */
  name: string;
  title: string;
  /** The kind of program this job stands for. */
  standsFor: string;
  textbook: {
    /** One sentence: what a textbook says about this kind of work. */
    rule: string;
    /** The kinds that this rule would pick. */
    expects: readonly VariantKind[];
  };
  measures: readonly Measure[];
  /** Key of the measure that decides. */
  winner: string;
  /**
   * About how long a comparison at the smallest size takes on two cores, where that is much: such a workload is not sized
   * to a budget, and left out where it doesn't fit.
   */
  leastMs?: number;
  /** A round starts programs, waits and looks: no warm-up, no memory, no loop delay of the runner; one round tells all. */
  startsPrograms?: boolean;
  /** The kinds that apply, in table order. */
  kinds: readonly VariantKind[];
  /** A size by amount of work, > 0: 1 is the full size; half the work takes half the time (rounded to a printable size). */
  sizeOf(work: number): Size;
  /** Smallest `work` that still makes sense; `sizeOf` clamps to it. */
  minimumWork: number;
  /** The size in words: "1,024 x 1,024 px, up to 256 iterations". After `prepare` it tells of input that was not found. */
  describe(size: Size): string;
  /** Makes or finds the input files in `dir`, once, before any contestant. Deterministic; no network. */
  prepare?(size: Size, dir: string): Promise<void>;
  /**
   * Starts what the kind needs (pools, a server) and loads the input; nothing of this is part of a round.
   * Throws a RangeError for a kind that doesn't apply or a bad size or number of workers, and the loader's error if a
   * native kind finds no addon.
   */
  create(kind: VariantKind, options: CreateOptions): Promise<Contestant>;
}
