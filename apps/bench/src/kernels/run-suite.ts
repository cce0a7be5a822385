// Runs the cases of a suite one after the other: for each, one comparison of its contestants over all sizes.
import { compareContestants, machineCard, measureNoise, type ContestantSpec } from '@heddle/measure';
import { isAvailable, poolThreads, simdLevel, unavailableReason } from '@heddle/core-native';
import { buildAll } from '../native-build.ts';
import type { SuiteOptions } from '../suite.ts';
import type { BenchCase } from './case-table.ts';
import { CONTESTANTS, type KernelContestantOptions } from './contestants.ts';
import type { LimitContestantOptions } from './limit-contestant.ts';
import { limitedSizes, limitOf } from './limits.ts';
import { contestantLabel, evaluateCase, type CaseResult, type KernelsResult } from './result.ts';

/** Rounds of each contestant, and the time in which more rounds than the fewest are begun. */
const ROUNDS = {
  full: { minRounds: 7, maxRounds: 25, warmupRounds: 2, budgetMs: 10_000 },
  quick: { minRounds: 5, maxRounds: 5, warmupRounds: 2, budgetMs: 1_000 },
} as const;

const CONTESTANT_MODULE = new URL('./kernel-contestant.js', import.meta.url).href;
const LIMIT_MODULE = new URL('./limit-contestant.js', import.meta.url).href;
const LIMIT_ID = 'limit';

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

/** The limit takes its turns with the others, last of all; absent where the case or the sizes have none. */
function limitSpecs(one: BenchCase, sizes: readonly number[], file: string): ContestantSpec[] {
  const limit = limitOf(one);
  const limited = limit === undefined ? [] : limitedSizes(limit, sizes);
  if (limited.length === 0) return [];
  const threads = { 'native-1': 1, 'native-all': poolThreads() };
  const options: LimitContestantOptions = { caseId: one.id, sizes: limited, threads, file };
  return [{ id: LIMIT_ID, label: 'limit', module: LIMIT_MODULE, options }];
}

interface Natives {
  readonly isThere: boolean;
  /** The program that measures the limits. */
  readonly limits?: string;
}

async function runCase(one: BenchCase, step: string, native: Natives, options: SuiteOptions): Promise<CaseResult> {
  const sizes = sizesOf(one, options.quick);
  const limits = native.limits === undefined ? [] : limitSpecs(one, sizes, native.limits);
  const comparison = await compareContestants([...specsOf(one, sizes, native.isThere), ...limits], {
    ...(options.quick ? ROUNDS.quick : ROUNDS.full),
    memory: false,
    signal: options.signal,
    onProgress: ({ phase, label, round }) =>
      options.onProgress(step, round === 0 ? `${phase} ${label}` : `${phase} ${round}, ${label}`),
  });
  const { [LIMIT_ID]: result, ...contestants } = comparison.contestants;
  const limit = result === undefined ? undefined : { kind: limitOf(one)!.kind, result };
  return evaluateCase(one, sizes, { ...comparison, contestants }, limit);
}

interface Limits {
  readonly limits?: string;
  /** Why there is none. */
  readonly limitsAbsent?: string;
}

/** The program that measures what the machine allows; without it kernels are measured all the same. */
async function buildLimits(signal: AbortSignal): Promise<Limits> {
  const built = (await buildAll(new Set(['limits']), { signal })).get('limits');
  if (built === undefined) return {};
  if ('file' in built) return { limits: built.file };
  return { limitsAbsent: 'missing' in built ? built.missing : built.problem };
}

/** Runs the cases; an abort ends the running one and gives those that were finished. */
export async function runKernels(cases: readonly BenchCase[], options: SuiteOptions): Promise<KernelsResult> {
  const startMs = performance.now();
  const card = machineCard();
  const hasNative = isAvailable();
  options.onProgress('Building what measures the limits of this machine', '');
  const { limits, limitsAbsent }: Limits = hasNative ? await buildLimits(options.signal) : {};
  const native: Natives = { isThere: hasNative, ...(limits === undefined ? {} : { limits }) };
  options.onProgress('Measuring the noise of this machine', '');
  const noise = await measureNoise();
  const results: CaseResult[] = [];
  for (const [index, one] of cases.entries()) {
    if (options.signal.aborted) break;
    const step = `${index + 1} of ${cases.length}: ${one.id}`;
    options.onProgress(step, '');
    const result = await runCase(one, step, native, options);
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
    ...(limitsAbsent === undefined ? {} : { limitsAbsent }),
    wasInterrupted: options.signal.aborted,
    elapsedMs: performance.now() - startMs,
    cases: results,
  };
}
