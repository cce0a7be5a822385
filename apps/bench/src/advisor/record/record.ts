// Records what a replay needs: the costs of the backends, and a profile of each workload. Every measurement is a fresh program.
import { fileURLToPath } from 'node:url';
import { quantile } from '@heddle/measure';
import type { FixedBackend } from '../contestants.ts';
import { FIXED_BACKENDS } from '../contestants.ts';
import type { Rate } from '../items.ts';
import { runProgram } from '../run-program.ts';
import type { CostsSaid } from './costs-program.ts';
import type { CallsOptions } from './calls-program.ts';
import type { PlainSaid, ProfileOptions, ToldSaid } from './profile-program.ts';
import {
  CALL_KINDS,
  type CallKind,
  type CallsSoFar,
  type MeasuredCosts,
  type Recording,
  type WorkloadProfile,
} from './recording.ts';

const programAt = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const CALLS_PROGRAM = programAt('./calls-program.js');
const COSTS_PROGRAM = programAt('./costs-program.js');
const PROFILE_PROGRAM = programAt('./profile-program.js');
const ROUNDS = { full: 3, quick: 1 } as const;
/** What is recorded is what a program finds that knows nothing of this machine. */
const ENV = { ...process.env, HEDDLE_CALIBRATION: 'off' };

export interface RecordOptions {
  readonly quick: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (detail: string) => void;
}

/** Other work on the machine only makes a time longer. A difference of two may become anything by it. */
const least = (values: readonly number[]): number => Math.min(...values);
const median = (values: readonly number[]): number => quantile(Float64Array.from(values).sort(), 0.5);

export interface ProfileSaid {
  readonly profile: WorkloadProfile;
  readonly believed: Recording['believed'];
}

/** One workload, each round in two programs: its calls by themselves, and in a pool that chooses. */
export async function profileOf(workload: string, rate: Rate, quick: boolean): Promise<ProfileSaid> {
  const run = <Said>(options: ProfileOptions) => runProgram<Said>(PROFILE_PROGRAM, JSON.stringify(options), ENV);
  const plain: PlainSaid[] = [];
  const told: ToldSaid[] = [];
  for (let round = 0; round < (quick ? ROUNDS.quick : ROUNDS.full); round++) {
    plain.push(await run<PlainSaid>({ workload, rate, part: 'plain' }));
    told.push(await run<ToldSaid>({ workload, rate, part: 'told' }));
  }
  const sum = (ms: readonly number[]) => ms.reduce((all, one) => all + one, 0);
  const quickest = plain.reduce((best, one) => (sum(one.itemMs) < sum(best.itemMs) ? one : best));
  const profile: WorkloadProfile = {
    id: workload,
    ...quickest,
    togetherMs: least(plain.map(({ togetherMs }) => togetherMs)),
    computesMs: least(plain.map(({ computesMs }) => computesMs)),
    copyMs: least(plain.map(({ copyMs }) => copyMs)),
    known: told.map(({ known }) => known),
  };
  return { profile, believed: told[0]!.believed };
}

type Said = CostsSaid & { readonly calls: Readonly<Record<CallKind, readonly CallsSoFar[]>> };

async function costsSaid(backend: FixedBackend): Promise<Said> {
  const said = await runProgram<CostsSaid>(COSTS_PROGRAM, backend, ENV);
  const calls: Record<CallKind, readonly CallsSoFar[]> = { batched: [], single: [], serial: [] };
  for (const kind of CALL_KINDS) {
    const options: CallsOptions = { backend, kind };
    calls[kind] = await runProgram<CallsSoFar[]>(CALLS_PROGRAM, JSON.stringify(options), ENV);
  }
  return { ...said, calls };
}

/** What backends cost, in some programs in turn; undefined after an abort. */
export async function recordCosts({
  quick,
  signal,
  onProgress,
}: RecordOptions): Promise<Pick<Recording, 'costs' | 'memoryBytesPerMs'> | undefined> {
  const said: Record<FixedBackend, Said[]> = { inline: [], threads: [], processes: [] };
  for (let round = 0; round < (quick ? ROUNDS.quick : ROUNDS.full); round++) {
    for (const backend of FIXED_BACKENDS) {
      if (signal.aborted) return undefined;
      onProgress(`${backend}, ${round + 1}`);
      said[backend].push(await costsSaid(backend));
    }
  }
  const firstMs = least(said.inline.map((one) => one.firstMs));
  const of = (backend: FixedBackend) => costsOf(said[backend], backend === 'inline' ? undefined : firstMs);
  return {
    costs: { inline: of('inline'), threads: of('threads'), processes: of('processes') },
    memoryBytesPerMs: Math.max(...said.threads.flatMap((one) => one.memoryBytesPerMs ?? [])),
  };
}

/** `inlineMs`: the first result inline; undefined: this is inline. */
function costsOf(rounds: readonly Said[], inlineMs: number | undefined): MeasuredCosts {
  const of = (read: (one: Said) => number) => least(rounds.map(read));
  const calls = (kind: CallKind): CallsSoFar[] =>
    rounds[0]!.calls[kind].map(({ calls: count }, index) => ({
      calls: count,
      ms: of((one) => one.calls[kind][index]!.ms),
      callerMs: of((one) => one.calls[kind][index]!.callerMs),
    }));
  return {
    calls: { batched: calls('batched'), single: calls('single'), serial: calls('serial') },
    startMs: inlineMs === undefined ? 0 : Math.max(0, of((one) => one.firstMs) - inlineMs),
    startHoldMs: of((one) => one.startHoldMs),
    startTakesMs: median(rounds.map((one) => one.startTakesMs)),
    latencyMs: of((one) => one.latencyMs),
    wireMsPerMiB: Math.max(0, of((one) => one.mibMs) - of((one) => one.mibCloneMs)),
  };
}
