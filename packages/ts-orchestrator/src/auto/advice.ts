/**
 * Asks the advisor with what is known here, and keeps what it said of each function for `explain()`.
 */
import os from 'node:os';
import { decide, type Decision, type Question } from '@heddle/advisor';
import type { BackendCost, CalibrationState, Explanation, FunctionExplanation } from '../pool/explanation.ts';
import { explainSize } from '../pool/size-sentence.ts';
import type { Backend } from '../transport/transport.ts';
import type { LiveCosts } from './backend-costs.ts';
import type { JudgeParts, Matter } from './judge.ts';
import type { Part } from './part.ts';
import type { Unavailable } from './plan.ts';
import type { FunctionMeasures } from './run-measures.ts';

export interface AdviceParts extends Omit<JudgeParts, 'cloning' | 'onCosts'> {
  readonly costs: LiveCosts;
  readonly calibration: () => CalibrationState;
}

/** Some versions of Node count a quota twice: two cores are hoped for always. */
const CORES_HOPED = Math.max(2, os.availableParallelism());
const BACKENDS: readonly Backend[] = ['inline', 'threads', 'processes'];
/** Workers report no more than this of a run: see entry/run-time.ts. */
const RUN_TIME_MS_MAX = 10;
/** How long the free memory that was read holds: reading it takes some milliseconds. */
const MEMORY_HOLDS_MS = 10_000;
/** Free memory of which the first workers take little. A guess. */
const PLENTY_BYTES = 2 ** 30;
/** Part of the free memory that workers may take. A guess. */
const MEMORY_SHARE = 0.5;

export class Advice {
  readonly #parts: AdviceParts;
  readonly #last = new Map<string, { readonly decision: Decision; readonly calls: number }>();
  #memory: { readonly mib: number; readonly readAt: number } | undefined;

  constructor(parts: AdviceParts) {
    this.#parts = parts;
  }

  ask(name: string, matter: Matter): Decision {
    const measures = this.#parts.measures.of(name);
    // Where nothing is gained with all the cores that there can be, none of the files is read that say how many there are.
    let decision = decide(this.#question(measures, matter, true));
    if (decision.backend !== 'inline') {
      if (this.#parts.isPending(decision.backend)) this.#parts.onWanted();
      const question = this.#question(measures, matter);
      decision = decide(question);
      // Only before workers start.
      if (decision.backend !== 'inline' && !question.costs[decision.backend].isReady)
        decision = decide({ ...question, machine: { ...question.machine, memoryMiB: this.#memoryMiB() } });
    }
    // What is demanded for one call says nothing of the others.
    if (!matter.isDemanded) this.#last.set(name, { decision, calls: matter.calls });
    return decision;
  }

  /** Where workers are to be when nothing is known of any function: for a pool that has to have them. */
  askFirst(): Decision {
    const unknown = { name: 'a function', wallMs: undefined };
    return decide({ ...this.#around(false, false), profile: unknown, work: { calls: 1 } });
  }

  #question(
    measures: FunctionMeasures,
    { calls, current, isDemanded, isBatched, observedMs }: Matter,
    isHopeful = false,
  ): Question {
    const { partOf } = this.#parts;
    const { name, crashes, memoryCrashes, isForThisProcess } = measures;
    const around = this.#around(isDemanded, isBatched, isHopeful);
    const { workersMax, machine } = around;
    const { require } = around.wishes!;
    const working = BACKENDS.filter((backend) => backend !== 'inline').flatMap((backend) => partOf(backend) ?? []);
    const cloneMs = [partOf('inline'), ...working].map((part) => part?.scheduler.cloneMsOf(name)).find(Boolean);
    return {
      ...around,
      wishes: isForThisProcess ? { ...around.wishes, require: { ...require, sharedMemory: true } } : around.wishes,
      unavailable: [...around.unavailable!, ...this.#otherKind(measures)],
      profile: { name, ...timesOf(measures, working), cloneMs, crashes, memoryCrashes },
      work: { calls, atOnce: this.#parts.plan().available.get('inline')?.tasksPerWorker },
      current,
      observedMs,
      missedMs: this.#parts.measures.crowdMs * (1 - 1 / Math.min(workersMax ?? machine.cores, machine.cores)),
    };
  }

  /** All of a question that is the same for every function. `isHopeful`: on the best machine that this can be. */
  #around(
    isDemanded: boolean,
    isBatched: boolean,
    isHopeful = false,
  ): Pick<Question, 'machine' | 'costs' | 'workersMax' | 'wishes' | 'unavailable'> {
    const { wishes, available } = this.#parts.plan();
    const { machine, partOf } = this.#parts;
    const working = partOf('threads') ?? partOf('processes');
    const sizeOf = (backend: Backend) => available.get(backend)?.workersMax ?? 1;
    return {
      machine: isHopeful ? { cores: CORES_HOPED } : { cores: machine.coresAllowed(), pressure: machine.cpuPressure() },
      costs: this.costs(isBatched),
      workersMax: isHopeful
        ? undefined
        : (working?.scheduler.size.most ?? Math.max(sizeOf('threads'), sizeOf('processes'))),
      wishes: { ...wishes, require: { ...wishes.require, interruption: isDemanded } },
      unavailable: this.unavailable().filter(({ backend }) => !isHopeful || !this.#parts.isPending(backend)),
    };
  }

  /**
   * One kind of workers is enough: two would share the same cores, and take twice the memory. The other one only comes where a rule wants
   * it for this function.
   */
  #otherKind({ memoryCrashes, isForThisProcess }: FunctionMeasures): Unavailable[] {
    const { partOf } = this.#parts;
    const hasThreads = partOf('threads') !== undefined;
    const hasProcesses = partOf('processes') !== undefined;
    if (hasThreads === hasProcesses) return [];
    if (hasThreads && memoryCrashes > 0) return [];
    if (hasProcesses && isForThisProcess) return [];
    const [backend, other] = hasThreads ? (['processes', 'threads'] as const) : (['threads', 'processes'] as const);
    return [{ backend, reason: `the pool has ${other} already` }];
  }

  costs(isBatched: boolean): Record<Backend, BackendCost> {
    const { costs, partOf } = this.#parts;
    const of = (backend: Backend) => {
      const part = partOf(backend);
      const cost = costs.of(backend, part?.isReady === true, isBatched);
      return { ...cost, memoryMiB: Math.max(cost.memoryMiB, part?.scheduler.size.workerMiB ?? 0) };
    };
    return { inline: of('inline'), threads: of('threads'), processes: of('processes') };
  }

  unavailable(): Unavailable[] {
    const { partOf } = this.#parts;
    const failed = BACKENDS.flatMap((backend) => {
      const failure = partOf(backend)?.scheduler.failure;
      return failure === undefined ? [] : [{ backend, reason: (failure as Error).message }];
    });
    return [...this.#parts.plan().unavailable, ...failed];
  }

  /**
   * What is free by Node's own look, which takes microseconds and may miss a limit of a group above; where that is little, by all the files
   * that say so, which takes milliseconds.
   */
  #memoryMiB(): number {
    const bytes = (process as { availableMemory?: () => number }).availableMemory?.() ?? 0;
    if (bytes >= PLENTY_BYTES) return (bytes / 2 ** 20) * MEMORY_SHARE;
    const { machine, now: readNow } = this.#parts;
    const now = readNow();
    if (this.#memory === undefined || now - this.#memory.readAt > MEMORY_HOLDS_MS)
      this.#memory = { mib: (machine.readMachine().memory.availableBytes / 2 ** 20) * MEMORY_SHARE, readAt: now };
    return this.#memory.mib;
  }

  explain(): Explanation {
    const functions = [...this.#parts.measures.all].map((measures) => this.#explain(measures));
    const places = functions.map(({ name, backend }) => `${name} ${backend === 'inline' ? 'inline' : `in ${backend}`}`);
    const sentence =
      places.length === 0
        ? 'Nothing was decided yet: no function has been called.'
        : `The next calls would run: ${places.join(', ')}.`;
    return {
      backend: 'auto',
      sentence,
      functions,
      unavailable: this.unavailable(),
      costs: this.costs(false),
      workers: BACKENDS.flatMap((backend) => this.#sizeOf(backend)),
      calibration: this.#parts.calibration(),
    };
  }

  #sizeOf(backend: Backend): Explanation['workers'] {
    const stats = this.#parts.partOf(backend)?.scheduler.stats();
    return stats === undefined ? [] : explainSize(stats);
  }

  #explain(measures: FunctionMeasures): FunctionExplanation {
    const { name, sent, actualMs, crashes } = measures;
    const last = this.#last.get(name);
    const matter = { calls: 1, current: undefined, isDemanded: false, isBatched: false };
    const question = this.#question(measures, matter);
    const decision = last?.decision ?? decide(question);
    const { backend, workers, predictedMs, ruledOut, sentence, computingShare } = decision;
    const { wallMs, cloneMs } = question.profile;
    return {
      name,
      backend,
      workers,
      calls: { ...sent },
      features: { wallMs, computingShare, cloneMs, crashes },
      decidedFor: last?.calls ?? matter.calls,
      predictedMs,
      ruledOut,
      sentence,
      actualMs: { ...actualMs },
    };
  }
}

/** What was measured inline, unless workers have told something newer. */
function timesOf(measures: FunctionMeasures, working: readonly Part[]): ReturnType<FunctionMeasures['times']> {
  const times = measures.times();
  const told = working.map((part) => part.scheduler.runMsOf(measures.name)).find((ms) => ms !== undefined);
  if (told === undefined || told >= RUN_TIME_MS_MAX) return times;
  if (times.wallMs === undefined) return { wallMs: { median: told, spread: 0 } };
  const share = times.wallMs.median > 0 ? Math.min(1, (times.cpuMs ?? times.wallMs).median / times.wallMs.median) : 1;
  return { wallMs: { ...times.wallMs, median: told }, cpuMs: { median: told * share, spread: 0 } };
}
