/** What the command finds, as plain JSON: checks, each with rows of figures and a verdict. */
import type { MachineCard } from '@heddle/measure';

export type Figure = number | string;

export interface Row {
  /** Column title -> figure; the unit is in the title. The first columns tell which case it is. */
  readonly figures: Readonly<Record<string, Figure>>;
  readonly isMet: boolean;
  /** What went wrong, when something did. */
  readonly problem?: string;
}

export interface CheckResult {
  readonly id: string;
  readonly title: string;
  /** What must hold, in words. */
  readonly target: string;
  /** How it was measured, in words. */
  readonly method: string;
  readonly rows: readonly Row[];
  readonly isMet: boolean;
  readonly elapsedMs: number;
}

export interface ReliabilityResult {
  readonly command: 'reliability';
  readonly quick: boolean;
  readonly card: MachineCard;
  readonly checks: readonly CheckResult[];
}

/** What a check is given. */
export interface CheckContext {
  readonly isQuick: boolean;
  /** Path of the add-on with native faults; undefined without a compiler. */
  readonly addon: string | undefined;
  /** Says what is being run. */
  readonly say: (detail: string) => void;
}

/** One row of the targets: data and the function that measures it. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly target: string;
  readonly method: string;
  readonly run: (context: CheckContext) => Promise<readonly Row[]>;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** Median and worst of a sample, in two columns. */
export function spread(title: string, samples: readonly number[]): Record<string, Figure> {
  if (samples.length === 0) return { [`${title}, median`]: '', [`${title}, worst`]: '' };
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    [`${title}, median`]: round(sorted[Math.floor((sorted.length - 1) / 2)]!),
    [`${title}, worst`]: round(sorted.at(-1)!),
  };
}
