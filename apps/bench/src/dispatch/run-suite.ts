// Runs the cases of the suite one after the other: for each, one comparison of its contestants.
import { compareContestants, type ContestantSpec } from '@heddle/measure';
import { describeContestants } from '../describe-contestants.ts';
import { runCases } from '../run-cases.ts';
import type { SuiteOptions } from '../suite.ts';
import type { DispatchCase } from './case-table.ts';
import { DISPATCH_CONTESTANTS, type ContestantName, type DispatchContestantOptions } from './contestants.ts';
import { evaluateCase, labelOf, type DispatchCaseResult, type DispatchResult } from './result.ts';

/** Rounds of each contestant, the time in which more rounds than the fewest are begun, and when one counts as hung. */
const ROUNDS = {
  full: { minRounds: 5, maxRounds: 15, warmupRounds: 1, budgetMs: 20_000, roundTimeoutMs: 120_000 },
  quick: { minRounds: 3, maxRounds: 3, warmupRounds: 1, budgetMs: 1_000, roundTimeoutMs: 20_000, startsAtOnce: 4 },
} as const;

const CONTESTANT_MODULE = new URL('./dispatch-contestant.js', import.meta.url).href;

async function runCase(one: DispatchCase, step: string, options: SuiteOptions): Promise<DispatchCaseResult> {
  const specs = one.contestants.map((contestant): ContestantSpec => {
    const told: DispatchContestantOptions = { caseId: one.id, contestant, quick: options.quick };
    return { id: contestant, label: labelOf(contestant), module: CONTESTANT_MODULE, options: told };
  });
  const comparison = await compareContestants(specs, {
    ...(options.quick ? ROUNDS.quick : ROUNDS.full),
    memory: false,
    signal: options.signal,
    onProgress: ({ phase, label, round }) =>
      options.onProgress(step, round === 0 ? `${phase} ${label}` : `${phase} ${round}, ${label}`),
  });
  return evaluateCase(one, comparison);
}

/** Runs the cases; an abort ends the running one and gives those that were finished. */
export async function runDispatch(cases: readonly DispatchCase[], options: SuiteOptions): Promise<DispatchResult> {
  const { results, ...about } = await runCases(cases, options, () => (one, step) => runCase(one, step, options));
  const took = new Set(results.flatMap(({ contestants }) => contestants.map(({ name }) => name)));
  return {
    suite: 'dispatch',
    quick: options.quick,
    ...about,
    contestants: describeContestants<ContestantName>(DISPATCH_CONTESTANTS, took),
    cases: results,
  };
}
