// Runs the cases of a suite one after the other: for each, one comparison of its contestants over all sizes.
import { compareContestants, machineCard, measureNoise, type ContestantSpec } from '@heddle/measure';
import { isAvailable, poolThreads, simdLevel, unavailableReason } from '@heddle/core-native';
import { buildAll, type Built } from '../native-build.ts';
import type { SuiteOptions } from '../suite.ts';
import type { BenchCase } from './case-table.ts';
import { CONTESTANTS, type KernelContestantOptions } from './contestants.ts';
import type { LimitContestantOptions } from './limit-contestant.ts';
import { limitedSizes, limitOf } from './limits.ts';
import type { PeerContestantOptions } from './peer-contestant.ts';
import { peerOf, PEERS, type PeerName } from './peers.ts';
import { contestantLabel, evaluateCase, type CaseResult, type KernelsResult } from './result.ts';

/**
 * Rounds of each contestant, and the time in which more rounds than the fewest are begun. A start may take as long as FFTW
 * needs for its plans: half a minute for each of the largest on a busy machine.
 */
const ROUNDS = {
  full: { minRounds: 7, maxRounds: 25, warmupRounds: 2, budgetMs: 10_000, startTimeoutMs: 600_000 },
  quick: { minRounds: 5, maxRounds: 5, warmupRounds: 2, budgetMs: 1_000, startTimeoutMs: 60_000 },
} as const;

const CONTESTANT_MODULE = new URL('./kernel-contestant.js', import.meta.url).href;
const LIMIT_MODULE = new URL('./limit-contestant.js', import.meta.url).href;
const LIMIT_ID = 'limit';
const PEER_MODULE = new URL('./peer-contestant.js', import.meta.url).href;
const PEER_ID = 'peer';

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

/** The library of others, if there is one for the case, and it is installed. */
function peerSpecs(one: BenchCase, sizes: readonly number[], peers: Natives['peers']): ContestantSpec[] {
  const name = peerOf(one);
  const file = name === undefined ? undefined : peers.get(name);
  if (name === undefined || file === undefined) return [];
  const threads = { 'native-1': 1, 'native-all': poolThreads() };
  const options: PeerContestantOptions = { caseId: one.id, sizes, threads, file };
  return [{ id: PEER_ID, label: PEERS[name].label, module: PEER_MODULE, options }];
}

interface Natives {
  readonly isThere: boolean;
  /** The program that measures the limits. */
  readonly limits?: string;
  /** The programs of the libraries of others. */
  readonly peers: ReadonlyMap<PeerName, string>;
}

async function runCase(one: BenchCase, step: string, native: Natives, options: SuiteOptions): Promise<CaseResult> {
  const sizes = sizesOf(one, options.quick);
  const limits = native.limits === undefined ? [] : limitSpecs(one, sizes, native.limits);
  const peers = peerSpecs(one, sizes, native.peers);
  const comparison = await compareContestants([...specsOf(one, sizes, native.isThere), ...peers, ...limits], {
    ...(options.quick ? ROUNDS.quick : ROUNDS.full),
    memory: false,
    signal: options.signal,
    onProgress: ({ phase, label, round }) =>
      options.onProgress(step, round === 0 ? `${phase} ${label}` : `${phase} ${round}, ${label}`),
  });
  const { [LIMIT_ID]: limit, [PEER_ID]: peer, ...contestants } = comparison.contestants;
  return evaluateCase(
    one,
    sizes,
    { ...comparison, contestants },
    {
      ...(limit === undefined ? {} : { limit: { kind: limitOf(one)!.kind, result: limit } }),
      ...(peer === undefined ? {} : { peer: { name: peerOf(one)!, result: peer } }),
    },
  );
}

interface Limits {
  readonly limits?: string;
  /** Why there is none. */
  readonly limitsAbsent?: string;
}

interface Peers {
  readonly peers: ReadonlyMap<PeerName, string>;
  /** Why some are missing. */
  readonly peersAbsent: readonly string[];
}

const absence = (built: Exclude<Built, { file: string }>): string =>
  'missing' in built ? built.missing : built.problem;

/** The program that measures what the machine allows; without it kernels are measured all the same. */
async function buildLimits(signal: AbortSignal): Promise<Limits> {
  const built = (await buildAll(new Set(['limits']), { signal })).get('limits');
  if (built === undefined) return {};
  return 'file' in built ? { limits: built.file } : { limitsAbsent: absence(built) };
}

/** The programs of the libraries that stand beside the cases; without them kernels are measured all the same. */
async function buildPeers(cases: readonly BenchCase[], signal: AbortSignal): Promise<Peers> {
  const names = new Set(cases.flatMap((one) => peerOf(one) ?? []));
  const builds = [...(await buildAll(names, { signal }))] as [PeerName, Built][];
  return {
    peers: new Map(builds.flatMap(([name, built]) => ('file' in built ? [[name, built.file] as const] : []))),
    peersAbsent: builds.flatMap(([name, built]) => ('file' in built ? [] : `${PEERS[name].label}: ${absence(built)}`)),
  };
}

/** Runs the cases; an abort ends the running one and gives those that were finished. */
export async function runKernels(cases: readonly BenchCase[], options: SuiteOptions): Promise<KernelsResult> {
  const startMs = performance.now();
  const card = machineCard();
  const hasNative = isAvailable();
  options.onProgress('Building what measures the limits of this machine', '');
  const { limits, limitsAbsent }: Limits = hasNative ? await buildLimits(options.signal) : {};
  options.onProgress('Building what stands beside the kernels', '');
  const { peers, peersAbsent }: Peers = hasNative
    ? await buildPeers(cases, options.signal)
    : { peers: new Map(), peersAbsent: [] };
  const native: Natives = { isThere: hasNative, peers, ...(limits === undefined ? {} : { limits }) };
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
    ...(peersAbsent.length === 0 ? {} : { peersAbsent: [...peersAbsent] }),
    wasInterrupted: options.signal.aborted,
    elapsedMs: performance.now() - startMs,
    cases: results,
  };
}
