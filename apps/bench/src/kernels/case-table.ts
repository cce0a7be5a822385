// The list of all cases, and what a case is: data that says what is measured, at which sizes, in which unit, and how to
// make the inputs. Nothing here runs anything.
import type * as examples from '@heddle/core-js/examples';
import type * as kernels from '@heddle/core-js';
import { KERNEL_CASES } from './cases.ts';
import type { ContestantKind } from './contestants.ts';
import type { UnitName } from './units.ts';

/** What both cores export. */
export type Core = typeof kernels & typeof examples;

/** The inputs and calls of a case at one size. `I` is what one call needs, `O` what it leaves. */
export interface CaseWork<I, O> {
  /** Makes the inputs of `count` calls, filled; different ones, so that no branch predictor learns them by heart. */
  inputs(count: number): I[];
  /** Fills them again when the call changes its input; not timed. Absent when calls leave their inputs alone. */
  refill?(inputs: I[]): void;
  /** The call through one of the cores; without `threads` on all. */
  call(core: Core, threads: number | undefined): (input: I) => O;
  /** The same without a core. */
  plain?: (input: I) => O;
  /** The result as bytes. */
  bytes(output: O): Uint8Array;
  /** For contestants that may round differently: what is wrong with `output` beside the reference, if anything. */
  differs?(output: O, reference: O, input: I): string | undefined;
}

export interface BenchCase {
  /** '<kernel> <type>'; unique. */
  readonly id: string;
  readonly kernel: string;
  /** Element type or variant. */
  readonly type: string;
  /** One sentence: what is computed, on what data. */
  readonly about: string;
  /** Ascending. */
  readonly sizes: readonly number[];
  /** Those of `sizes` that a quick run takes; empty: a quick run leaves the case out. */
  readonly quickSizes: readonly number[];
  /** What a size counts, e.g. 'elements'. */
  readonly sizeLabel: string;
  readonly unit: UnitName;
  /** Units of work of one call. */
  work(size: number): number;
  /** Units of work that are timed in one go: calls at small sizes are repeated until they make it up. */
  readonly workTimed: number;
  readonly contestants: readonly ContestantKind[];
  /** What the plain contestant is. */
  readonly plainLabel?: string;
  /** Where a size counts transforms: how long each is. */
  readonly batchLength?: number;
  /** Contestants whose rounding may differ from the reference, which is the twin. */
  readonly inexact: readonly ContestantKind[];
  // oxlint-disable-next-line typescript/no-explicit-any -- each case has inputs and outputs of its own
  make(size: number): CaseWork<any, any>;
}

export { KERNEL_CASES };

export function findCase(id: string): BenchCase | undefined {
  return KERNEL_CASES.find((one) => one.id === id);
}

/** Most calls that are timed in one go, so that their inputs fit into memory. */
const CALLS_MAX = 5_000;

/** How many calls of a size are timed in one go; the same for all contestants. */
export function callsOf(one: BenchCase, size: number): number {
  return Math.min(CALLS_MAX, Math.max(1, Math.ceil(one.workTimed / Math.max(1, one.work(size)))));
}
