// Thresholds that fit: of all combinations on a grid the one with the least loss, and among equals the nearest to those in use, because a step that changes nothing
// proves nothing. The whole grid is tried, so there is no start and no chance in it. Pure.
import { TUNING, type Tuning } from '@heddle/advisor';
import { lossOf, type Outcome } from './outcome.ts';

export type Grid = Readonly<Record<keyof Tuning, readonly number[]>>;

/** What a person might have chosen. Each has the value that is in use, whatever that is. */
const CHOICES: Grid = {
  leaveGain: [0, 0.05, 0.1, 0.2, 0.3, 0.4],
  savedStart: [0, 0.25, 0.5, 1, 2],
  paidStart: [0.25, 0.5, 1, 2, 4],
  nearTie: [0, 0.05, 0.1, 0.2],
  computesShare: [0.4, 0.5, 0.6, 0.7, 0.8],
};

const NAMES = Object.keys(CHOICES) as Array<keyof Tuning>;

export const GRID: Grid = Object.fromEntries(
  NAMES.map((name) => [name, [...new Set([...CHOICES[name], TUNING[name]])].sort((a, b) => a - b)]),
) as unknown as Grid;

/** All combinations. */
export function tuningsOf(grid: Grid): Tuning[] {
  return NAMES.reduce<Array<Partial<Tuning>>>(
    (all, name) => all.flatMap((one) => grid[name].map((value) => ({ ...one, [name]: value }))),
    [{}],
  ) as Tuning[];
}

/** Steps on the grid from one to the other, added up over all thresholds. */
export function stepsBetween(grid: Grid, a: Tuning, b: Tuning): number {
  return NAMES.reduce((sum, name) => sum + Math.abs(grid[name].indexOf(a[name]) - grid[name].indexOf(b[name])), 0);
}

/** Losses that differ by less than a thousandth of a per cent of the time of a job are the same. */
const SAME = 1e-5;

export interface Fitting<Job> {
  readonly jobs: readonly Job[];
  readonly familyOf: (job: Job) => string;
  readonly replay: (job: Job, tuning: Tuning) => readonly Outcome[];
  /** Thresholds that this job is told; the same text, the same outcome. Default: all of them. */
  readonly keyOf?: (job: Job, tuning: Tuning) => string;
  readonly grid?: Grid;
}

export interface Fit {
  /** On all jobs but those of this family; undefined: on all. */
  best(without: string | undefined): Tuning;
}

/** Replays every job once with every combination. */
export function fitTunings<Job>({ jobs, familyOf, replay, keyOf, grid = GRID }: Fitting<Job>): Fit {
  const tunings = tuningsOf(grid);
  const families = [...new Set(jobs.map(familyOf))];
  const losses = new Map(families.map((family) => [family, new Float64Array(tunings.length)]));
  const counts = new Map(families.map((family) => [family, 0]));
  for (const job of jobs) {
    const sums = losses.get(familyOf(job))!;
    const known = new Map<string, number>();
    let outcomes = 0;
    for (const [index, tuning] of tunings.entries()) {
      const key = keyOf?.(job, tuning) ?? `${index}`;
      let loss = known.get(key);
      if (loss === undefined) {
        const all = replay(job, tuning);
        outcomes = all.length;
        known.set(key, (loss = all.reduce((sum, one) => sum + lossOf(one), 0)));
      }
      sums[index]! += loss;
    }
    counts.set(familyOf(job), counts.get(familyOf(job))! + outcomes);
  }
  return {
    best(without) {
      const used = families.filter((family) => family !== without);
      const count = Math.max(
        1,
        used.reduce((sum, family) => sum + counts.get(family)!, 0),
      );
      const lossAt = (index: number) => used.reduce((sum, family) => sum + losses.get(family)![index]!, 0) / count;
      const all = tunings.map((_, index) => lossAt(index));
      const leastLoss = all.reduce((least, loss) => Math.min(least, loss), Infinity);
      const equals = tunings.filter((_, index) => all[index]! <= leastLoss + SAME);
      return equals.reduce((best, one) =>
        stepsBetween(grid, one, TUNING) < stepsBetween(grid, best, TUNING) ? one : best,
      );
    },
  };
}
