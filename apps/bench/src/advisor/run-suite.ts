// Runs the workloads one after the other: for each, one comparison of all backends and the pool that chooses.
import { compareContestants, machineCard, measureNoise, type ContestantSpec } from '@heddle/measure';
import type { SuiteOptions } from '../suite.ts';
import { ADVISOR_BACKENDS } from './contestants.ts';
import type { Rate } from './items.ts';
import type { ProgramOptions } from './program.ts';
import { evaluate, scoresOf, type AdvisorResult } from './result.ts';
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
  const startMs = performance.now();
  const card = machineCard();
  options.onProgress('Measuring the noise of this machine', '');
  const noise = await measureNoise();
  const rate = measureRate();
  const cores = card.cores.allowed;
  const jobs: AdvisorResult['jobs'] = [];
  const problems: AdvisorResult['problems'] = [];
  for (const [index, workload] of workloads.entries()) {
    if (options.signal.aborted) break;
    const step = `${index + 1} of ${workloads.length}: ${workload.id}`;
    options.onProgress(step, '');
    const comparison = await runWorkload(workload, rate, step, options);
    if (options.signal.aborted) break;
    const { jobs: judged, problem } = evaluate(workload, comparison, cores);
    jobs.push(...judged);
    if (problem !== undefined) problems.push({ id: workload.id, problem });
  }
  return {
    suite: 'advisor',
    quick: options.quick,
    card,
    noise,
    wasInterrupted: options.signal.aborted,
    elapsedMs: performance.now() - startMs,
    rounds: options.quick ? ROUNDS.quick : ROUNDS.full,
    jobs,
    problems,
    ...scoresOf(jobs),
  };
}
