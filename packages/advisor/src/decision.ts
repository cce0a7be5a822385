/**
 * What is decided, and all that led to it.
 */
import type { Backend } from './question.ts';
import type { RuledOut } from './rules.ts';

/**
 * `only`: all others are ruled out. `gain`: enough is gained by leaving. `stays`: not enough is. `unknown`: no call was measured, so
 * nothing can be predicted. `nonsense`: the question was none. `conflict`: every backend is ruled out.
 */
export type Why = 'only' | 'gain' | 'stays' | 'unknown' | 'nonsense' | 'conflict';

export interface Decision {
  readonly backend: Backend;
  /** Workers that make sense there; 1 inline. */
  readonly workers: number;
  readonly why: Why;
  /** Milliseconds for all calls of the question, of the backends that are not ruled out; empty where nothing can be predicted. */
  readonly predictedMs: Readonly<Partial<Record<Backend, number>>>;
  readonly ruledOut: readonly RuledOut[];
  /** Part of a call that computes, 0 to 1. */
  readonly computingShare: number;
  /** Made without a prediction, because there was no sense in one. */
  readonly isFallback: boolean;
  readonly sentence: string;
}
