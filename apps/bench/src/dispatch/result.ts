// Results of the suite `dispatch` as plain JSON, and what follows from them: heddle beside each of the others.
import {
  summarize,
  type Comparison,
  type ContestantResult,
  type MachineCard,
  type Speedup,
  type Summary,
} from '@heddle/measure';
import { heddleIsTo } from '../heddle-is.ts';
import type { DispatchCase, Figure } from './case-table.ts';
import { DISPATCH_CONTESTANTS, isHeddle, type ContestantName } from './contestants.ts';

export interface Measured {
  /** One per round, in the order measured. */
  samples: number[];
  summary: Summary;
  /**
   * How many times better heddle is than this contestant, with its 95 % interval: 2 is half the time or twice the rate. Absent for
   * heddle, and where one of both is nothing or wrong.
   */
  heddleIs?: Speedup;
}

export interface CaseContestant {
  name: ContestantName;
  label: string;
  /** `wrong`: it finished, with wrong values. `failed`: it threw, died, or did not end in time. */
  state: 'right' | 'wrong' | 'failed';
  problem?: string;
  /** By key of the figure. Those of a wrong contestant are kept, and never compared. */
  figures: Record<string, Measured>;
}

export interface DispatchCaseResult {
  id: string;
  about: string;
  floorOf?: string;
  figures: readonly Figure[];
  rounds: number;
  contestants: CaseContestant[];
}

export interface DispatchResult {
  suite: 'dispatch';
  quick: boolean;
  card: MachineCard;
  /** Relative spread of a fixed loop on this machine, before the suite. */
  noise: number;
  wasInterrupted: boolean;
  elapsedMs: number;
  /** Of those that took part: with the version of the package, and the setting they were measured in. */
  contestants: Partial<Record<ContestantName, { label: string; version?: string; setting: string }>>;
  cases: DispatchCaseResult[];
}

function stateOf({ error, problem, measureSamples }: ContestantResult): Pick<CaseContestant, 'state' | 'problem'> {
  if (error !== undefined) return { state: 'failed', problem: error.message };
  if (problem !== undefined) return { state: 'wrong', problem };
  return Object.keys(measureSamples).length > 0 ? { state: 'right' } : { state: 'failed', problem: 'not measured' };
}

export function evaluateCase(one: DispatchCase, comparison: Comparison): DispatchCaseResult {
  const results = Object.values(comparison.contestants);
  const contestants = results.map((result): CaseContestant => {
    const name = result.id as ContestantName;
    const measured = one.figures.flatMap(({ key }): [string, Measured][] => {
      const samples = result.measureSamples[key];
      return samples === undefined || samples.length === 0 ? [] : [[key, { samples, summary: summarize(samples) }]];
    });
    return { name, label: result.label, ...stateOf(result), figures: Object.fromEntries(measured) };
  });
  const heddle = contestants.find(({ name, state }) => isHeddle(name) && state === 'right');
  for (const other of contestants) {
    if (heddle === undefined || isHeddle(other.name) || other.state !== 'right') continue;
    for (const figure of one.figures) {
      const mine = heddle.figures[figure.key];
      const theirs = other.figures[figure.key];
      const heddleIs = mine && theirs && heddleIsTo(figure.better, mine.samples, theirs.samples);
      if (theirs && heddleIs) theirs.heddleIs = heddleIs;
    }
  }
  const rounds = results.filter(({ error }) => error === undefined).map(({ samplesMs }) => samplesMs.length);
  return {
    id: one.id,
    about: one.about,
    ...(one.floorOf === undefined ? {} : { floorOf: one.floorOf }),
    figures: one.figures,
    rounds: Math.min(...(rounds.length > 0 ? rounds : [0])),
    contestants,
  };
}

/** The figure to reach in this run; undefined where there is none, or where it depends on somebody who failed. */
export function targetOf({ key, target }: Figure, { contestants }: DispatchCaseResult): number | undefined {
  if (target === undefined || typeof target === 'number') return target;
  const other = contestants.find(({ name, state }) => name === target.of && state === 'right');
  const median = other?.figures[key]?.summary.median;
  return median === undefined ? undefined : median * target.share;
}

export const heddleOf = ({ contestants }: DispatchCaseResult): CaseContestant | undefined =>
  contestants.find(({ name }) => isHeddle(name));

/** Whether heddle's median reaches it; undefined without a target or a right result. */
export function reachesTarget(figure: Figure, result: DispatchCaseResult): boolean | undefined {
  const heddle = heddleOf(result);
  const median = heddle?.state === 'right' ? heddle.figures[figure.key]?.summary.median : undefined;
  const target = targetOf(figure, result);
  if (median === undefined || target === undefined) return undefined;
  return figure.better === 'lower' ? median <= target : median >= target;
}

/** The other contestant that heddle compares worst with. */
export function hardestPeer({ key }: Figure, { contestants }: DispatchCaseResult): CaseContestant | undefined {
  return contestants
    .filter(({ figures }) => figures[key]?.heddleIs !== undefined)
    .sort((a, b) => a.figures[key]!.heddleIs!.ratio - b.figures[key]!.heddleIs!.ratio)[0];
}

export const labelOf = (name: ContestantName): string => DISPATCH_CONTESTANTS[name].label;
