// Runs the workloads one after the other: for each, one comparison of all backends and the pool that chooses.
import { compareContestants, type ContestantSpec } from '@heddle/measure';
import { runCases } from '../run-cases.ts';
import type { SuiteOptions } from '../suite.ts';
import { CHOOSERS } from './choosers.ts';
import { ADVISOR_BACKENDS } from './contestants.ts';
import type { Rate } from './items.ts';
import type { ProgramOptions } from './program.ts';
import { profileOf, recordCosts, type ProfileSaid } from './record/record.ts';
import type { Recording } from './record/recording.ts';
import { evaluate, replaysOf, scoresOf, type AdvisorResult } from './result.ts';
import { spin } from './tasks.ts';
import type { AdvisorWorkload } from './workloads.ts';

/** An even number: both halves of the oracle are of the same size. */
const ROUNDS = { full: 6, quick: 2 } as const;
const ROUND_TIMEOUT_MS = 120_000;

const CONTESTANT_MODULE = new URL('./advisor-contestant.js', import.meta.url).href;

const RATE_STEPS = 1_000_000;
const RATE_SAMPLES = 15;

/** By the fastest of some samples: others on the machine only make them slower. */
function measureRate(): Rate {
  let leastMs = Infinity;
  for (let i = 0; i < RATE_SAMPLES; i++) {
    const startMs = performance.now();
    // Zero has no digits after the point: a result that can't be one takes part in the time.
    const isOdd = Number.isNaN(spin(RATE_STEPS));
    leastMs = Math.min(leastMs, performance.now() - startMs + Number(isOdd));
  }
  return { stepsPerUs: RATE_STEPS / leastMs / 1_000 };
}

async function runWorkload(workload: AdvisorWorkload, rate: Rate, step: string, options: SuiteOptions) {
  const rounds = options.quick ? ROUNDS.quick : ROUNDS.full;
  const specs = ADVISOR_BACKENDS.map((backend): ContestantSpec => {
    const told: ProgramOptions = { workload: workload.id, backend, rate };
    return { id: backend, label: backend, module: CONTESTANT_MODULE, options: told };
  });
  return compareContestants(specs, {
    budgetMs: ROUND_TIMEOUT_MS,
    minRounds: rounds,
    maxRounds: rounds,
    // Each round is a fresh program: there is nothing that gets warm.
    warmupRounds: 0,
    startsAtOnce: ADVISOR_BACKENDS.length,
    roundTimeoutMs: ROUND_TIMEOUT_MS,
    memory: false,
    signal: options.signal,
    onProgress: ({ phase, label, round }) =>
      options.onProgress(step, round === 0 ? `${phase} ${label}` : `${phase} ${round}, ${label}`),
  });
}

/** Runs the workloads; an abort ends the running one and gives those that were finished. */
export async function runAdvisor(workloads: readonly AdvisorWorkload[], options: SuiteOptions): Promise<AdvisorResult> {
  const { results, ...about } = await runCases(workloads, options, () => {
    const rate = measureRate();
    return async (workload, step) => {
      const comparison = await runWorkload(workload, rate, step, options);
      options.onProgress(step, 'its profile');
      return {
        workload,
        comparison,
        said: options.signal.aborted ? undefined : await profileOf(workload.id, rate, options.quick),
      };
    };
  });
  const said = results.flatMap((one) => one.said ?? []);
  const { date } = about.card;
  const recorded = await recordingOf(date, said, options);
  const judged = results.map(({ workload, comparison }) => ({
    id: workload.id,
    ...evaluate(workload, comparison, about.card.cores.allowed),
  }));
  const jobs = judged.flatMap((one) => one.jobs);
  return {
    suite: 'advisor',
    quick: options.quick,
    ...about,
    rounds: options.quick ? ROUNDS.quick : ROUNDS.full,
    rules: CHOOSERS,
    jobs,
    problems: judged.flatMap(({ id, problem }) => (problem === undefined ? [] : [{ id, problem }])),
    ...scoresOf(jobs),
    ...replaysOf(jobs, recorded, about.card.cores.allowed),
  };
}

/** With what the backends cost, measured once the workloads are over. */
async function recordingOf(
  date: string,
  said: readonly ProfileSaid[],
  { quick, signal, onProgress }: SuiteOptions,
): Promise<Recording | undefined> {
  const [first] = said;
  if (first === undefined || signal.aborted) return undefined;
  const step = 'What the backends cost';
  const costs = await recordCosts({ quick, signal, onProgress: (detail) => onProgress(step, detail) });
  if (costs === undefined) return undefined;
  return { date, ...costs, believed: first.believed, profiles: said.map(({ profile }) => profile) };
}
