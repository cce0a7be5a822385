/**
 * Runs one plan: the real pool on the simulated wire, the callers of the plan, and the checker over what happened.
 */
import { getEventListeners } from 'node:events';
import { EXAMINE_URGENT_MS } from '../../src/clock/deadlines.ts';
import { assemblePool } from '../../src/assemble-pool.ts';
import type { Clock } from '../../src/clock/clock.ts';
import { KeepAlive } from '../../src/pool/keep-alive.ts';
import type { ResolvedPoolOptions } from '../../src/pool/pool-options.ts';
import { parsePoolOptions } from '../../src/pool/pool-size.ts';
import type { Scheduler } from '../../src/pool/scheduler.ts';
import type { PackFor, Transport } from '../../src/transport/transport.ts';
import type { Outcome, TaskCall } from '../../src/task/task.ts';
import { check } from './checker.ts';
import { Client } from './client.ts';
import { History, type HistoryRecord, type Look } from './history.ts';
import { CALM_WORK, LATE_MS, type Call, type Plan, type TaskCallBase, type RunCall, type Work } from './plan.ts';
import { Chance, poolRandom, STREAMS } from './chance.ts';
import { createSimExaminer } from './sim-examiner.ts';
import type { Batch } from '../../src/task/batch.ts';
import { keyOf } from './sim-worker.ts';
import { createSimTransport } from './sim-transport.ts';
import { World } from './world.ts';

export interface PlanResult {
  /** One sentence per broken promise. */
  readonly violations: readonly string[];
  readonly history: readonly HistoryRecord[];
}

class CountingKeepAlive extends KeepAlive {
  holds = 0;
  readonly #release: (release: () => void) => void;

  constructor(release: (release: () => void) => void = (act) => act()) {
    super();
    this.#release = release;
  }

  override hold(count = 1): void {
    this.holds += count;
  }
  override release(): void {
    this.#release(() => this.holds--);
  }
}

/** What a test breaks, to see that it is found. */
export interface Tamper {
  readonly transport?: (transport: Transport) => Transport;
  readonly clock?: (clock: Clock) => Clock;
  readonly release?: (release: () => void) => void;
  readonly onOutcome?: (outcome: Outcome, tell: (outcome: Outcome) => void) => void;
}

export async function runPlan(plan: Plan, tamper: Tamper = {}): Promise<PlanResult> {
  const options = parsePoolOptions(plan.options);
  const world = new World(new Chance(plan.seed, STREAMS.world), plan.stalls);
  const history = new History(() => world.now());
  const works = worksOf(plan.calls);
  const runs = new Map(plan.calls.filter((call): call is RunCall => call.do === 'run').map((call) => [call.key, call]));
  const runCounts = new Map<number, number>();
  const keepAlive = new CountingKeepAlive(tamper.release);
  const simTransport = createSimTransport({
    world,
    history,
    plan,
    backend: options.backend,
    workOf: (key) => works.get(key) ?? CALM_WORK,
    countRun(key) {
      const count = (runCounts.get(key) ?? 0) + 1;
      runCounts.set(key, count);
      return count;
    },
    onPack(key) {
      const run = runs.get(key);
      if (run !== undefined) client.onPack(run);
    },
  });
  const transport = tamper.transport?.(simTransport) ?? simTransport;
  const { scheduler, core } = assemblePool({
    transport,
    clock: tamper.clock?.(world) ?? world,
    random: poolRandom(plan.seed),
    examiner: plan.wire.hasExaminer ? createSimExaminer(world, plan.seed) : undefined,
    keepAlive,
    options,
    moduleUrl: 'file:///tasks.js',
    writeLine() {},
  });
  watchOutcomes(scheduler, history, tamper.onOutcome);
  const client = new Client(core, world, history);
  const look = (): Look => {
    const { state, tasks, workers } = core.stats();
    return {
      state,
      tasks,
      liveStates: workers.live.map((worker) => worker.state),
      spares: workers.spares,
      holds: keepAlive.holds,
      pendingTimers: world.pendingTimers,
      listeners: client.signals.reduce((sum, signal) => sum + getEventListeners(signal, 'abort').length, 0),
    };
  };
  const open = async () => {
    try {
      await scheduler.open();
    } catch (error) {
      return history.add({ e: 'open-ended', error });
    }
    history.add({ e: 'open-ended', error: undefined });
    for (const call of plan.calls)
      world.outside(call.at, () =>
        world.arrive(() => {
          client.do(call);
          history.add({ e: 'look', look: look() });
        }),
      );
  };
  const onThrow = (error: unknown) => history.add({ e: 'host-threw', error });
  world.onThrow = onThrow;
  process.on('unhandledRejection', onThrow);
  try {
    void open();
    await world.run();
    // Node tells of rejections that nobody handled when a turn of its real loop ends.
    await new Promise((resolve) => setImmediate(resolve));
  } catch (error) {
    onThrow(error);
  } finally {
    process.off('unhandledRejection', onThrow);
  }
  history.add({ e: 'rest', look: look(), pendingCalls: client.pending });
  return { violations: check(history.records, promisedBy(plan, options, world)), history: history.records };
}

/** Writes down what the pool takes over and what it makes of it, at that moment: callers hear of it later. */
function watchOutcomes(scheduler: Scheduler, history: History, tamper: Tamper['onOutcome']): void {
  const watch = (call: TaskCall, keyNow: () => number): TaskCall => ({
    ...call,
    onOutcome: (outcome) => watchedTell(keyNow(), outcome, (told) => call.onOutcome(told)),
  });
  const watchedTell = (key: number, outcome: Outcome, tellCaller: (outcome: Outcome) => void) => {
    const tell = (told: Outcome) => {
      history.add({ e: 'outcome', key, outcome: told });
      tellCaller(told);
    };
    if (tamper === undefined) tell(outcome);
    else tamper(outcome, tell);
  };
  const submitBatch = scheduler.submitBatch.bind(scheduler);
  scheduler.submitBatch = (call) => {
    const { batch } = call;
    watchBatch(batch);
    const task = submitBatch(call);
    for (const key of batch.items as number[]) history.add({ e: 'taken', key, isBounded: true });
    return task;
  };
  const watchBatch = (batch: Batch) => {
    const keys = batch.items as number[];
    const callOf = batch.callOf.bind(batch);
    batch.callOf = (item) => watch(callOf(item), () => keys[item]!);
    const tell = batch.tell.bind(batch);
    batch.tell = (index, outcome) => {
      let isFirst = true;
      watchedTell(keys[index - batch.indexOf(0)]!, outcome, (told) => {
        if (isFirst) tell(index, told);
        isFirst = false;
      });
    };
  };
  const submit = scheduler.submit.bind(scheduler);
  scheduler.submit = (call, pack, isBounded, callerRun) => {
    let key = 0;
    const watched = watch(call, () => key);
    const packed = (when: PackFor) => {
      const result = pack(when);
      key = keyOf(result.value);
      return result;
    };
    const task = submit(watched, packed, isBounded, callerRun);
    history.add({ e: 'taken', key, isBounded });
    return task;
  };
}

function worksOf(calls: readonly Call[]): Map<number, Work> {
  const works = new Map<number, Work>();
  for (const call of calls) {
    if (call.do === 'run' || call.do === 'stream') add(call.key, call.work);
    else if (call.do === 'map') for (const [index, work] of call.works.entries()) add(call.key + index, work);
  }
  return works;

  function add(key: number, work: Work): void {
    works.set(key, work);
    for (const child of work.children) add(child.key, child.work);
  }
}

function promisedBy(plan: Plan, options: ResolvedPoolOptions, world: World) {
  const calls = new Map<number, TaskCallBase>();
  const works = worksOf(plan.calls);
  for (const call of plan.calls) {
    if (call.do === 'run' || call.do === 'stream') calls.set(call.key, call);
    else if (call.do === 'map') for (const index of call.works.keys()) calls.set(call.key + index, call);
  }
  const { backend, workersMax, tasksPerWorker, queueLimit, taskTimeoutMs, cancelGraceMs, terminateTimeoutMs } = options;
  return {
    backend,
    workersMax,
    tasksPerWorker,
    queueLimit,
    mapWindow: backend === 'inline' ? tasksPerWorker : 2 * workersMax,
    spares: options.spares,
    hasWords: plan.wire.hasWords,
    restartCount: options.restartLimit.count,
    retriesOf: (key: number) => calls.get(key)?.retries ?? (works.get(key)?.children.length ? 0 : options.retries),
    timeoutMsOf: (key: number) => calls.get(key)?.timeoutMs ?? taskTimeoutMs,
    priorityOf: (key: number) => calls.get(key)?.priority ?? 1,
    itemsOf: (key: number) => works.get(key)?.items ?? 0,
    stopMsMax:
      (plan.sabotage === undefined ? 0 : LATE_MS) +
      (plan.wire.hasExaminer ? EXAMINE_URGENT_MS : 0) +
      cancelGraceMs +
      terminateTimeoutMs +
      world.stalledMs +
      4 * plan.wire.latencyMsMax +
      EXIT_MS_MAX,
  };
}

/** Longest `exitMs` of a plan, and some turns of the loop. */
const EXIT_MS_MAX = 100;
