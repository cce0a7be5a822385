/**
 * Tasks on their way: which goes to which worker, its time-out and cancel, and what becomes of it when it is answered or its
 * worker is gone.
 *
 * Invariants: a task is in the queue, or in exactly one worker, or waits for its next attempt, or is settled. While a worker has
 * room, and fewer tasks run than may, the queue is empty. Attempts at one task never overlap: the next begins after the last was answered or its worker was seen
 * to be gone, and has a number of its own in its worker.
 */
import { backoffMs } from '../clock/backoff.ts';
import type { Clock } from '../clock/clock.ts';
import { RESENDS_MAX, RETRY_DELAY_MS_MAX } from '../clock/deadlines.ts';
import type { Random } from '../clock/random.ts';
import { workerEvents } from '../diagnostics/events.ts';
import { addExamination, heddleError, HeddleError, quarantinedError, type TracedWorker } from '../errors/errors.ts';
import { TaskQueue } from '../queue/task-queue.ts';
import { decodeThrow } from '../task/error-codec.ts';
import { Family, type Outcome } from '../task/task.ts';
import type { Fleet } from './fleet.ts';
import type { NestedCalls } from './nested-calls.ts';
import type { ResolvedPoolOptions } from './pool-options.ts';
import { TaskCounters, type PoolStats } from './pool-stats.ts';
import { allowsAnother, type FailureKind } from './retry-rule.ts';
import type { StuckWatch } from './stuck-watch.ts';
import type { TaskEvents } from './task-events.ts';
import type { PoolTask, PoolWorker, TaskMessage, WorkerEnd } from './worker-source.ts';

export interface DispatcherParts {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly random: Random;
  readonly options: ResolvedPoolOptions;
  readonly events: TaskEvents;
  readonly watch: StuckWatch;
  /** Can a busy worker be ended from outside? */
  readonly canKill: boolean;
  readonly onCall: NestedCalls['call'];
  readonly onUncall: NestedCalls['uncall'];
  /** A task has its outcome, and was told. */
  readonly onSettled: (task: PoolTask) => void;
}

/** One run of a task. */
export interface RunIdentity {
  readonly workerId: number;
  /** Its number in that worker. */
  readonly id: number;
}

export class Dispatcher {
  readonly counters = new TaskCounters();
  readonly #parts: DispatcherParts;
  readonly #queue = new TaskQueue<PoolTask>();
  /** Those that failed and wait for their next attempt. */
  readonly #delayed = new Set<PoolTask>();
  /** Those that a worker has. */
  #running = 0;
  /** Those of them that wait for calls of their own, and leave their place to others: see nested-calls.ts. */
  #waiting = 0;
  /** Makes the error for what would have to wait; set once the pool has failed. */
  #refusal: (() => unknown) | undefined;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** Tasks that wait for a worker. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Tasks that may be sent now, as far as the number of workers asked for allows. */
  get capacity(): number {
    const { workersMax, tasksPerWorker } = this.#parts.options;
    return workersMax * tasksPerWorker - (this.#running - this.#waiting);
  }

  /** Tasks without an outcome. */
  get unsettled(): number {
    return this.#queue.size + this.#delayed.size + this.#running;
  }

  /** Every task without an outcome, at this moment. */
  tasks(): PoolTask[] {
    const tasks = [...this.#queue, ...this.#delayed];
    for (const worker of this.#parts.fleet.workers) tasks.push(...worker.tasks.values());
    return tasks;
  }

  // ---- to a worker ----

  enqueue(task: PoolTask): void {
    this.#queue.push(task);
    if (task.parent === undefined) return this.growFleet();
    this.#countUnderWay(task, 1);
    this.dispatch();
  }

  /** Throws what can't be sent; nothing has happened then. */
  send(task: PoolTask, worker: PoolWorker): void {
    worker.run(task);
    task.worker = worker;
    task.move('running');
    task.start(this.#parts.clock);
    this.#running++;
    this.#armTimeout(task);
    this.#parts.events.started(task, worker.id);
    this.#parts.watch.onStart(task);
    this.#parts.fleet.onGiven(worker);
  }

  /** The worker has room: gives it what waits, or keeps it at hand. */
  fill(worker: PoolWorker): void {
    while (worker.hasRoom && this.capacity > 0) {
      const task = this.#queue.shift();
      if (task === undefined) break;
      try {
        this.send(task, worker);
      } catch (error) {
        this.#trace(task, undefined, error);
        this.#settle(task, { ok: false, error });
      }
    }
    if (worker.hasRoom) this.#parts.fleet.keep(worker);
  }

  /** Gives what waits to workers that are free, and starts more for the rest. */
  dispatch(): void {
    for (let left = this.#queue.size; left > 0 && this.capacity > 0; left = this.#queue.size) {
      const worker = this.#parts.fleet.free;
      if (worker !== undefined) this.fill(worker);
      if (this.#queue.size === left) break;
    }
    this.growFleet();
  }

  /** Starts workers for what waits. */
  growFleet(): void {
    const { fleet, options } = this.#parts;
    const wanted = Math.min(this.#queue.size, this.capacity);
    fleet.grow(Math.ceil(wanted / options.tasksPerWorker) - fleet.starting, this.#waiting);
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
            this.#stop(task, heddleError('HEDDLE_TASK_TIMEOUT', { name, timeoutMs, gap: credit > 0 }), true);
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
        task.hasDelivered = true;
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
      case 'call':
        return this.#parts.onCall(worker, task, message);
      case 'uncall':
        return this.#parts.onUncall(task, message);
      case 'value':
        return this.#reply(task, worker, { ok: true, value: message.value });
      case 'end':
        return this.#reply(task, worker, { ok: true, value: undefined });
      case 'error':
        return this.#reply(task, worker, { ok: false, error: decodeThrow(message.error) });
      case 'skipped':
        return this.#skipped(task, worker);
    }
  }

  /** Stops a task for `error`, the first reason only. It settles once it has stopped. */
  cancel(task: PoolTask, error: unknown): void {
    task.isUnwanted = true;
    this.#stop(task, error, false);
  }

  #stop(task: PoolTask, error: unknown, isTimeout: boolean): void {
    if (task.state === 'queued' || task.state === 'delayed') {
      this.#queue.remove(task);
      this.#delayed.delete(task);
      task.cause = { error, isTimeout };
      this.#trace(task, undefined, error);
      this.#settle(task, { ok: false, error });
      return;
    }
    if (task.state !== 'running') return;
    const worker = task.worker!;
    task.cause = { error, isTimeout };
    task.move('cancelling');
    this.#cancelCalls(task);
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
        if (this.#parts.canKill && isTold(task)) worker.prepareInterrupt();
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
    if (this.#parts.canKill) return this.#parts.fleet.kill(worker, isTold(task));
    // Inline nothing can be ended: the task is left to itself and its late answer goes nowhere.
    this.#reply(task, worker, { ok: false, error: task.cause!.error });
  }

  // ---- the outcome ----

  #reply(task: PoolTask, worker: PoolWorker, outcome: Outcome): void {
    worker.release(task);
    this.#endRun(task);
    // First the outcome: who waits for it may cancel what would be sent next.
    if (task.cause !== undefined) this.#stopped(task, worker);
    else if (outcome.ok) this.#settle(task, outcome);
    else this.#failed(task, 'error', outcome.error, worker);
    this.fill(worker);
    // It may have to run again, or have left its place to another task, and this worker be one that is ending.
    if (this.#queue.size > 0 && !worker.hasRoom) this.dispatch();
  }

  /** The worker has left it out, because it was stopped before it began. */
  #skipped(task: PoolTask, worker: PoolWorker): void {
    this.#reply(task, worker, { ok: false, error: task.cause?.error });
  }

  /** Its worker is gone, for certain. What it had begun is known from the worker's own word, not from messages. */
  lose(task: PoolTask, worker: PoolWorker, end: WorkerEnd): void {
    worker.release(task);
    this.#endRun(task);
    const { id, pid, threadId, stderrTail } = worker;
    const gone: TracedWorker = { id, pid, threadId, stderrTail, ...end.exit };
    if (end.isStuck) {
      const error = end.errorFor(task);
      this.#trace(task, gone, error);
      this.#settle(task, { ok: false, error });
    } else if (task.cause !== undefined) {
      if (task.cause.error instanceof HeddleError) addExamination(task.cause.error, end.examination);
      this.#stopped(task, gone);
    } else if (end.hasBegun(task)) this.#failed(task, 'crash', end.errorFor(task), gone);
    else this.#resend(task, end.errorFor(task), gone);
  }

  /** Stopped for a reason, which is its outcome. A time-out may be followed by another attempt, a cancel never. */
  #stopped(task: PoolTask, worker: TracedWorker): void {
    const { error, isTimeout } = task.cause!;
    if (isTimeout) return this.#failed(task, 'timeout', error, worker);
    this.#trace(task, worker, error);
    this.#settle(task, { ok: false, error });
  }

  /** Not begun: to another worker, untouched, as if nothing had happened. Bounded, because this may be what ended the worker. */
  #resend(task: PoolTask, error: unknown, worker: TracedWorker): void {
    this.#trace(task, worker, error);
    if (!task.packed!.canResend) return this.#settle(task, { ok: false, error });
    task.failures.push(error);
    if (++task.resends > RESENDS_MAX) return this.#quarantine(task, false, worker);
    this.counters.resent++;
    this.#parts.events.again(task, 'resent', error);
    task.rewind();
    task.move('queued');
    this.#requeue(task);
  }

  /** An attempt failed. Another follows when the caller allows it. */
  #failed(task: PoolTask, kind: FailureKind, error: unknown, worker: TracedWorker): void {
    const { retry } = task.call;
    this.#trace(task, worker, error);
    if (retry.retries === 0) return this.#settle(task, { ok: false, error });
    task.failures.push(error);
    if (kind === 'crash') task.deaths++;
    if (task.attempt > retry.retries) {
      if (task.deaths === task.attempt) return this.#quarantine(task, true, worker);
      return this.#settle(task, { ok: false, error });
    }
    // What was handed out can't be taken back, and inline a task that was timed out may still be running.
    const isUndone = !task.hasDelivered && (kind !== 'timeout' || this.#parts.canKill);
    if (!isUndone || task.isUnwanted || this.#refusal !== undefined) return this.#settle(task, { ok: false, error });
    // The predicate is the caller's code: it may throw, cancel this task, or close the pool.
    task.move('delayed');
    this.#delayed.add(task);
    this.#countUnderWay(task, -1);
    let outcome: unknown = error;
    let isAllowed = false;
    try {
      isAllowed = allowsAnother(retry, kind, error, task.attempt);
    } catch (thrown) {
      outcome = thrown;
    }
    if (task.state !== 'delayed') return;
    if (isAllowed) return this.#runAgain(task, error);
    this.#delayed.delete(task);
    this.#settle(task, { ok: false, error: outcome });
  }

  #runAgain(task: PoolTask, error: unknown): void {
    const { clock, random } = this.#parts;
    const delayMs = backoffMs(task.call.retry.retryDelayMs, task.attempt, RETRY_DELAY_MS_MAX, random);
    const again = () => {
      this.#delayed.delete(task);
      task.setTimer(undefined);
      task.move('queued');
      this.#countUnderWay(task, 1);
      this.#requeue(task);
    };
    this.#parts.events.again(task, 'retried', error);
    task.rewind();
    task.attempt++;
    this.counters.retried++;
    if (delayMs === 0) return again();
    task.setTimer(
      clock.after(delayMs, () => {
        again();
        this.dispatch();
      }),
    );
  }

  /** Before those that came later. The caller hands out what waits when it is done. */
  #requeue(task: PoolTask): void {
    if (this.#refusal === undefined) this.#queue.pushFirst(task);
    else this.#settle(task, { ok: false, error: this.#refusal() });
  }

  #quarantine(task: PoolTask, hasBegun: boolean, worker: TracedWorker): void {
    this.counters.quarantined++;
    const times = hasBegun ? task.attempt : task.resends;
    const error = quarantinedError({ name: task.call.name, times, hasBegun }, task.failures);
    this.#trace(task, worker, error);
    this.#settle(task, { ok: false, error });
  }

  /** Tells an error what it belongs to. A reason to stop is the caller's own object and may end many tasks: it stays as it is. */
  #trace(task: PoolTask, worker: TracedWorker | undefined, error: unknown): void {
    if (task.cause === undefined || error instanceof HeddleError) task.trace(error, worker, this.#parts.clock);
  }

  /** The pool has failed: settles all that wait, now and later, with the error that `reason` makes. */
  refuseWaiting(reason: () => unknown): void {
    this.#refusal = reason;
    for (const task of [...this.#queue, ...this.#delayed]) {
      // One that was refused before may have cancelled it.
      if (!this.#queue.remove(task) && !this.#delayed.delete(task)) continue;
      const error = reason();
      this.#trace(task, undefined, error);
      this.#settle(task, { ok: false, error });
    }
  }

  #settle(task: PoolTask, outcome: Outcome): void {
    const { counters } = this;
    if (outcome.ok) counters.succeeded++;
    else if (task.cause === undefined) counters.failed++;
    else if (task.cause.isTimeout) counters.timedOut++;
    else counters.cancelled++;
    if (task.state !== 'delayed') this.#countUnderWay(task, -1);
    task.settle(outcome);
    this.#parts.events.settled(task, outcome);
    this.#parts.onSettled(task);
  }

  // ---- calls of tasks by tasks ----

  /** The task that this run belongs to, unless it was told to stop. */
  running({ workerId, id }: RunIdentity): PoolTask | undefined {
    for (const worker of this.#parts.fleet.workers) {
      const task = worker.id === workerId ? worker.tasks.get(id) : undefined;
      if (task?.state === 'running') return task;
    }
    return undefined;
  }

  /** What the run of a task has called; made with its first call. */
  familyOf(task: PoolTask): Family<PoolTask> {
    return (task.family ??= new Family(task.depth + 1));
  }

  /** A called task begins (1) or ceases (-1) to wait for a worker or to have one; its caller waits as long as one does. */
  #countUnderWay({ parent }: PoolTask, change: 1 | -1): void {
    if (parent === undefined) return;
    const wasWaiting = parent.underWay > 0;
    parent.underWay += change;
    if (!parent.isOver && wasWaiting !== parent.underWay > 0) this.#waiting += change;
  }

  #endRun(task: PoolTask): void {
    this.#running--;
    const { family } = task;
    if (family === undefined) return;
    if (family.underWay > 0) this.#waiting--;
    family.isOver = true;
    this.#cancelCalls(task);
    task.family = undefined;
  }

  #cancelCalls({ family, call }: PoolTask): void {
    for (const child of family?.children.values() ?? []) {
      const reason = `"${call.name}", which called it, has ended or was stopped`;
      this.cancel(child, heddleError('HEDDLE_TASK_CANCELLED', { name: child.call.name, reason }));
    }
  }

  stats(): PoolStats['tasks'] {
    return { ...this.counters, queued: this.#queue.size, delayed: this.#delayed.size, running: this.#running };
  }
}

/** Will someone hear what its worker was at? A caller's own reason is handed back as it is. */
function isTold({ cause }: PoolTask): boolean {
  return cause?.error instanceof HeddleError || workerEvents.hasSubscribers;
}

function isCancelling(task: PoolTask): boolean {
  return task.state === 'cancelling';
}
