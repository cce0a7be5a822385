// Runs the cases of a suite one after the other: for each, one comparison of its contestants over all sizes.
import { compareContestants, machineCard, measureNoise, type ContestantSpec } from '@heddle/measure';
import { isAvailable, poolThreads, simdLevel, unavailableReason } from '@heddle/core-native';
import type { SuiteOptions } from '../suite.ts';
import type { BenchCase } from './case-table.ts';
import { CONTESTANTS, type KernelContestantOptions } from './contestants.ts';
import { contestantLabel, evaluateCase, type CaseResult, type KernelsResult } from './result.ts';

/** Rounds of each contestant, and the time in which more rounds than the fewest are begun. */
const ROUNDS = {
  full: { minRounds: 7, maxRounds: 25, warmupRounds: 2, budgetMs: 10_000 },
  quick: { minRounds: 5, maxRounds: 5, warmupRounds: 2, budgetMs: 1_000 },
} as const;

const CONTESTANT_MODULE = new URL('./kernel-contestant.js', import.meta.url).href;

export function sizesOf(one: BenchCase, quick: boolean): readonly number[] {
  return quick ? one.quickSizes : one.sizes;
}

function specsOf(one: BenchCase, sizes: readonly number[], hasNative: boolean): ContestantSpec[] {
  return one.contestants
    .filter((kind) => hasNative || !CONTESTANTS[kind].isNative)
    .map((kind) => {
      const options: KernelContestantOptions = { caseId: one.id, kind, sizes };
      return { id: kind, label: contestantLabel(one, kind), module: CONTESTANT_MODULE, options };
    });
}

async function runCase(one: BenchCase, step: string, hasNative: boolean, options: SuiteOptions): Promise<CaseResult> {
  const sizes = sizesOf(one, options.quick);
  const comparison = await compareContestants(specsOf(one, sizes, hasNative), {
    ...(options.quick ? ROUNDS.quick : ROUNDS.full),
    memory: false,
    signal: options.signal,
    onProgress: ({ phase, label, round }) =>
      options.onProgress(step, round === 0 ? `${phase} ${label}` : `${phase} ${round}, ${label}`),
  });
  return evaluateCase(one, sizes, comparison);
}

/** Runs the cases; an abort ends the running one and gives those that were finished. */
export async function runKernels(cases: readonly BenchCase[], options: SuiteOptions): Promise<KernelsResult> {
  const startMs = performance.now();
  const card = machineCard();
  const hasNative = isAvailable();
  options.onProgress('Measuring the noise of this machine', '');
  const noise = await measureNoise();
  const results: CaseResult[] = [];
  for (const [index, one] of cases.entries()) {
    if (options.signal.aborted) break;
    const step = `${index + 1} of ${cases.length}: ${one.id}`;
    options.onProgress(step, '');
    const result = await runCase(one, step, hasNative, options);
    if (!options.signal.aborted) results.push(result);
  }
  const absent = unavailableReason()?.split('\n', 1)[0];
  return {
    suite: 'kernels',
    quick: options.quick,
    card,
    noise,
    ...(hasNative ? { native: { simd: simdLevel(), threads: poolThreads() } } : {}),
    ...(absent === undefined ? {} : { nativeAbsent: absent }),
    wasInterrupted: options.signal.aborted,
    elapsedMs: performance.now() - startMs,
    cases: results,
  };
}
