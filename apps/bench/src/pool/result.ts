// Results of the suite `pool` as plain JSON, and what follows from them: heddle beside each of the others, and the verdict.
import { summarize, type ContestantResult, type MachineCard, type Speedup, type Summary } from '@heddle/measure';
import { heddleIsTo } from '../heddle-is.ts';
import type { PoolCase, PoolFigure } from './case-table.ts';
import { contestantOf, isHeddle, type PoolContestantName } from './contestants.ts';

export interface Measured {
  /** One per round, in the order measured. */
  readonly samples: readonly number[];
  readonly summary: Summary;
  /** How many times better heddle is, with its 95 % interval: 2 is half the time or twice the rate. Absent where there is nothing to compare. */
  readonly heddleIs?: Speedup;
}

export interface PoolCaseContestant {
  readonly name: PoolContestantName;
  readonly label: string;
  /**
   * `wrong`: it finished, with wrong results. `failed`: it could not be built, threw, died, or did not end in time. `missing`:
   * what it needs is not installed.
   */
  readonly state: 'right' | 'wrong' | 'failed' | 'missing';
  readonly problem?: string;
  /** By key of the figure. */
  readonly figures: Readonly<Record<string, Measured>>;
  /** Above the limit of the case: shown, and not compared. */
  readonly isBeyondLimit?: true;
}

/** heddle beside the one that it compares worst with, by the first figure of the case. */
export interface PoolVerdict {
  readonly against: PoolContestantName;
  readonly heddleIs: Speedup;
  /** `level`: the run doesn't tell them apart. */
  readonly is: 'ahead' | 'level' | 'behind';
}

export interface PoolCaseResult {
  readonly id: string;
  readonly about: string;
  readonly figures: readonly PoolFigure[];
  readonly rounds: number;
  readonly contestants: readonly PoolCaseContestant[];
  /** Absent where there was nobody to compare with. */
  readonly verdict?: PoolVerdict;
}

export interface PoolResult {
  readonly suite: 'pool';
  readonly quick: boolean;
  readonly card: MachineCard;
  /** Relative spread of a fixed loop on this machine, before the suite. */
  readonly noise: number;
  readonly wasInterrupted: boolean;
  readonly elapsedMs: number;
  /** Of those that were asked: the setting they were measured in. */
  readonly contestants: Partial<Record<PoolContestantName, { label: string; version?: string; setting: string }>>;
  readonly cases: readonly PoolCaseResult[];
}

/** Who could not take part. */
export interface Absent {
  readonly name: PoolContestantName;
  readonly state: 'failed' | 'missing';
  readonly problem: string;
}

function evaluated(result: ContestantResult, { figures, limit }: PoolCase): PoolCaseContestant {
  const { id, label, error, problem, measureSamples } = result;
  const measured = figures.flatMap(({ key }): [string, Measured][] => {
    const samples = measureSamples[key] ?? [];
    return samples.length === 0 ? [] : [[key, { samples, summary: summarize(samples) }]];
  });
  const one = { name: id as PoolContestantName, label, figures: Object.fromEntries(measured) };
  if (error !== undefined) return { ...one, state: 'failed', problem: error.message, figures: {} };
  if (problem !== undefined) return { ...one, state: 'wrong', problem };
  if (measured.length < figures.length) return { ...one, state: 'failed', problem: 'not measured' };
  const isBeyondLimit = limit !== undefined && one.figures[limit.key]!.summary.median > limit.atMost;
  return { ...one, state: 'right', ...(isBeyondLimit ? { isBeyondLimit } : {}) };
}

function compared(other: PoolCaseContestant, heddle: PoolCaseContestant, { figures }: PoolCase): PoolCaseContestant {
  const measured = figures.map(({ key, better, negligible = 0 }): [string, Measured] => {
    const theirs = other.figures[key]!;
    const counted = ({ samples }: Measured): number[] => samples.map((one) => Math.max(one, negligible));
    const heddleIs = heddleIsTo(better, counted(heddle.figures[key]!), counted(theirs));
    return [key, heddleIs === undefined ? theirs : { ...theirs, heddleIs }];
  });
  return { ...other, figures: Object.fromEntries(measured) };
}

function verdictOf(contestants: readonly PoolCaseContestant[], { figures }: PoolCase): PoolVerdict | undefined {
  const { key } = figures[0];
  const [hardest] = contestants
    .flatMap(({ name, figures, isBeyondLimit }) => {
      const heddleIs = figures[key]?.heddleIs;
      const isPeer = heddleIs !== undefined && isBeyondLimit === undefined && contestantOf(name).isFloor === undefined;
      return isPeer ? [{ against: name, heddleIs }] : [];
    })
    .sort((a, b) => a.heddleIs.ratio - b.heddleIs.ratio);
  if (hardest === undefined) return undefined;
  const { low, high } = hardest.heddleIs;
  return { ...hardest, is: low > 1 ? 'ahead' : high < 1 ? 'behind' : 'level' };
}

export function evaluatePoolCase(
  one: PoolCase,
  results: readonly ContestantResult[],
  absent: readonly Absent[],
): PoolCaseResult {
  const found = results.map((result) => evaluated(result, one));
  const heddle = found.find(({ name, state }) => isHeddle(name) && state === 'right');
  const contestants = found.map((other) =>
    heddle === undefined || other === heddle || other.state !== 'right' ? other : compared(other, heddle, one),
  );
  const verdict = verdictOf(contestants, one);
  const rounds = results.filter(({ error }) => error === undefined).map(({ samplesMs }) => samplesMs.length);
  return {
    id: one.id,
    about: one.about,
    figures: one.figures,
    rounds: rounds.length === 0 ? 0 : Math.min(...rounds),
    contestants: one.contestants.flatMap((name) => {
      const out = absent.find((other) => other.name === name);
      const there = contestants.find((other) => other.name === name);
      if (out !== undefined) return [{ ...out, label: contestantOf(name).label, figures: {} }];
      return there === undefined ? [] : [there];
    }),
    ...(verdict === undefined ? {} : { verdict }),
  };
}

export const heddleOf = ({ contestants }: PoolCaseResult): PoolCaseContestant | undefined =>
  contestants.find(({ name }) => isHeddle(name));

/** Whether heddle's median reaches the target; undefined without a target or a right result. */
export function reachesTarget({ key, better, target }: PoolFigure, result: PoolCaseResult): boolean | undefined {
  const heddle = heddleOf(result);
  const median = heddle?.state === 'right' ? heddle.figures[key]?.summary.median : undefined;
  if (median === undefined || target === undefined) return undefined;
  return better === 'lower' ? median <= target : median >= target;
}
