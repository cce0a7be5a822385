// Runs the cases of the suite one after the other: for each, one comparison of its contestants.
import { compareContestants, type ContestantSpec } from '@heddle/measure';
import { describeContestants } from '../describe-contestants.ts';
import { runCases } from '../run-cases.ts';
import type { SuiteOptions } from '../suite.ts';
import type { SyncCase } from './case-table.ts';
import { missingReason, SYNC_CONTESTANTS, type SyncContestantName } from './contestants.ts';
import { evaluateSyncCase, type SyncCaseResult, type SyncResult } from './result.ts';
import type { SyncContestantOptions } from './sync-contestant.ts';

/** Rounds of each contestant, the time in which more rounds than the fewest are begun, and when one counts as hung. */
const ROUNDS = {
  full: { minRounds: 7, maxRounds: 25, warmupRounds: 2, budgetMs: 20_000, roundTimeoutMs: 120_000 },
  quick: { minRounds: 5, maxRounds: 5, warmupRounds: 1, budgetMs: 1_000, roundTimeoutMs: 60_000 },
} as const;

const CONTESTANT_MODULE = new URL('./sync-contestant.js', import.meta.url).href;
const labelOf = (name: SyncContestantName): string => SYNC_CONTESTANTS[name].label;

async function runCase(one: SyncCase, step: string, options: SuiteOptions): Promise<SyncCaseResult> {
  const here = one.contestants.filter((name) => missingReason(name) === undefined);
  const specs = here.map((contestant): ContestantSpec => {
    const told: SyncContestantOptions = { caseId: one.id, contestant, quick: options.quick };
    return { id: contestant, label: labelOf(contestant), module: CONTESTANT_MODULE, options: told };
  });
  const comparison = await compareContestants(specs, {
    ...(options.quick ? ROUNDS.quick : ROUNDS.full),
    memory: false,
    signal: options.signal,
    onProgress: ({ phase, label, round }) =>
      options.onProgress(step, round === 0 ? `${phase} ${label}` : `${phase} ${round}, ${label}`),
  });
  const missing = one.contestants.flatMap((name) => {
    const problem = missingReason(name);
    return problem === undefined ? [] : [{ name, label: labelOf(name), problem }];
  });
  return evaluateSyncCase(one, comparison, missing);
}

/** Runs the cases; an abort ends the running one and gives those that were finished. */
export async function runSync(cases: readonly SyncCase[], options: SuiteOptions): Promise<SyncResult> {
  const { results, ...about } = await runCases(cases, options, () => (one, step) => runCase(one, step, options));
  const took = new Set(results.flatMap(({ contestants }) => contestants.map(({ name }) => name)));
  return {
    suite: 'sync',
    quick: options.quick,
    ...about,
    contestants: describeContestants<SyncContestantName>(SYNC_CONTESTANTS, took),
    cases: results,
  };
}
