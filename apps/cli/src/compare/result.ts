// What a comparison found, as plain data: the table, the report and --json are all made from this one shape.
import type { Speedup, Summary } from '@heddle/measure';
import type { Backend, Explanation } from '@heddle/ts-orchestrator';
import type { VariantKind } from '@heddle/workloads';

/** How a figure is read: its unit and which direction is better. */
export interface Measure {
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  /** True for a count, which is shown as it is, not as a ratio to inline's. */
  readonly isCount?: boolean;
}

/** equal: same digest as inline and the independent check passed; the others say what went wrong in `problem`. */
export type ResultState = 'equal' | 'differs' | 'wrong' | 'failed';

export interface KindOutcome {
  readonly kind: VariantKind;
  readonly state: ResultState;
  readonly problem?: string;
  /** One value of the deciding measure per round, in the order they ran. */
  readonly samples: readonly number[];
  /** Over `samples`; absent when the variant failed before its first round ended. */
  readonly decided?: Summary;
  /** Against inline, from the deciding measure: above 1 is better than inline, whichever direction is better. None of a count. */
  readonly speedup?: Speedup;
  readonly wallMs?: Summary;
  readonly measures: Readonly<Record<string, Summary>>;
  /** Highest memory of the variant's process tree, as though no other variant shared pages with it. */
  readonly peakPssBytes?: number;
  readonly loopDelayP99Ms?: number;
  /** CPU time over wall time during the timed rounds, all processes of the variant together. */
  readonly coresUsed?: number;
  readonly startMs?: number;
  /** What was seen, in words: label -> text. */
  readonly notes?: Readonly<Record<string, string>>;
  /** Of `auto`: what was measured, predicted and ruled out. */
  readonly explanation?: Explanation;
}

/** What `auto` made of it, beside the best of what it could choose. */
export interface AutoAnswer {
  /** Where its calls go in the end, the backend of most calls first; several where functions differ. */
  readonly chose: readonly Backend[];
  /** Of inline, threads and processes, by the median of the same rounds. */
  readonly best?: Backend;
  /** How much worse than that one it is: 1.1 takes a tenth longer. With its 95 % interval; below 1 it is better. None of a count. */
  readonly regret?: Speedup;
  readonly sentence: string;
}

export interface Answer {
  /** One kind, or several that can't be told apart. Empty when no variant qualifies. */
  readonly kinds: readonly VariantKind[];
  readonly sentence: string;
}

export interface Verdict {
  readonly fastest: Answer;
  readonly survivesCrash: Answer;
  readonly lightest: Answer;
  /** Present where the winner is none of those the textbook expects. */
  readonly againstTextbook?: string;
}

export interface WorkloadResult {
  readonly name: string;
  readonly title: string;
  readonly standsFor: string;
  readonly textbookRule: string;
  readonly textbookExpects: readonly VariantKind[];
  readonly size: string;
  readonly rounds: number;
  readonly decides: Measure;
  readonly measures: readonly Measure[];
  readonly kinds: readonly KindOutcome[];
  readonly verdict: Verdict;
  /** Where the variant `auto` was measured. */
  readonly auto?: AutoAnswer;
  /** Name -> absolute path of what the workload made, such as a picture. */
  readonly artifacts: Readonly<Record<string, string>>;
  readonly wasInterrupted: boolean;
}

export interface Price {
  readonly label: string;
  readonly unit: string;
  readonly threads: string;
  readonly processes: string;
}

/** Labels of what was noted, in the order of the first variant that notes them. */
export function noteLabels({ kinds }: WorkloadResult): string[] {
  return [...new Set(kinds.flatMap(({ notes }) => Object.keys(notes ?? {})))];
}
