// The list of all cases: data. Each is one question to a pool of two workers, asked of everyone who can answer it.
import { CASES } from './cases.ts';
import type { ContestantName } from './contestants.ts';
import type { Work } from './scenarios/scenario.ts';

export interface Figure {
  /** As the scenario reports it. */
  readonly key: string;
  /** What stands above the column, without the unit. */
  readonly label: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  /** What the machine allows at best, measured without a pool. */
  readonly floor?: number;
  /** What heddle wants to reach: a figure, or a share of another contestant's. */
  readonly target?: number | { readonly of: ContestantName; readonly share: number };
}

export interface DispatchCase {
  /** Unique; what it asks, then the backend. */
  readonly id: string;
  readonly group: string;
  /** One sentence: what is done, what a figure counts. */
  readonly about: string;
  /** The first one decides. */
  readonly figures: readonly [Figure, ...Figure[]];
  /** What the floor is, where a figure has one. */
  readonly floorOf?: string;
  readonly full: Work;
  readonly quick: Work;
  /** heddle first. */
  readonly contestants: readonly [ContestantName, ...ContestantName[]];
}

export const DISPATCH_CASES: readonly DispatchCase[] = CASES;

export function findDispatchCase(id: string): DispatchCase | undefined {
  return DISPATCH_CASES.find((one) => one.id === id);
}
