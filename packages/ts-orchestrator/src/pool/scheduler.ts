/**
 * What a pool is asked and what workers tell, handed to the two that decide: the dispatcher (tasks) and the fleet (workers).
 * Keeps what concerns both: the state of the pool, why it failed, and who waits for it.
 *
 * Invariant: the program is held alive by exactly one count per unsettled task that someone waits for.
 */
import type { Clock } from '../clock/clock.ts';
import type { Random } from '../clock/random.ts';
import { heddleError } from '../errors/errors.ts';
import { nearestName } from '../errors/nearest.ts';
import { show } from '../errors/option-reader.ts';
import { checkTransfer, type TransferItem } from '../task/payload.ts';
import type { Batch } from '../task/batch.ts';
import { Task, type TaskCall } from '../task/task.ts';
import type { PackFor, Packed, Transport } from '../transport/transport.ts';
import { CloneCosts } from './clone-costs.ts';
import { Dispatcher, type RunIdentity } from './dispatcher.ts';
import { Fleet, type FleetParts } from './fleet.ts';
import type { KeepAlive } from './keep-alive.ts';
import { NestedCalls } from './nested-calls.ts';
import type { ResolvedPoolOptions } from './pool-options.ts';
import type { PoolStats } from './pool-stats.ts';
import { itemsPerBatch, RunTimes, tasksPerTarget } from './send-ahead.ts';
import { StuckWatch } from './stuck-watch.ts';
import { TaskEvents } from './task-events.ts';
import type { TaskTimes } from './task-times.ts';
import { Waiters } from './waiters.ts';
import type { PoolTask, PoolWorker, TaskMessage, WorkerEnd, WorkerListener, WorkerSource } from './worker-source.ts';

export interface SchedulerParts extends Pick<FleetParts, 'readMemory'> {
  readonly source: WorkerSource;
  readonly transport: Pick<Transport, 'pack' | 'repack' | 'canKill' | 'backend' | 'parentDeath' | 'heldSegments'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly options: ResolvedPoolOptions;
  readonly moduleUrl: string;
  readonly keepAlive: KeepAlive;
  /** Numbers tasks, from 1. */
  readonly nextTaskNumber: () => number;
  /** Keeps histograms; undefined: none are kept. */
  readonly times: TaskTimes | undefined;
  /** Workers that there may be now, if that is less than the options say. */
  readonly workersLimit?: (() => number) | undefined;
  /** A worker takes tasks from now on, or is gone. */
  readonly onWorkers?: (() => void) | undefined;
  /** A call of this function has ended its worker. */
  readonly onDeath?: ((name: string, isOutOfMemory: boolean) => void) | undefined;
}

export class Scheduler implements WorkerListener {
  readonly #parts: SchedulerParts;
  readonly #fleet: Fleet;
  readonly #dispatcher: Dispatcher;
  readonly #events: TaskEvents;
  readonly #times: TaskTimes | undefined;
  readonly #watch: StuckWatch;
  readonly #runTimes = new RunTimes();
  readonly #costs = new CloneCosts((name) => this.#runTimes.msOf(name));
  #state: PoolStats['state'] = 'open';
  #failure: unknown;
  /** Calls that are being taken over at this moment. */
  #submitting = 0;
  #taskNames: ReadonlySet<string> | undefined;
  /** Woken whenever a task settles or a worker is ready or gone. */
  readonly #waiters = new Waiters();

  constructor(parts: SchedulerParts) {
    const { source, transport, clock, random, options, keepAlive, nextTaskNumber, times, readMemory } = parts;
    this.#parts = parts;
    this.#fleet = new Fleet({
      source,
      clock,
      random,
      options,
      readMemory,
      listener: this,
      workersLimit: parts.workersLimit,
      onMayGrow: () => this.#dispatcher.dispatch(),
      onTaken: (worker) => this.#dispatcher.fill(worker),
    });
    this.#times = times;
    this.#events = new TaskEvents(options.name, this.#times);
    this.#watch = new StuckWatch({
      clock,
      events: this.#events,
      stuckAfterMs: options.stuckAfterMs,
      workers: () => this.#fleet.workers,
    });
    this.#dispatcher = new Dispatcher({
      runTimes: this.#runTimes,
      events: this.#events,
      watch: this.#watch,
      costs: this.#costs,
      fleet: this.#fleet,
      clock,
      random,
      options,
      canKill: transport.canKill,
      onAlone: (call, value) => new Task<Packed, PoolWorker>(nextTaskNumber(), call, this.#packItem(call, value)),
      packItem: (call, value) => this.#packItem(call, value),
      onCall: (worker, caller, message) => nested.call(worker, caller, message),
      onUncall: (caller, message) => nested.uncall(caller, message),
      onSettled: (task) => {
        if (isPromised(task.call)) keepAlive.release();
        this.#waiters.wake();
      },
    });
    const nested = new NestedCalls({
      dispatcher: this.#dispatcher,
      transport,
      retry: options,
      assertServes: (name) => this.#assertServes(name),
      nextNumber: nextTaskNumber,
      onSubmitted: (task) => {
        this.#events.submitted(task);
        this.#onSubmitted(task);
      },
    });
  }

  // ---- what the pool asks ----

  /** Starts the first worker and waits until it is ready, so that a module that can't load is told here. */
  open(): Promise<void> {
    this.#fleet.grow(1);
    return this.holdWhile(this.#opened());
  }

  async #opened(): Promise<void> {
    while (this.#taskNames === undefined && this.#failure === undefined) await this.#waiters.change();
    if (this.#taskNames === undefined) throw this.#failure;
  }

  /** Opens without a wait: what the module exports is known from another pool of it. Tasks wait for the first worker. */
  openKnowing(tasks: ReadonlySet<string>): void {
    this.#taskNames = tasks;
  }

  /** What the module exports; undefined before it is open. */
  get taskNames(): ReadonlySet<string> | undefined {
    return this.#taskNames;
  }

  /** Starts workers that no task waits for yet, up to so many. Nobody is kept waiting for them, nor is the program. */
  warm(workers: number): void {
    if (this.#state === 'open') this.#fleet.grow(workers - this.#fleet.working);
  }

  /** Workers that take tasks. */
  get readyWorkers(): number {
    let ready = 0;
    for (const { state } of this.#fleet.workers) if (state === 'ready' || state === 'busy') ready++;
    return ready;
  }

  /** What is known of the number of its workers. */
  get size(): Pick<Fleet, 'most' | 'workerMiB'> {
    return this.#fleet;
  }

  /** Why the pool has failed; undefined: it has not. */
  get failure(): unknown {
    return this.#state === 'failed' ? this.#failedError() : undefined;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Tasks without an outcome. */
  get unsettled(): number {
    return this.#dispatcher.unsettled;
  }

  /** What one run of a function takes, as workers have told. */
  runMsOf(name: string): number | undefined {
    return this.#runTimes.msOf(name);
  }

  /** What large values of a call of this function have cost, on average; undefined: it had none. */
  cloneMsOf(name: string): number | undefined {
    return this.#costs.msOf(name);
  }

  #assertOpen(): void {
    if (this.#state === 'failed') throw this.#failedError();
    if (this.#state !== 'open') throw heddleError('HEDDLE_POOL_CLOSED', { pool: this.#parts.options.name });
  }

  assertCanRun(name: string): void {
    if (this.#state === 'open' && this.#taskNames!.has(name)) return;
    this.#assertOpen();
    this.#assertServes(name);
  }

  /** Also for calls of tasks by tasks, which are served while the pool closes. */
  #assertServes(name: string): void {
    if (this.#state === 'failed') throw this.#failedError();
    const known = this.#taskNames!;
    if (known.has(name)) return;
    throw heddleError('HEDDLE_TASK_UNKNOWN', {
      name: typeof name === 'string' ? name : show(name),
      url: this.#parts.moduleUrl,
      nearest: typeof name === 'string' ? nearestName(name, known) : undefined,
      known: [...known],
    });
  }

  /** Takes arguments over by value. */
  pack(name: string, args: readonly unknown[], transfer: readonly TransferItem[], when: PackFor): Packed {
    checkTransfer(transfer);
    return this.#parts.transport.pack(args, transfer, { name, subject: 'arguments' }, when);
  }

  /**
   * Takes a call over. Throws what is wrong with it, and then nothing was taken. `pack` gives the arguments for now, for later,
   * or for more than once. `isBounded`: the caller bounds its calls itself, so the queue's limit isn't for it. `callerRun`: the run of
   * a task of this pool that calls; it counts as waiting, and leaves its place to others.
   */
  submit(
    call: TaskCall,
    pack: (when: PackFor) => Packed,
    isBounded: boolean,
    callerRun: RunIdentity | undefined,
  ): PoolTask {
    this.#submitting++;
    try {
      const caller = callerRun === undefined ? undefined : this.#dispatcher.running(callerRun);
      const task =
        caller === undefined
          ? this.#takeOver(call, pack, isBounded)
          : this.#enqueue(call, pack(call.retry.retries > 0 ? 'keep' : 'later'), caller);
      this.#onSubmitted(task);
      return task;
    } finally {
      this.#submitting--;
      this.#waiters.wake();
    }
  }

  /** The same for items of one map that travel together: see `batchItems`. */
  submitBatch(call: TaskCall & { readonly batch: Batch }): PoolTask {
    const { items } = call.batch;
    const pack = () => ({ ...this.pack(call.name, items, [], 'later'), canGoAhead: true });
    const task = this.#takeOver(call, pack, true);
    this.#dispatcher.counters.submitted += items.length;
    this.#parts.keepAlive.hold(items.length);
    return task;
  }

  #packItem({ name, retry }: TaskCall, value: unknown): Packed {
    return this.pack(name, [value], [], retry.retries > 0 ? 'keep' : 'later');
  }

  /**
   * Packing and sending run the caller's own code where an argument has getters, and that may call this pool: submit, cancel,
   * close. So what is free is asked after packing, and taken out of sight while sending.
   */
  #takeOver(call: TaskCall, pack: (when: PackFor) => Packed, isBounded: boolean): PoolTask {
    const isKept = call.retry.retries > 0;
    // A batch goes where it can be taken back from, which is seen when it is handed out.
    if (this.#freeWorker !== undefined && call.batch === undefined) {
      let packed = pack(isKept ? 'keep' : 'now');
      if (this.#state !== 'open') this.#assertOpen();
      const worker = this.#freeWorker;
      if (worker !== undefined) {
        const task = this.#newTask(call, packed);
        this.#fleet.withdraw(worker);
        try {
          this.#dispatcher.send(task, worker);
        } catch (error) {
          this.#events.settled(task, { ok: false, error });
          throw error;
        } finally {
          this.#dispatcher.fill(worker);
        }
        return task;
      }
      // What was packed to be sent at once may still be the caller's own.
      if (!packed.canResend) packed = pack('later');
      return this.#enqueue(call, packed);
    }
    if (!isBounded) this.#assertQueueHasRoom();
    return this.#enqueue(call, pack(isKept ? 'keep' : 'later'));
  }

  /** The worker to send to now, when one is free and one more task may run. */
  get #freeWorker(): PoolWorker | undefined {
    return this.#dispatcher.capacity > 0 ? this.#fleet.free : undefined;
  }

  #enqueue(call: TaskCall, packed: Packed, caller?: PoolTask): PoolTask {
    this.#assertOpen();
    const task = this.#newTask(call, packed, caller);
    this.#dispatcher.enqueue(task);
    return task;
  }

  #newTask(call: TaskCall, packed: Packed, caller?: PoolTask): PoolTask {
    const family = caller === undefined ? undefined : this.#dispatcher.familyOf(caller);
    const task = new Task<Packed, PoolWorker>(this.#parts.nextTaskNumber(), call, packed, family);
    this.#events.submitted(task);
    return task;
  }

  #onSubmitted(task: PoolTask): void {
    this.#dispatcher.counters.submitted++;
    if (isPromised(task.call)) this.#parts.keepAlive.hold();
  }

  #assertQueueHasRoom(): void {
    const { queueLimit } = this.#parts.options;
    // Those that wait only for a worker's start don't count.
    const soonRoom = Math.max(0, this.#fleet.most - this.#fleet.working + this.#fleet.starting);
    // A call around this one, whose arguments are being packed, has its place before it.
    const queued = this.#dispatcher.queued + this.#submitting - 1;
    if (queued >= queueLimit + soonRoom) throw heddleError('HEDDLE_QUEUE_FULL', { queueLimit });
  }

  /**
   * Items of a map of this function that may travel as one task; 1: none may. Of a batch only the item that ended the worker runs again, and
   * it tells of no single item what is told of tasks: so not with `retries` unless they are for crashes, nor with `onProgress`,
   * `recycleAfterTasks`, `recordTimes` or listeners on `heddle:task`. It has the budget of one task: so not with `limits.cpuSeconds`.
   * Where a worker may have several tasks at a time, it gives the items back that follow one that is waited for.
   */
  batchItems(name: string, { retry, onProgress }: Pick<TaskCall, 'retry' | 'onProgress'>): number {
    const { recycleAfterTasks, cpuSeconds } = this.#parts.options;
    const isCounted = recycleAfterTasks !== undefined || cpuSeconds !== undefined;
    const isRunAgain = retry.retries > 0 && retry.retryOn !== 'crash';
    const isPlain = !isRunAgain && onProgress === undefined && !isCounted;
    if (!isPlain || this.#events.isTold) return 1;
    return this.#dispatcher.mayBatch(name) ? itemsPerBatch(this.#runTimes.msOf(name)) : 1;
  }

  /**
   * Items that a map of this function may have under way: twice what the workers are sent at a time; where that is several, four times,
   * because its consumer has its turn only when the answers of a whole turn are in. Inline once, or what runs at a time.
   */
  mapWindow(name: string, batchItems: number): number {
    const { backend, tasksPerWorker } = this.#parts.options;
    const perWorker = Math.max(batchItems, tasksPerTarget(this.#runTimes.msOf(name)));
    if (backend === 'inline') return Math.max(tasksPerWorker, perWorker);
    return (perWorker > 1 ? 4 : 2) * this.#fleet.most * perWorker;
  }

  /** Stops a task for `error`, the first reason only. It settles once it has stopped. */
  cancel(task: PoolTask, error: unknown): void {
    this.#dispatcher.cancel(task, error);
  }

  /** Stops one item of a batch, by its index in its map. */
  cancelItem(task: PoolTask, batch: Batch, index: number, error: unknown): void {
    this.#dispatcher.cancelItem(task, batch, index, error);
  }

  /** The consumer of a stream has room for more items. */
  addCredit(task: PoolTask, items: number): void {
    this.#dispatcher.addCredit(task, items);
  }

  /** Resolves when nothing waits and nothing runs. */
  drain(): Promise<void> {
    return this.holdWhile(this.#quiet());
  }

  async #quiet(): Promise<void> {
    while (this.#dispatcher.unsettled + this.#submitting > 0) await this.#waiters.change();
  }

  /** Refuses new tasks from now on; `reason` given: cancels all that wait or run with the error it makes. */
  refuse(reason: ((name: string) => unknown) | undefined): void {
    if (this.#state === 'open') this.#state = 'closing';
    this.#fleet.startNoneAhead();
    if (reason === undefined) return;
    // A batch that is taken apart meanwhile leaves tasks that were not there before.
    const cancelled = new Set<PoolTask>();
    for (let isNew = true; isNew;) {
      isNew = false;
      for (const task of this.#dispatcher.tasks()) {
        if (cancelled.has(task)) continue;
        isNew = true;
        cancelled.add(task);
        this.cancel(task, reason(task.call.name));
      }
    }
  }

  /** Ends every worker and waits until they are gone. Only when drained. Returns what went wrong in teardowns. */
  stopWorkers(): Promise<readonly unknown[]> {
    this.#fleet.stopAll();
    this.#watch.stop();
    this.#dispatcher.stop();
    return this.holdWhile(this.#stopped());
  }

  async #stopped(): Promise<readonly unknown[]> {
    while (this.#fleet.size > 0) await this.#waiters.change();
    if (this.#state !== 'failed') this.#state = 'closed';
    this.#parts.keepAlive.end();
    return this.#fleet.teardownErrors;
  }

  /** Keeps the program alive until `wait` is over. */
  holdWhile<T>(wait: Promise<T>): Promise<T> {
    return this.#parts.keepAlive.holdWhile(wait);
  }

  stats(): PoolStats {
    const { options, transport } = this.#parts;
    return {
      name: options.name,
      backend: transport.backend,
      parts: undefined,
      state: this.#state,
      tasks: this.#dispatcher.stats(),
      workers: this.#fleet.stats(),
      shared: transport.heldSegments?.(this.#fleet.pids()) ?? { segments: 0, bytes: 0 },
      cloning: this.#costs.counters,
      warnings: this.#costs.warnings(),
      times: this.#times?.stats(),
      parentDeath: transport.parentDeath,
    };
  }

  // ---- what workers tell ----

  onReady(worker: PoolWorker, tasks: readonly string[]): void {
    this.#taskNames ??= new Set(tasks);
    if (this.#fleet.onReady(worker)) this.#dispatcher.fill(worker);
    // It has told what it takes, and there may be room for more than while that was not known.
    if (this.#fleet.isShort) this.#dispatcher.dispatch();
    this.#waiters.wake();
    this.#parts.onWorkers?.();
  }

  onRunTime(name: string, ms: number): void {
    this.#runTimes.tell(name, ms);
  }

  onMemory(worker: PoolWorker): void {
    this.#fleet.onMemory(worker);
  }

  onGrown(worker: PoolWorker): void {
    this.#fleet.recycle(worker, 'memory');
    this.#dispatcher.takeBack(worker);
  }

  onTaskMessage(worker: PoolWorker, message: TaskMessage): void {
    this.#dispatcher.onMessage(worker, message);
  }

  onEnd(worker: PoolWorker, end: WorkerEnd): void {
    const tasks = worker.tasks.values();
    this.#tellDeath(worker, tasks, end);
    const verdict = this.#fleet.remove(worker, end, tasks.some(end.hasBegun));
    // First those that go elsewhere: who hears of an outcome may call again at once, and would be served before them.
    const inOrder = [...tasks.filter((task) => !end.hasBegun(task)), ...tasks.filter(end.hasBegun)];
    for (const task of inOrder) {
      // The outcome of one may have cancelled the next.
      if (task.worker === worker) this.#dispatcher.lose(task, worker, end);
    }
    if (verdict !== undefined) this.#fail(verdict.giveUpFor);
    // The first worker of a pool decides whether there is a pool.
    else if (end.isStartFailure && this.#taskNames === undefined) this.#fail(end.errorFor(undefined));
    this.#dispatcher.dispatch();
    this.#waiters.wake();
    this.#parts.onWorkers?.();
  }

  /** It ended by itself while it ran a task that nobody had told to stop. */
  #tellDeath(worker: PoolWorker, tasks: readonly PoolTask[], end: WorkerEnd): void {
    const { onDeath } = this.#parts;
    if (onDeath === undefined || worker.state !== 'failed' || end.isStuck || end.isStartFailure) return;
    const guilty = tasks.find((task) => end.hasBegun(task) && task.cause === undefined);
    if (guilty === undefined) return;
    const { code } = Object(end.errorFor(guilty)) as { code?: unknown };
    onDeath(guilty.call.name, code === 'HEDDLE_LIMIT_MEMORY');
  }

  /** The pool can't go on: what waits is told why, what runs may finish. First cause wins. */
  #fail(cause: unknown): void {
    if (this.#state === 'failed') return;
    this.#state = 'failed';
    this.#failure = cause;
    this.#dispatcher.refuseWaiting(() => this.#failedError());
    this.#fleet.giveUp();
  }

  #failedError(): unknown {
    const { name } = this.#parts.options;
    return heddleError('HEDDLE_POOL_FAILED', { pool: name, reason: describe(this.#failure) }, this.#failure);
  }
}

/** Someone waits for its outcome from the start. A stream is waited for item by item, by its consumer. */
function isPromised(call: TaskCall): boolean {
  return call.credit === 0;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
