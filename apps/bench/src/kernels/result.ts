// Results of a suite as plain JSON, and what follows from them: the baseline at each size, speed-ups, crossover sizes.
import {
  isChecked,
  speedup,
  summarize,
  type Comparison,
  type ContestantResult,
  type MachineCard,
  type Speedup,
  type Summary,
} from '@heddle/measure';
import type { BenchCase } from './case-table.ts';
import { CONTESTANTS, limitKey, measureKey, peerKey, type ContestantKind } from './contestants.ts';
import type { LimitKind } from './limits.ts';
import { PEERS, type PeerName } from './peers.ts';
import { UNITS, type UnitName } from './units.ts';

/** Times of one contestant at one size. */
export interface Timing {
  kind: ContestantKind;
  /** Milliseconds per call, one per round, in the order measured. */
  samplesMs: number[];
  ms: Summary;
  /** The median in the case's unit. */
  figure: number;
}

/** A library of others at one size, on as many threads as the native contestant that it stands beside. */
export interface PeerTiming {
  /** Milliseconds per call, one per round, in the order measured. */
  samplesMs: number[];
  ms: Summary;
  figure: number;
  /** Of the native contestant over it: 2 means that native takes half its time. Absent when that one did not finish. */
  speedup?: Speedup;
}

export interface SizeResult {
  size: number;
  /** Units of work of one call. */
  work: number;
  timings: Timing[];
  /** The fastest JavaScript at this size; absent when none finished. */
  baseline?: ContestantKind;
  /** Over the baseline, by native contestant. */
  speedups: Partial<Record<ContestantKind, Speedup>>;
  /** Share of what the machine allows that a native contestant reaches: 1 is all of it. Absent where no limit is measured. */
  ofLimit?: Partial<Record<ContestantKind, Speedup>>;
  /** The library beside the kernel, by native contestant. Absent where there is none. */
  beside?: Partial<Record<ContestantKind, PeerTiming>>;
}

export interface CaseContestant {
  kind: ContestantKind;
  label: string;
  digest?: string;
  /** Why it failed, or why its result is wrong. */
  problem?: string;
  /** Processor time by wall time over the timed rounds. */
  coresUsed?: number;
}

export interface CaseResult {
  id: string;
  kernel: string;
  type: string;
  about: string;
  unit: UnitName;
  better: 'lower' | 'higher';
  sizeLabel: string;
  rounds: number;
  contestants: CaseContestant[];
  /** Whether all contestants finished with equal results (or within the case's error bound). */
  agrees: boolean;
  sizes: SizeResult[];
  /** What bounds the kernel; absent where no one unit does, or nothing was measured. */
  limit?: LimitKind;
  /** Why the limit was not measured. */
  limitProblem?: string;
  /** The library that stands beside the kernel; `problem`: why it failed, or why its result is wrong. */
  peer?: { name: PeerName; label: string; setting: string; problem?: string };
  /** First size from which native on all threads is faster than the baseline, there and at every larger size. */
  crossover?: number;
}

export interface KernelsResult {
  suite: 'kernels';
  quick: boolean;
  card: MachineCard;
  /** Relative spread of a fixed loop on this machine, before the suite. */
  noise: number;
  /** Instruction set and threads of the native package; absent without it. */
  native?: { simd: string; threads: number };
  /** Why the native contestants are absent. */
  nativeAbsent?: string;
  /** Why no limits of the machine were measured. */
  limitsAbsent?: string;
  /** Why libraries of others are absent, a sentence each. */
  peersAbsent?: string[];
  wasInterrupted: boolean;
  elapsedMs: number;
  cases: CaseResult[];
}

export function contestantLabel(one: BenchCase, kind: ContestantKind): string {
  return kind === 'plain' ? (one.plainLabel ?? CONTESTANTS.plain.label) : CONTESTANTS[kind].label;
}

/** What the machine allowed in the same rounds. */
export interface MeasuredLimit {
  readonly kind: LimitKind;
  readonly result: ContestantResult;
}

/** What a library of others did in the same rounds. */
export interface MeasuredPeer {
  readonly name: PeerName;
  readonly result: ContestantResult;
}

const NATIVE_KINDS = ['native-1', 'native-all'] as const;

/** The library's times at a size beside those of the native contestants; undefined where it wasn't measured. */
function besideOf(
  one: BenchCase,
  size: number,
  timings: readonly Timing[],
  { result: { measureSamples } }: MeasuredPeer,
): SizeResult['beside'] {
  const found = NATIVE_KINDS.flatMap((kind) => {
    const samplesMs = measureSamples[peerKey(size, kind)] ?? [];
    if (samplesMs.length === 0) return [];
    const ms = summarize(samplesMs);
    const native = timings.find((timing) => timing.kind === kind);
    const peer: PeerTiming = {
      samplesMs,
      ms,
      figure: UNITS[one.unit].of(one.work(size), ms.median),
      ...(native === undefined ? {} : { speedup: speedup(samplesMs, native.samplesMs) }),
    };
    return [[kind, peer] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function peerAbout({ name, result }: MeasuredPeer): NonNullable<CaseResult['peer']> {
  const problem = result.error?.message ?? result.problem;
  return { name, ...PEERS[name], ...(problem === undefined ? {} : { problem }) };
}

/** The native contestants' shares of the limit at a size; undefined where it wasn't measured. */
export function sharesOf(
  size: number,
  timings: readonly Timing[],
  { result: { measureSamples } }: MeasuredLimit,
): SizeResult['ofLimit'] {
  const shares = NATIVE_KINDS.flatMap((kind) => {
    const limitMs = measureSamples[limitKey(size, kind)] ?? [];
    const timing = timings.find((one) => one.kind === kind);
    if (timing === undefined || limitMs.length === 0) return [];
    // What the machine allows is its best: in a worse round others took something of it away.
    return [[kind, speedup([Math.min(...limitMs)], timing.samplesMs)] as const];
  });
  return shares.length === 0 ? undefined : Object.fromEntries(shares);
}

/** What a comparison of a case's contestants says. */
export function evaluateCase(
  one: BenchCase,
  sizes: readonly number[],
  comparison: Comparison,
  { limit, peer }: { limit?: MeasuredLimit; peer?: MeasuredPeer } = {},
): CaseResult {
  const results = Object.values(comparison.contestants);
  const contestants = results.map((result): CaseContestant => {
    const problem = result.error?.message ?? result.problem ?? (result.differsFrom ? 'its result differs' : undefined);
    return {
      kind: result.id as ContestantKind,
      label: result.label,
      ...(result.digest === undefined ? {} : { digest: result.digest }),
      ...(problem === undefined ? {} : { problem }),
      ...(result.cpu === undefined ? {} : { coresUsed: result.cpu.cores }),
    };
  });
  const sizeResults = sizes.map((size) => {
    const timings = results
      .map(({ id, measureSamples }) => ({
        kind: id as ContestantKind,
        samplesMs: measureSamples[measureKey(size)] ?? [],
      }))
      .filter(({ samplesMs }) => samplesMs.length > 0)
      .map(({ kind, samplesMs }): Timing => {
        const ms = summarize(samplesMs);
        return { kind, samplesMs, ms, figure: UNITS[one.unit].of(one.work(size), ms.median) };
      });
    const ofLimit = limit && sharesOf(size, timings, limit);
    const beside = peer && besideOf(one, size, timings, peer);
    return {
      size,
      work: one.work(size),
      timings,
      ...relate(timings),
      ...(ofLimit === undefined ? {} : { ofLimit }),
      ...(beside === undefined ? {} : { beside }),
    };
  });
  const crossover = findCrossover(sizeResults);
  return {
    id: one.id,
    kernel: one.kernel,
    type: one.type,
    about: one.about,
    unit: one.unit,
    better: UNITS[one.unit].better,
    sizeLabel: one.sizeLabel,
    rounds: Math.min(...results.map(({ samplesMs }) => samplesMs.length)),
    contestants,
    agrees: results.every((result) => isChecked(result)),
    sizes: sizeResults,
    ...(limit === undefined ? {} : { limit: limit.kind }),
    ...(limit?.result.error === undefined ? {} : { limitProblem: limit.result.error.message }),
    ...(peer === undefined ? {} : { peer: peerAbout(peer) }),
    ...(crossover === undefined ? {} : { crossover }),
  };
}

/** The fastest JavaScript, and the native contestants' speed-ups over it. */
export function relate(timings: readonly Timing[]): Pick<SizeResult, 'baseline' | 'speedups'> {
  const [baseline] = timings
    .filter(({ kind }) => !CONTESTANTS[kind].isNative)
    .sort((a, b) => a.ms.median - b.ms.median);
  if (baseline === undefined) return { speedups: {} };
  const natives = timings.filter(({ kind }) => CONTESTANTS[kind].isNative);
  const speedups = natives.map(({ kind, samplesMs }) => [kind, speedup(baseline.samplesMs, samplesMs)] as const);
  return { baseline: baseline.kind, speedups: Object.fromEntries(speedups) };
}

/** The smallest size that is won with all its larger ones; a win is a speed-up whose whole interval lies above 1. */
export function findCrossover(sizes: readonly SizeResult[]): number | undefined {
  let first: number | undefined;
  for (const { size, speedups } of sizes.toReversed()) {
    const all = speedups['native-all'];
    if (all === undefined || all.low <= 1) break;
    first = size;
  }
  return first;
}
