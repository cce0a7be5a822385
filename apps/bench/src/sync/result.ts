// Results of the suite `sync` as plain JSON, and what follows from them: heddle beside each of the others.
import {
  speedup,
  summarize,
  type Comparison,
  type ContestantResult,
  type MachineCard,
  type Speedup,
  type Summary,
} from '@heddle/measure';
import type { SyncCase, SyncFigure } from './case-table.ts';
import type { SyncContestantName } from './contestants.ts';

export interface SyncCaseContestant {
  readonly name: SyncContestantName;
  readonly label: string;
  /** `wrong`: it finished, with a wrong count. `failed`: it threw, died, or did not end in time. `missing`: it can't run in this Node. */
  readonly state: 'right' | 'wrong' | 'failed' | 'missing';
  readonly problem?: string;
  /** One per round, in the order measured. */
  readonly samples: readonly number[];
  readonly summary?: Summary;
  /** How many times better heddle is, with its 95 % interval: 2 is half the time or twice the rate. Absent for heddle and who is not right. */
  readonly heddleIs?: Speedup;
}

export interface SyncCaseResult {
  readonly id: string;
  readonly about: string;
  readonly figure: SyncFigure;
  readonly rounds: number;
  readonly contestants: readonly SyncCaseContestant[];
}

export interface SyncResult {
  readonly suite: 'sync';
  readonly quick: boolean;
  readonly card: MachineCard;
  /** Relative spread of a fixed loop on this machine, before the suite. */
  readonly noise: number;
  readonly wasInterrupted: boolean;
  readonly elapsedMs: number;
  /** Of those that were asked: with the version of the package, and the setting they were measured in. */
  readonly contestants: Partial<Record<SyncContestantName, { label: string; version?: string; setting: string }>>;
  readonly cases: readonly SyncCaseResult[];
}

function evaluated(result: ContestantResult, key: SyncFigure['key']): SyncCaseContestant {
  const { id, label, error, problem } = result;
  const samples = result.measureSamples[key] ?? [];
  const name = id as SyncContestantName;
  if (error !== undefined) return { name, label, state: 'failed', problem: error.message, samples: [] };
  if (samples.length === 0) return { name, label, state: 'failed', problem: 'not measured', samples };
  const all = { name, label, samples, summary: summarize(samples) };
  return problem === undefined ? { ...all, state: 'right' } : { ...all, state: 'wrong', problem };
}

/** `missing`: label and reason of those that can't run here. */
export function evaluateSyncCase(
  { id, about, figure }: SyncCase,
  comparison: Comparison,
  missing: readonly { name: SyncContestantName; label: string; problem: string }[],
): SyncCaseResult {
  const found = Object.values(comparison.contestants).map((result) => evaluated(result, figure.key));
  const heddle = found.find(({ name, state }) => name === 'heddle' && state === 'right');
  const compared = found.map((one): SyncCaseContestant => {
    if (heddle === undefined || one === heddle || one.state !== 'right') return one;
    const isLower = figure.better === 'lower';
    return { ...one, heddleIs: isLower ? speedup(one.samples, heddle.samples) : speedup(heddle.samples, one.samples) };
  });
  const rounds = found.filter(({ state }) => state !== 'failed').map(({ samples }) => samples.length);
  return {
    id,
    about,
    figure,
    rounds: rounds.length === 0 ? 0 : Math.min(...rounds),
    contestants: [
      ...compared,
      ...missing.map((one): SyncCaseContestant => ({ ...one, state: 'missing', samples: [] })),
    ],
  };
}
