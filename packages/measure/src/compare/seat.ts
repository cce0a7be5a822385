/** One contestant's place in a running comparison: its runner, and what was seen of it. */
import type { CheckReport, ContestantSpec } from '../contestant.ts';
import { Runner } from '../host/runner.ts';
import type { Reaper } from '../host/reaper.ts';
import type { TreeMemory } from '../host/process-tree.ts';
import type { OperationName, Operations, RoundReport } from '../runner/protocol.ts';
import { summarize, type Summary } from '../statistics/summary.ts';
import type { ContestantError, ContestantResult, MemoryReport } from './comparison.ts';

export class Seat {
  readonly spec: ContestantSpec;
  readonly rounds: RoundReport[] = [];
  readonly checks: CheckReport[] = [];
  startMs: number | undefined;
  /** Undefined once a reading of the processor time was not to be had. */
  cpuMs: number | undefined = 0;
  baseMemory: TreeMemory | undefined;
  memory: MemoryReport | undefined;
  error: ContestantError | undefined;
  closeError: ContestantError | undefined;
  #runner: Runner | undefined;

  constructor(spec: ContestantSpec) {
    this.spec = spec;
  }

  /** Of the runner; undefined before the start and where the process could not be started. */
  get pid(): number | undefined {
    return this.#runner?.pid;
  }

  /** Spawns the runner and creates the contestant. Once. */
  async start(reaper: Reaper, limitMs: number): Promise<void> {
    const startedMs = performance.now();
    this.#runner = new Runner(this.spec, reaper);
    await this.#runner.ask('create', { module: this.spec.module, options: this.spec.options }, limitMs);
    this.startMs = performance.now() - startedMs;
  }

  ask<K extends OperationName>(
    operation: K,
    input: Operations[K]['input'],
    limitMs: number,
  ): Promise<Operations[K]['output']> {
    if (this.#runner === undefined) throw new Error(`the runner of "${this.spec.label}" was not started`);
    return this.#runner.ask(operation, input, limitMs);
  }

  /** Ends the runner with its process tree, if there is one; resolves when it is gone. */
  async end(): Promise<void> {
    await this.#runner?.end();
  }
}

/** The result of one seat as plain data; absent means not reached. */
export function resultOf(seat: Seat): ContestantResult {
  const { rounds, checks, error, closeError, memory, startMs, cpuMs } = seat;
  const samplesMs = rounds.map((round) => round.wallMs);
  const measureSamples = commonMeasures(rounds);
  const result: ContestantResult = {
    id: seat.spec.id,
    label: seat.spec.label,
    samplesMs,
    measures: Object.fromEntries(
      Object.entries(measureSamples).map(([key, samples]): [string, Summary] => [key, summarize(samples)]),
    ),
    measureSamples,
  };
  if (startMs !== undefined) result.startMs = startMs;
  if (samplesMs.length > 0) {
    result.wall = summarize(samplesMs);
    const totalMs = samplesMs.reduce((sum, sample) => sum + sample, 0);
    if (cpuMs !== undefined) result.cpu = { totalMs: cpuMs, cores: cpuMs / totalMs };
    result.loopDelay = {
      p50Ms: summarize(rounds.map((round) => round.loopDelay.p50Ms)).median,
      p99Ms: summarize(rounds.map((round) => round.loopDelay.p99Ms)).median,
      maxMs: Math.max(...rounds.map((round) => round.loopDelay.maxMs)),
    };
  }
  const last = checks.at(-1);
  if (last !== undefined) {
    result.digest = last.digest;
    const changed = checks.find((check) => check.digest !== last.digest);
    const problem = checks.find((check) => check.problem !== undefined)?.problem;
    if (problem !== undefined) result.problem = problem;
    else if (changed !== undefined) {
      result.problem = `the result changed between rounds: digest ${changed.digest}, then ${last.digest}`;
    }
    if (last.artifacts !== undefined) result.artifacts = last.artifacts;
    if (last.notes !== undefined) result.notes = last.notes;
    if (last.explanation !== undefined) result.explanation = last.explanation;
  }
  if (memory !== undefined) result.memory = memory;
  if (error !== undefined) result.error = error;
  if (closeError !== undefined) result.closeError = closeError;
  return result;
}

function commonMeasures(rounds: readonly RoundReport[]): Record<string, number[]> {
  const common: Record<string, number[]> = {};
  for (const key of Object.keys(rounds[0]?.measures ?? {})) {
    const samples = rounds.map((round) => round.measures[key]).filter((value) => value !== undefined);
    if (samples.length === rounds.length) common[key] = samples;
  }
  return common;
}
