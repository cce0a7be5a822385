/**
 * Which task goes to which worker, when a worker is started or let go, and what becomes of the tasks of a dead one.
 *
 * Invariants: a task is in the queue, or in exactly one worker, or settled. While a worker has room the queue is empty. The
 * program is held alive by exactly one count per unsettled task that someone waits for.
 */
import type { Clock, Timer } from '../clock/clock.ts';
import { heddleError, HeddleError } from '../errors/errors.ts';
import { nearestName } from '../errors/nearest.ts';
import { show } from '../errors/option-reader.ts';
import { TaskQueue } from '../queue/task-queue.ts';
import { decodeThrow } from '../task/error-codec.ts';
import { checkTransfer, type TransferItem } from '../task/payload.ts';
import { Task, type Outcome, type TaskCall } from '../task/task.ts';
import type { Packed, Transport } from '../transport/transport.ts';
import type { KeepAlive } from './keep-alive.ts';
import type { ResolvedPoolOptions } from './pool-options.ts';
import { TaskCounters, WorkerCounters, type PoolStats } from './pool-stats.ts';
import type { PoolTask, PoolWorker, TaskMessage, WorkerEnd, WorkerListener, WorkerSource } from './worker-source.ts';

/** Starts that fail one after the other, with none that succeeds between, before the pool gives up. */
const START_FAILURES_MAX = 3;
/** Workers that could not be ended before the pool gives up: each may hold a core and memory for good. */
const STUCK_MAX = 2;

export interface SchedulerParts {
  readonly source: WorkerSource;
  readonly transport: Pick<Transport, 'pack' | 'canKill' | 'backend' | 'parentDeath'>;
  readonly clock: Clock;
  readonly options: ResolvedPoolOptions;
  readonly moduleUrl: string;
  readonly keepAlive: KeepAlive;
}

interface Idle {
  /** When its last task ended. */
  since: number;
  timer: Timer | undefined;
}

export class Scheduler implements WorkerListener {
  readonly #parts: SchedulerParts;
  readonly #queue = new TaskQueue<PoolTask>();
  readonly #workers = new Map<number, PoolWorker>();
  /** Workers with room, the last used last: it is taken first, so that the others may go idle and end. */
  readonly #free: PoolWorker[] = [];
  readonly #idle = new Map<PoolWorker, Idle>();
  readonly #taskCounters = new TaskCounters();
  readonly #workerCounters = new WorkerCounters();
  #state: 'open' | 'closing' | 'closed' | 'failed' = 'open';
  #failure: unknown;
  #startFailuresInRow = 0;
  #starting = 0;
  #running = 0;
  #lastTaskId = 0;
  #taskNames: ReadonlySet<string> | undefined;
  #teardownErrors: unknown[] = [];
  /** Woken whenever a task settles or a worker is ready or gone. */
  #waiters: Array<() => void> = [];

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  // ---- what the pool asks ----

  /** Starts the first worker and waits until it is ready, so that a module that can't load is told here. */
  open(): Promise<void> {
    this.#grow(1);
    return this.holdWhile(this.#opened());
  }

  async #opened(): Promise<void> {
    while (this.#taskNames === undefined && this.#failure === undefined) await this.#change();
    if (this.#taskNames === undefined) throw this.#failure;
  }

  /** Takes arguments over by value, now or for later. */
  pack(name: string, args: readonly unknown[], transfer: readonly TransferItem[], when: 'now' | 'later'): Packed {
    checkTransfer(transfer);
    return this.#parts.transport.pack(args, transfer, { name, subject: 'arguments' }, when);
  }

  /**
   * Takes a call over. Throws what is wrong with it, and then nothing was taken. `pack` gives the arguments, for now or for
   * later. `isBounded`: the caller bounds its calls itself, so the queue's limit isn't for it.
   */
  submit(call: TaskCall, pack: (when: 'now' | 'later') => Packed, isBounded: boolean): PoolTask {
    const worker = this.#free.at(-1);
    const id = ++this.#lastTaskId;
    let task: PoolTask;
    if (worker !== undefined) {
      task = new Task<Packed, PoolWorker>(id, call, pack('now'));
      this.#send(task, worker);
    } else {
      if (!isBounded) this.#assertQueueHasRoom();
      task = new Task<Packed, PoolWorker>(id, call, pack('later'));
      this.#queue.push(task);
      this.#growForQueue();
    }
    this.#taskCounters.submitted++;
    if (isPromised(call)) this.#parts.keepAlive.hold();
    return task;
  }

  assertCanRun(name: string): void {
    if (this.#state === 'failed')
      throw heddleError(
        'HEDDLE_POOL_FAILED',
        { pool: this.#parts.options.name, reason: describe(this.#failure) },
        this.#failure,
      );
    if (this.#state !== 'open') throw heddleError('HEDDLE_POOL_CLOSED', { pool: this.#parts.options.name });
    const known = this.#taskNames!;
    if (known.has(name)) return;
    throw heddleError('HEDDLE_TASK_UNKNOWN', {
      name: typeof name === 'string' ? name : show(name),
      url: this.#parts.moduleUrl,
      nearest: typeof name === 'string' ? nearestName(name, known) : undefined,
      known: [...known],
    });
  }

  /** Stops a task for `error`, the first reason only. It settles once it has stopped. */
  cancel(task: PoolTask, error: unknown): void {
    if (task.state === 'queued') {
      this.#queue.remove(task);
      task.cause = { error };
      this.#settle(task, { ok: false, error });
      return;
    }
    if (task.state !== 'running') return;
    const worker = task.worker!;
    task.cause = { error };
    task.move('cancelling');
    task.setTimer(undefined);
    worker.cancel(task, error);
    const { clock, options } = this.#parts;
    // Inline, a task that had not begun is answered at once.
    if (!isCancelling(task)) return;
    if (options.cancelGraceMs === 0) return this.#endByForce(task, worker);
    task.setTimer(
      clock.after(options.cancelGraceMs, () => {
        task.setTimer(clock.afterArrivals(() => this.#endByForce(task, worker)));
      }),
    );
  }

  /** The consumer of a stream has room for more items. */
  addCredit(task: PoolTask, items: number): void {
    if (task.state !== 'running') return;
    const wasPaused = task.creditLeft === 0;
    task.creditLeft += items;
    task.worker!.addCredit(task, items);
    if (wasPaused) this.#armTimeout(task);
  }

  /** Resolves when nothing waits and nothing runs. */
  drain(): Promise<void> {
    return this.holdWhile(this.#quiet());
  }

  async #quiet(): Promise<void> {
    while (this.#queue.size + this.#running > 0) await this.#change();
  }

  /** Keeps the program alive until `wait` is over. */
  async holdWhile<T>(wait: Promise<T>): Promise<T> {
    this.#parts.keepAlive.hold();
    try {
      return await wait;
    } finally {
      this.#parts.keepAlive.release();
    }
  }

  /** Refuses new tasks from now on; `reason` given: cancels all that wait or run with the error it makes. */
  refuse(reason: ((name: string) => unknown) | undefined): void {
    if (this.#state === 'open') this.#state = 'closing';
    if (reason === undefined) return;
    const all = [...this.#queue, ...[...this.#workers.values()].flatMap((worker) => [...worker.tasks.values()])];
    for (const task of all) this.cancel(task, reason(task.call.name));
  }

  /** Ends every worker and waits until they are gone. Only when drained. Returns what went wrong in teardowns. */
  stopWorkers(): Promise<readonly unknown[]> {
    for (const worker of this.#workers.values()) this.#stop(worker);
    return this.holdWhile(this.#stopped());
  }

  async #stopped(): Promise<readonly unknown[]> {
    while (this.#workers.size > 0) await this.#change();
    if (this.#state !== 'failed') this.#state = 'closed';
    return this.#teardownErrors;
  }

  stats(): PoolStats {
    const { options, transport } = this.#parts;
    return {
      name: options.name,
      backend: transport.backend,
      state: this.#state,
      tasks: { ...this.#taskCounters, queued: this.#queue.size, running: this.#running },
      workers: {
        ...this.#workerCounters,
        max: options.workersMax,
        tasksPerWorker: options.tasksPerWorker,
        live: [...this.#workers.values()].map(({ id, state, pid, threadId, tasks }) => ({
          id,
          state,
          pid,
          threadId,
          tasks: [...tasks.values()].map((task) => task.call.name),
        })),
      },
      parentDeath: transport.parentDeath,
    };
  }

  // ---- what workers tell ----

  onReady(worker: PoolWorker, tasks: readonly string[]): void {
    this.#starting--;
    this.#startFailuresInRow = 0;
    this.#taskNames ??= new Set(tasks);
    this.#offer(worker);
    this.#wake();
  }

  onTaskMessage(worker: PoolWorker, message: TaskMessage): void {
    const task = worker.tasks.get(message.id)!;
    switch (message.t) {
      case 'item':
        if (task.state !== 'running') return;
        task.creditLeft--;
        if (task.creditLeft > 0) this.#armTimeout(task);
        else task.setTimer(undefined);
        task.call.onItem?.(message.value);
        return;
      case 'progress':
        if (task.state !== 'running') return;
        try {
          task.call.onProgress?.(message.value);
        } catch (error) {
          this.cancel(task, error);
        }
        return;
      case 'value':
        return this.#reply(task, worker, { ok: true, value: message.value });
      case 'end':
        return this.#reply(task, worker, { ok: true, value: undefined });
      case 'error':
        return this.#reply(task, worker, { ok: false, error: decodeThrow(message.error) });
    }
  }

  onEnd(worker: PoolWorker, end: WorkerEnd): void {
    this.#workers.delete(worker.id);
    this.#forget(worker);
    if (end.teardownError !== undefined) this.#teardownErrors.push(end.teardownError);
    if (end.isStuck) this.#workerCounters.stuck++;
    else if (worker.state === 'failed' && !end.isStartFailure) this.#workerCounters.died++;

    for (const task of worker.tasks.values()) this.#loseWorker(task, worker, end);

    if (!end.wasReady) this.#starting--;
    if (end.isStartFailure) {
      this.#workerCounters.startFailures++;
      this.#startFailuresInRow++;
      // The first worker of a pool decides whether there is a pool.
      if (this.#taskNames === undefined || this.#startFailuresInRow >= START_FAILURES_MAX)
        this.#fail(end.errorFor(undefined));
    }
    if (this.#workerCounters.stuck >= STUCK_MAX) this.#fail(end.errorFor(undefined));
    this.#growForQueue();
    this.#wake();
  }

  // ---- tasks ----

  #send(task: PoolTask, worker: PoolWorker): void {
    task.worker = worker;
    task.workerId = worker.id;
    worker.run(task);
    task.move('running');
    task.start(this.#parts.clock);
    this.#running++;
    this.#armTimeout(task);
    if (!worker.hasRoom) this.#unoffer(worker);
  }

  #armTimeout(task: PoolTask): void {
    const { clock, options } = this.#parts;
    const timeoutMs = task.call.timeoutMs ?? options.taskTimeoutMs;
    if (timeoutMs === undefined) return;
    task.setTimer(
      clock.after(timeoutMs, () => {
        // A reply that arrived while the host was busy counts.
        task.setTimer(
          clock.afterArrivals(() => {
            const { name, credit } = task.call;
            this.cancel(task, heddleError('HEDDLE_TASK_TIMEOUT', { name, timeoutMs, gap: credit > 0 }));
          }),
        );
      }),
    );
  }

  #reply(task: PoolTask, worker: PoolWorker, outcome: Outcome): void {
    worker.release(task);
    this.#running--;
    // First the outcome: who waits for it may cancel what would be sent next.
    this.#settle(task, task.cause === undefined ? outcome : { ok: false, error: task.cause.error });
    this.#offer(worker);
  }

  #endByForce(task: PoolTask, worker: PoolWorker): void {
    if (task.state !== 'cancelling') return;
    if (this.#parts.transport.canKill) {
      this.#forget(worker);
      this.#workerCounters.killed++;
      worker.kill();
      return;
    }
    // Inline nothing can be ended: the task is left to itself and its late answer goes nowhere.
    this.#reply(task, worker, { ok: false, error: task.cause!.error });
  }

  #loseWorker(task: PoolTask, worker: PoolWorker, end: WorkerEnd): void {
    worker.release(task);
    this.#running--;
    if (task.state === 'running' && !end.isStuck && task.packed!.canResend && !end.hasBegun(task)) {
      this.#taskCounters.resent++;
      task.setTimer(undefined);
      task.move('queued');
      task.worker = undefined;
      this.#queue.pushFirst(task);
      return;
    }
    const error = task.cause === undefined || end.isStuck ? end.errorFor(task) : task.cause.error;
    this.#settle(task, { ok: false, error });
  }

  #settle(task: PoolTask, outcome: Outcome): void {
    const counters = this.#taskCounters;
    if (outcome.ok) counters.succeeded++;
    else if (task.cause === undefined) counters.failed++;
    else if (task.cause.error instanceof HeddleError && task.cause.error.code === 'HEDDLE_TASK_TIMEOUT')
      counters.timedOut++;
    else counters.cancelled++;
    task.settle(outcome, this.#parts.clock);
    if (isPromised(task.call)) this.#parts.keepAlive.release();
    this.#wake();
  }

  #assertQueueHasRoom(): void {
    const { queueLimit, workersMax } = this.#parts.options;
    // Those that wait only for a worker's start don't count.
    const soonRoom = workersMax - this.#workers.size + this.#starting;
    if (this.#queue.size >= queueLimit + soonRoom) throw heddleError('HEDDLE_QUEUE_FULL', { queueLimit });
  }

  // ---- workers ----

  /** The worker has room: gives it what waits, or keeps it at hand. */
  #offer(worker: PoolWorker): void {
    while (worker.hasRoom) {
      const task = this.#queue.shift();
      if (task === undefined) break;
      try {
        this.#send(task, worker);
      } catch (error) {
        this.#settle(task, { ok: false, error });
      }
    }
    if (!worker.hasRoom) return;
    if (!this.#free.includes(worker)) this.#free.push(worker);
    if (worker.state === 'ready') this.#armIdle(worker);
  }

  #unoffer(worker: PoolWorker): void {
    const place = this.#free.indexOf(worker);
    if (place >= 0) this.#free.splice(place, 1);
  }

  /** Remembers since when it is idle. One timer per worker, however many tasks come between: it looks when it fires. */
  #armIdle(worker: PoolWorker): void {
    const { clock, options } = this.#parts;
    if (options.idleTimeoutMs === Infinity) return;
    const idle = this.#idle.get(worker);
    if (idle === undefined) this.#watchIdle(worker, { since: clock.now(), timer: undefined }, options.idleTimeoutMs);
    else idle.since = clock.now();
  }

  #watchIdle(worker: PoolWorker, idle: Idle, delayMs: number): void {
    const { clock, options } = this.#parts;
    this.#idle.set(worker, idle);
    idle.timer = clock.after(delayMs, () => {
      this.#idle.delete(worker);
      // Busy now: the end of its task begins anew.
      if (worker.state !== 'ready') return;
      const leftMs = idle.since + options.idleTimeoutMs - clock.now();
      if (leftMs > 0) this.#watchIdle(worker, idle, leftMs);
      else this.#stop(worker);
    });
  }

  #forget(worker: PoolWorker): void {
    this.#idle.get(worker)?.timer?.cancel();
    this.#idle.delete(worker);
    this.#unoffer(worker);
  }

  #stop(worker: PoolWorker): void {
    this.#forget(worker);
    worker.stop();
  }

  /** Starts what the waiting tasks could use, up to the maximum. */
  #growForQueue(): void {
    const perWorker = this.#parts.options.tasksPerWorker;
    this.#grow(Math.ceil(this.#queue.size / perWorker) - this.#starting);
  }

  #grow(wanted: number): void {
    if (this.#state === 'failed') return;
    for (let n = wanted; n > 0 && this.#workers.size < this.#parts.options.workersMax; n--) {
      this.#starting++;
      this.#workerCounters.started++;
      const worker = this.#parts.source.start(this);
      this.#workers.set(worker.id, worker);
    }
  }

  /** The pool can't go on: what waits is told why, what runs may finish. First cause wins. */
  #fail(cause: unknown): void {
    if (this.#state === 'failed') return;
    this.#state = 'failed';
    this.#failure = cause;
    const { name } = this.#parts.options;
    for (const task of this.#queue) {
      this.#queue.remove(task);
      this.#settle(task, {
        ok: false,
        error: heddleError('HEDDLE_POOL_FAILED', { pool: name, reason: describe(cause) }, cause),
      });
    }
    for (const worker of this.#workers.values()) if (worker.state !== 'busy') this.#stop(worker);
  }

  // ---- waiting ----

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

/** Someone waits for its outcome from the start. A stream is waited for item by item, by its consumer. */
function isPromised(call: TaskCall): boolean {
  return call.credit === 0;
}

function isCancelling(task: PoolTask): boolean {
  return task.state === 'cancelling';
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
