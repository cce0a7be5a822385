/**
 * Tasks from their submission to their outcome, by stages of their life: sending.ts (which goes where), under-way.ts (what those that
 * run tell, and how they are stopped), outcomes.ts (what becomes of them), callers.ts (who waits for calls of its own).
 *
 * Invariants: a task is in the queue, or in exactly one worker, or waits for its next attempt, or is settled. Attempts at one task
 * never overlap: the next begins after the last was answered, was taken back for certain, or its worker was seen to be gone, and has
 * a number of its own in its worker.
 */
import type { Clock } from '../clock/clock.ts';
import type { Random } from '../clock/random.ts';
import type { Batch } from '../task/batch.ts';
import type { Family, TaskCall } from '../task/task.ts';
import type { Packed } from '../transport/transport.ts';
import { Callers } from './callers.ts';
import type { CloneCosts } from './clone-costs.ts';
import type { Fleet } from './fleet.ts';
import type { NestedCalls } from './nested-calls.ts';
import { Outcomes } from './outcomes.ts';
import type { ResolvedPoolOptions } from './pool-options.ts';
import type { PoolStats, TaskCounters } from './pool-stats.ts';
import type { RunTimes } from './send-ahead.ts';
import { Sending } from './sending.ts';
import type { StuckWatch } from './stuck-watch.ts';
import type { TaskEvents } from './task-events.ts';
import { UnderWay } from './under-way.ts';
import type { PoolTask, PoolWorker, TaskMessage, WorkerEnd } from './worker-source.ts';

export interface DispatcherParts {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly random: Random;
  readonly options: ResolvedPoolOptions;
  readonly runTimes: RunTimes;
  readonly events: TaskEvents;
  readonly watch: StuckWatch;
  readonly costs: CloneCosts;
  /** Can a busy worker be ended from outside? */
  readonly canKill: boolean;
  /** A task of its own for an item of a batch. */
  readonly onAlone: (call: TaskCall, value: unknown) => PoolTask;
  readonly packItem: (call: TaskCall, value: unknown) => Packed;
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
  readonly #fleet: Fleet;
  readonly #callers = new Callers();
  readonly #sending: Sending;
  readonly #underWay: UnderWay;
  readonly #outcomes: Outcomes;

  constructor(parts: DispatcherParts) {
    const callers = this.#callers;
    this.#fleet = parts.fleet;
    const sending = (this.#sending = new Sending({
      ...parts,
      callers,
      onStarted: (task, worker) => this.#underWay.onStarted(task, worker),
      onUnsendable: (task, error) => this.#outcomes.refuse(task, error),
    }));
    const outcomes = (this.#outcomes = new Outcomes({
      ...parts,
      sending,
      callers,
      cancel: (task, error) => this.cancel(task, error),
    }));
    this.#underWay = new UnderWay({ ...parts, sending, outcomes });
  }

  get counters(): TaskCounters {
    return this.#outcomes.counters;
  }

  /** Calls that wait for a worker, or for another task in their worker. */
  get queued(): number {
    return this.#sending.callsWaiting;
  }

  /** Tasks that may begin now, as far as the number of workers asked for allows. */
  get capacity(): number {
    return this.#sending.capacity;
  }

  /** Tasks without an outcome. */
  get unsettled(): number {
    return this.#sending.waiting + this.#outcomes.delayed.size + this.#sending.running;
  }

  /** Every task without an outcome, at this moment. */
  tasks(): PoolTask[] {
    const tasks = [...this.#sending.queue, ...this.#outcomes.delayed];
    for (const worker of this.#fleet.workers) tasks.push(...worker.tasks.values());
    return tasks;
  }

  enqueue(task: PoolTask): void {
    this.#callers.countUnderWay(task, 1);
    this.#sending.enqueue(task);
  }

  /** Throws what can't be sent; nothing has happened then. */
  send(task: PoolTask, worker: PoolWorker): void {
    this.#sending.send(task, worker);
  }

  /** The worker has room: gives it what waits, or keeps it at hand. */
  fill(worker: PoolWorker): void {
    this.#sending.fill(worker);
  }

  /** Gives what waits to workers that have room, and starts more for the rest. */
  dispatch(): void {
    this.#sending.dispatch();
  }

  /** What the worker has not begun goes to others. */
  takeBack(worker: PoolWorker): void {
    if (this.#sending.takeBack(worker) > 0) this.#sending.dispatch();
  }

  /** The consumer of a stream has room for more items. */
  addCredit(task: PoolTask, items: number): void {
    this.#underWay.addCredit(task, items);
  }

  onMessage(worker: PoolWorker, message: TaskMessage): void {
    this.#underWay.onMessage(worker, message);
  }

  /** Stops a task for `error`, the first reason only. It settles once it has stopped. */
  cancel(task: PoolTask, error: unknown): void {
    this.#underWay.cancel(task, error);
  }

  /** Stops one item of a batch, by its index in its map. */
  cancelItem(task: PoolTask, batch: Batch, index: number, error: unknown): void {
    this.#underWay.cancelItem(task, batch, index, error);
  }

  /** May items of this function travel together? */
  mayBatch(name: string): boolean {
    return this.#sending.mayBatch(name);
  }

  /** Its worker is gone, for certain. */
  lose(task: PoolTask, worker: PoolWorker, end: WorkerEnd): void {
    this.#outcomes.lose(task, worker, end);
  }

  /** The pool has failed: settles all that wait, now and later, with the error that `reason` makes. */
  refuseWaiting(reason: () => unknown): void {
    const freed: PoolWorker[] = [];
    for (const worker of this.#fleet.workers) {
      this.#sending.takeBack(worker);
      if (worker.firstTask !== undefined && this.#sending.closeBatch(worker.firstTask) !== undefined)
        freed.push(worker);
    }
    this.#outcomes.refuseWaiting(reason);
    for (const worker of freed) this.#sending.fill(worker);
  }

  /** No task is left. */
  stop(): void {
    this.#sending.stop();
  }

  // ---- calls of tasks by tasks ----

  /** The task that this run belongs to, unless it was told to stop. */
  running({ workerId, id }: RunIdentity): PoolTask | undefined {
    for (const worker of this.#fleet.workers) {
      const task = worker.id === workerId ? worker.tasks.get(id) : undefined;
      if (task?.state === 'running') return task;
    }
    return undefined;
  }

  /**
   * What the run of a task has called; made with its first call. What is behind it in its worker is taken back, and handed out when
   * the call is enqueued.
   */
  familyOf(task: PoolTask): Family<PoolTask> {
    if (task.family !== undefined) return task.family;
    this.#sending.takeBack(task.worker!);
    return this.#callers.familyOf(task);
  }

  stats(): PoolStats['tasks'] {
    const { callsWaiting, callsRunning } = this.#sending;
    return { ...this.counters, queued: callsWaiting, delayed: this.#outcomes.delayed.size, running: callsRunning };
  }
}
