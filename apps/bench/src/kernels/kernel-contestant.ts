// One contestant of a kernel case, in its own process: all sizes of the case in each round. It times its own calls,
// because making fresh inputs for kernels that work in place must not count; the round's measures are these times.
import { createHash } from 'node:crypto';
import type { CheckReport, Contestant } from '@heddle/measure';
import { callsOf, findCase, type BenchCase, type CaseWork, type Core } from './case-table.ts';
import { CONTESTANTS, measureKey, type ContestantKind, type KernelContestantOptions } from './contestants.ts';

/** A case at one size, ready to run. */
interface Station {
  size: number;
  work: CaseWork<unknown, unknown>;
  inputs: unknown[];
  call(input: unknown): unknown;
  /** What the last call of the last round left. */
  output: unknown;
}

async function loadCore(isNative: boolean): Promise<Core> {
  if (isNative) {
    return { ...(await import('@heddle/core-native')), ...(await import('@heddle/core-native/examples')) };
  }
  return { ...(await import('@heddle/core-js')), ...(await import('@heddle/core-js/examples')) };
}

function callOf(work: CaseWork<unknown, unknown>, kind: ContestantKind, core: Core): (input: unknown) => unknown {
  if (kind === 'plain') return work.plain!;
  return work.call(core, kind === 'native-1' ? 1 : undefined);
}

/** Times the calls of one size; gives milliseconds per call. */
function timeCalls(station: Station): number {
  const { inputs, call } = station;
  station.work.refill?.(inputs);
  const startMs = performance.now();
  for (let index = 0; index < inputs.length; index++) station.output = call(inputs[index]);
  return (performance.now() - startMs) / inputs.length;
}

/**
 * What the last call of the round left, as bytes. A contestant that may round differently is compared with the twin
 * within the case's bound and then has the twin's bytes: equal digests mean equal results, or results within the bound.
 */
function examine({ work, inputs, size, output }: Station, isInexact: boolean, twin: Core): Examined {
  if (!isInexact) return { bytes: work.bytes(output) };
  // The reference goes to the same array; what works in place finds it filled again.
  const kept = keep(output);
  const input = inputs.at(-1);
  work.refill?.([input]);
  const reference = work.call(twin, undefined)(input);
  const problem = work.differs!(kept, reference, input);
  return { bytes: work.bytes(reference), ...(problem === undefined ? {} : { problem: `size ${size}: ${problem}` }) };
}

interface Examined {
  bytes: Uint8Array;
  problem?: string;
}

/** A copy of what the next call would overwrite. */
function keep(output: unknown): unknown {
  return ArrayBuffer.isView(output) ? (output as Float64Array).slice() : output;
}

async function check(one: BenchCase, kind: ContestantKind, stations: readonly Station[]): Promise<CheckReport> {
  const isInexact = one.inexact.includes(kind);
  const twin = await loadCore(false);
  const hash = createHash('sha256');
  for (const station of stations) {
    const { bytes, problem } = examine(station, isInexact, twin);
    if (problem !== undefined) return { digest: hash.digest('hex'), problem };
    hash.update(bytes);
  }
  return { digest: hash.digest('hex') };
}

export default async function createKernelContestant(options: KernelContestantOptions): Promise<Contestant> {
  const { caseId, kind, sizes } = options;
  const one = findCase(caseId);
  if (one === undefined) throw new RangeError(`there is no case '${caseId}'`);
  const core = await loadCore(CONTESTANTS[kind].isNative);
  const stations = sizes.map((size): Station => {
    const work = one.make(size) as CaseWork<unknown, unknown>;
    return { size, work, inputs: work.inputs(callsOf(one, size)), call: callOf(work, kind, core), output: undefined };
  });
  return {
    round: () => Object.fromEntries(stations.map((station) => [measureKey(station.size), timeCalls(station)])),
    check: () => check(one, kind, stations),
  };
}
