// Builds who takes part, then runs the cases of the suite one after the other: for each, one comparison of its contestants.
import { compareContestants, type ContestantSpec } from '@heddle/measure';
import { describeContestants } from '../describe-contestants.ts';
import { buildAll, type BuildName, type Built } from '../native-build.ts';
import { runCases } from '../run-cases.ts';
import type { SuiteOptions } from '../suite.ts';
import type { PoolCase } from './case-table.ts';
import { contestantOf, POOL_CONTESTANTS, type PoolContestantName } from './contestants.ts';
import type { PoolContestantOptions } from './pool-contestant.ts';
import { evaluatePoolCase, type Absent, type PoolCaseResult, type PoolResult } from './result.ts';

/** Rounds of each contestant, the time in which more rounds than the fewest are begun, and when one counts as hung. */
const ROUNDS = {
  full: { minRounds: 9, maxRounds: 25, warmupRounds: 1, budgetMs: 20_000, roundTimeoutMs: 120_000 },
  quick: { minRounds: 3, maxRounds: 3, warmupRounds: 1, budgetMs: 1_000, roundTimeoutMs: 60_000 },
} as const;

const CONTESTANT_MODULE = new URL('./pool-contestant.js', import.meta.url).href;

type Builds = ReadonlyMap<BuildName, Built>;

function absenceOf(name: PoolContestantName, builds: Builds): Absent | undefined {
  const { build } = contestantOf(name);
  const built = build === undefined ? undefined : builds.get(build);
  if (built === undefined || 'file' in built) return undefined;
  if ('missing' in built) return { name, state: 'missing', problem: built.missing };
  return { name, state: 'failed', problem: built.problem };
}

function specOf(one: PoolCase, contestant: PoolContestantName, builds: Builds, quick: boolean): ContestantSpec {
  const { label, build } = contestantOf(contestant);
  const built = build === undefined ? undefined : builds.get(build);
  const told: PoolContestantOptions = {
    caseId: one.id,
    contestant,
    quick,
    ...(built !== undefined && 'file' in built ? { file: built.file } : {}),
  };
  return { id: contestant, label, module: CONTESTANT_MODULE, options: told };
}

async function runCase(one: PoolCase, step: string, builds: Builds, options: SuiteOptions): Promise<PoolCaseResult> {
  const absent = one.contestants.flatMap((name) => absenceOf(name, builds) ?? []);
  const here = one.contestants.filter((name) => absent.every((other) => other.name !== name));
  if (here.length === 0) return evaluatePoolCase(one, [], absent);
  const { contestants } = await compareContestants(
    here.map((name) => specOf(one, name, builds, options.quick)),
    {
      ...(options.quick ? ROUNDS.quick : ROUNDS.full),
      memory: false,
      signal: options.signal,
      onProgress: ({ phase, label, round }) =>
        options.onProgress(step, round === 0 ? `${phase} ${label}` : `${phase} ${round}, ${label}`),
    },
  );
  return evaluatePoolCase(one, Object.values(contestants), absent);
}

/** Runs the cases; an abort ends the running one and gives those that were finished. */
export async function runPool(cases: readonly PoolCase[], options: SuiteOptions): Promise<PoolResult> {
  const names = new Set(cases.flatMap(({ contestants }) => contestants));
  const needed = new Set([...names].flatMap((name) => contestantOf(name).build ?? []));
  const builds = await buildAll(needed, {
    signal: options.signal,
    onBuild: (name) => options.onProgress(`Building ${name}`, ''),
  });
  const { results, ...about } = await runCases(
    cases,
    options,
    () => (one, step) => runCase(one, step, builds, options),
  );
  const took = new Set(results.flatMap(({ contestants }) => contestants.map(({ name }) => name)));
  return {
    suite: 'pool',
    quick: options.quick,
    ...about,
    contestants: describeContestants<PoolContestantName>(POOL_CONTESTANTS, took),
    cases: results,
  };
}
