/**
 * Tasks on their way: which goes to which worker, its time-out and cancel, and what becomes of it when it is answered or its
 * worker is gone.
 *
 * Invariants: a task is in the queue, or in exactly one worker, or settled. While a worker has room the queue is empty.
 */
import type { Clock } from '../clock/clock.ts';
import { addExamination, heddleError, HeddleError } from '../errors/errors.ts';
import { TaskQueue } from '../queue/task-queue.ts';
import { decodeThrow } from '../task/error-codec.ts';
import type { Outcome } from '../task/task.ts';
import type { Fleet } from './fleet.ts';
import type { ResolvedPoolOptions } from './pool-options.ts';
import { TaskCounters, type PoolStats } from './pool-stats.ts';
import type { PoolTask, PoolWorker, TaskMessage, WorkerEnd } from './worker-source.ts';

export interface DispatcherParts {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly options: ResolvedPoolOptions;
  /** Can a busy worker be ended from outside? */
  readonly canKill: boolean;
  /** A task has its outcome, and was told. */
  readonly onSettled: (task: PoolTask) => void;
}

export class Dispatcher {
  readonly counters = new TaskCounters();
  readonly #parts: DispatcherParts;
  readonly #queue = new TaskQueue<PoolTask>();
  #running = 0;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** Tasks that wait for a worker. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Tasks without an outcome. */
  get unsettled(): number {
    return this.#queue.size + this.#running;
  }

  /** Every task without an outcome, at this moment. */
  tasks(): PoolTask[] {
    const tasks = [...this.#queue];
    for (const worker of this.#parts.fleet.workers) tasks.push(...worker.tasks.values());
    return tasks;
  }

  // ---- to a worker ----

  enqueue(task: PoolTask): void {
    this.#queue.push(task);
    this.growFleet();
  }

  /** Throws what can't be sent; nothing has happened then. */
  send(task: PoolTask, worker: PoolWorker): void {
    task.worker = worker;
    task.workerId = worker.id;
    worker.run(task);
    task.move('running');
    task.start(this.#parts.clock);
    this.#running++;
    this.#armTimeout(task);
    if (!worker.hasRoom) this.#parts.fleet.withdraw(worker);
  }

  /** The worker has room: gives it what waits, or keeps it at hand. */
  fill(worker: PoolWorker): void {
    while (worker.hasRoom) {
      const task = this.#queue.shift();
      if (task === undefined) break;
      try {
        this.send(task, worker);
      } catch (error) {
        this.#settle(task, { ok: false, error });
      }
    }
    if (worker.hasRoom) this.#parts.fleet.keep(worker);
  }

  /** Starts workers for what waits. */
  growFleet(): void {
    const { fleet, options } = this.#parts;
    fleet.grow(Math.ceil(this.#queue.size / options.tasksPerWorker) - fleet.starting);
  }

  // ---- under way ----

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

  /** The consumer of a stream has room for more items. */
  addCredit(task: PoolTask, items: number): void {
    if (task.state !== 'running') return;
    const wasPaused = task.creditLeft === 0;
    task.creditLeft += items;
    task.worker!.addCredit(task, items);
    if (wasPaused) this.#armTimeout(task);
  }

  onMessage(worker: PoolWorker, message: TaskMessage): void {
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
    const half = Math.floor(options.cancelGraceMs / 2);
    task.setTimer(
      clock.after(half, () => {
        // A task that heeds its signal has settled by now. What this one is at is found out while the grace lasts.
        if (this.#parts.canKill) worker.examine(() => {});
        task.setTimer(
          clock.after(options.cancelGraceMs - half, () => {
            task.setTimer(clock.afterArrivals(() => this.#endByForce(task, worker)));
          }),
        );
      }),
    );
  }

  #endByForce(task: PoolTask, worker: PoolWorker): void {
    if (task.state !== 'cancelling') return;
    if (this.#parts.canKill) return this.#parts.fleet.kill(worker);
    // Inline nothing can be ended: the task is left to itself and its late answer goes nowhere.
    this.#reply(task, worker, { ok: false, error: task.cause!.error });
  }

  // ---- the outcome ----

  #reply(task: PoolTask, worker: PoolWorker, outcome: Outcome): void {
    worker.release(task);
    this.#running--;
    // First the outcome: who waits for it may cancel what would be sent next.
    this.#settle(task, task.cause === undefined ? outcome : { ok: false, error: task.cause.error });
    this.fill(worker);
  }

  /** Its worker is gone. */
  lose(task: PoolTask, worker: PoolWorker, end: WorkerEnd): void {
    worker.release(task);
    this.#running--;
    if (task.state === 'running' && !end.isStuck && task.packed!.canResend && !end.hasBegun(task)) {
      this.counters.resent++;
      task.setTimer(undefined);
      task.move('queued');
      task.worker = undefined;
      this.#queue.pushFirst(task);
      return;
    }
    const error = task.cause === undefined || end.isStuck ? end.errorFor(task) : task.cause.error;
    if (task.cause !== undefined && error instanceof HeddleError) addExamination(error, end.examination);
    this.#settle(task, { ok: false, error });
  }

  /** Settles all that wait with the error that `reason` makes. */
  refuseQueued(reason: () => unknown): void {
    for (const task of this.#queue) {
      this.#queue.remove(task);
      this.#settle(task, { ok: false, error: reason() });
    }
  }

  #settle(task: PoolTask, outcome: Outcome): void {
    const { counters } = this;
    if (outcome.ok) counters.succeeded++;
    else if (task.cause === undefined) counters.failed++;
    else if (task.cause.error instanceof HeddleError && task.cause.error.code === 'HEDDLE_TASK_TIMEOUT')
      counters.timedOut++;
    else counters.cancelled++;
    task.settle(outcome, this.#parts.clock);
    this.#parts.onSettled(task);
  }

  stats(): PoolStats['tasks'] {
    return { ...this.counters, queued: this.#queue.size, running: this.#running };
  }
}

function isCancelling(task: PoolTask): boolean {
  return task.state === 'cancelling';
}
