// Leave one family out: thresholds are fitted on all families but one, and judged on that one, beside those that are in use. Pure.
import { TUNING, type Tuning } from '@heddle/advisor';
import type { Recording } from '../record/recording.ts';
import type { JobResult } from '../result.ts';
import { fitTunings, GRID, type Grid } from './fit.ts';
import { casesOf, replayMeasured, type Case } from './measured-jobs.ts';
import { scoreOutcomes, type Outcome, type ReplayScore } from './outcome.ts';

export interface FamilyValidation {
  readonly family: string;
  readonly shipped: ReplayScore;
  /** By thresholds that know nothing of this family. */
  readonly fitted: ReplayScore;
  readonly tuning: Tuning;
}

export interface Validation {
  /** Thresholds in use, and their possible values. */
  readonly shipped: Tuning;
  readonly grid: Grid;
  /** Fitted on all families: the best that these thresholds can be here. */
  readonly onAll: Tuning;
  readonly families: readonly FamilyValidation[];
  readonly total: Readonly<Record<'shipped' | 'fitted' | 'onAll', ReplayScore>>;
  /** Part of the jobs that the replay takes out of this thread, or leaves there, as the pool did that was measured, 0 to 1. */
  readonly agreement: number;
}

/** Undefined where there are not two families. */
export function validate(jobs: readonly JobResult[], recording: Recording, cores: number): Validation | undefined {
  const cases = casesOf(jobs, recording);
  const familyOf = ({ workload }: Case) => workload.family;
  const families = [...new Set(cases.map(familyOf))];
  if (families.length < 2) return undefined;
  const replay = (one: Case, tuning: Tuning) => replayMeasured(one, recording, cores, tuning);
  const fit = fitTunings({
    jobs: cases,
    familyOf,
    replay,
    // Whether it waits is all that this threshold decides.
    keyOf: ({ profile }, { computesShare, ...others }) =>
      [...profile.known.map(({ computingShare }) => computingShare < computesShare), ...Object.values(others)].join(
        ' ',
      ),
  });
  const shipped = cases.map((one) => replay(one, TUNING));
  const all: Record<'shipped' | 'fitted' | 'onAll', Outcome[]> = { shipped: shipped.flat(), fitted: [], onAll: [] };
  const onAll = fit.best(undefined);
  all.onAll = cases.flatMap((one) => replay(one, onAll));
  const judged = families.map((family): FamilyValidation => {
    const tuning = fit.best(family);
    const own = cases.filter((one) => familyOf(one) === family);
    const fitted = own.flatMap((one) => replay(one, tuning));
    all.fitted.push(...fitted);
    const its = all.shipped.filter((one) => one.family === family);
    return { family, shipped: scoreOutcomes(its), fitted: scoreOutcomes(fitted), tuning };
  });
  const total = {
    shipped: scoreOutcomes(all.shipped),
    fitted: scoreOutcomes(all.fitted),
    onAll: scoreOutcomes(all.onAll),
  };
  return { shipped: TUNING, grid: GRID, onAll, families: judged, total, agreement: agreementOf(cases, shipped) };
}

function agreementOf(cases: readonly Case[], replayed: ReadonlyArray<readonly Outcome[]>): number {
  const same = cases.flatMap(({ jobs }, index) =>
    replayed[index]!.map(({ backend, phase }) => {
      const { places } = jobs.find((job) => job.phase === phase)!;
      const left = (places['threads'] ?? 0) + (places['processes'] ?? 0) > 0;
      return left === (backend !== 'inline');
    }),
  );
  return same.filter(Boolean).length / same.length;
}
