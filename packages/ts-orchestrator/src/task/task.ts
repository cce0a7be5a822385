/**
 * One call of one function, from submission to its only outcome.
 */
import type { Clock, Timer } from '../clock/clock.ts';
import { traceTask, type TracedWorker } from '../errors/errors.ts';
import type { Batch } from './batch.ts';
import type { RetryRule } from './task-options.ts';
import { canMoveTask, type TaskState } from './task-state.ts';

/** How a task ends; for a stream the value is undefined and the items came before. */
export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

export interface TaskCall {
  readonly name: string;
  /** 0: one value. n: a stream that may run n items ahead. */
  readonly credit: number;
  readonly index: number | undefined;
  readonly priority: number;
  /** Items of a map that travel as one task, as long as nothing happens to one of them. */
  readonly batch?: Batch | undefined;
  /** Of the `map` that it belongs to: see queue/turns.ts. */
  readonly lane?: { turn: number } | undefined;
  /** Milliseconds a run may take; undefined: no limit. For a stream: the longest wait for one item. */
  readonly timeoutMs: number | undefined;
  /** Runs after the first that its caller allows. */
  readonly retry: RetryRule;
  readonly onItem?: ((value: unknown) => void) | undefined;
  readonly onProgress: ((value: unknown) => void) | undefined;
  /** Called once. */
  readonly onOutcome: (outcome: Outcome) => void;
}

/** Arguments as the transport packed them. */
export interface PackedArguments {
  readonly value: unknown;
  readonly transfer: readonly unknown[];
  readonly canResend: boolean;
  readonly canGoAhead: boolean;
}

/** The calls that one run of a task made of its own pool. Writer: the dispatcher, and who makes them. */
export class Family<T> {
  /** How deep the calls are, from 1. */
  readonly depth: number;
  /** Calls without an outcome that end with the run. */
  readonly children = new Map<unknown, T>();
  /** Those of them that wait for a worker or have one. As long as there are any, the caller counts as waiting. */
  underWay = 0;
  /** The run is over: nobody waits for these calls. */
  isOver = false;

  constructor(depth: number) {
    this.depth = depth;
  }
}

const NONE: readonly unknown[] = [];

export class Task<Packed extends PackedArguments = PackedArguments, Worker = unknown> {
  /** Number in its worker of the run that is under way, new for every run: what comes late from one never hits the next. */
  id = 0;
  /** Of the call in its pool, from 1. */
  readonly number: number;
  call: TaskCall;
  /** The items that it is, or was, as long as answers to them are to come before its own: see pool/sending.ts. */
  batch: Batch | undefined;
  /** Its number in the batch that its run began as, from 0. */
  item = 0;
  readonly priority: number;
  /** How many calls of the pool by its own tasks led here. */
  readonly depth: number;
  /** Among those that wait, from when it first did. */
  turn = 0;
  /** Among those that wait: see queue/task-queue.ts. */
  place = -1;
  /** By the pool's clock; written where times are recorded: see pool/task-times.ts. */
  waitsSince = 0;
  /** Milliseconds that its run counts for in its worker: see pool/send-ahead.ts. */
  expectedMs = 0;
  /** From 1; counts the runs that had begun. */
  attempt = 1;
  /** Errors of the attempts that failed, and of workers that died before it began. Oldest first. */
  failures: readonly unknown[] = NONE;
  /** Attempts that ended with the death of the worker. */
  deaths = 0;
  /** How often its worker died before it began. */
  resends = 0;
  /** Calls that its run made of its own pool, when it made any. */
  family: Family<Task<Packed, Worker>> | undefined;
  /** Of the run that called it; undefined: the program did. */
  readonly parent: Family<Task<Packed, Worker>> | undefined;
  /** An item of the stream has been handed out: running again would give it twice. */
  hasDelivered = false;
  packed: Packed | undefined;
  /** Something large came back from it. */
  hasCost = false;
  /** The worker that has it; undefined unless sent, running or cancelling. */
  worker: Worker | undefined;
  /** Why it was stopped, the first reason only; set while cancelling. */
  cause: { readonly error: unknown; readonly isTimeout: boolean } | undefined;
  /** Its caller cancelled it: whatever stopped it first, it doesn't run again. */
  isUnwanted = false;
  /** Time-out of the run, then the grace after a cancel. One at a time. */
  timer: Timer | undefined;
  /** Items of a stream that the worker may still send. */
  creditLeft: number;
  #state: TaskState = 'queued';
  #startedAt: number | undefined;

  constructor(number: number, call: TaskCall, packed: Packed | undefined, parent?: Family<Task<Packed, Worker>>) {
    this.number = number;
    this.parent = parent;
    this.depth = parent === undefined ? 0 : parent.depth;
    this.call = call;
    this.batch = call.batch;
    this.priority = call.priority;
    this.packed = packed;
    this.creditLeft = call.credit;
  }

  /** Calls that it stands for. */
  get size(): number {
    return this.batch === undefined ? 1 : this.batch.left;
  }

  get state(): TaskState {
    return this.#state;
  }

  /** When its last run began, by the pool's clock; undefined before the first. */
  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  move(to: TaskState): void {
    if (!canMoveTask(this.#state, to)) throw new Error(`task ${this.id} can't go from ${this.#state} to ${to}`);
    this.#state = to;
  }

  start(clock: Clock, agoMs = 0): void {
    this.#startedAt = clock.now() - agoMs;
  }

  /** Goes on as the call of one item. */
  become(call: TaskCall, item: number, packed: Packed): void {
    this.item = item;
    this.call = call;
    this.packed = packed;
  }

  /** It is nothing any more: all that it stood for is settled, or other tasks. */
  dissolve(): void {
    this.move('settled');
    this.setTimer(undefined);
    this.packed = undefined;
    this.worker = undefined;
    this.batch = undefined;
  }

  setTimer(timer: Timer | undefined): void {
    this.timer?.cancel();
    this.timer = timer;
  }

  /** Adds to an error what is known of the task and its worker. */
  trace(error: unknown, worker: TracedWorker | undefined, clock: Clock, index = this.call.index): void {
    traceTask(error, {
      name: this.call.name,
      index,
      attempt: this.attempt,
      workerId: worker?.id,
      pid: worker?.pid,
      threadId: worker?.threadId,
      exitCode: worker?.exitCode,
      signal: worker?.signal,
      stderrTail: worker?.stderrTail ?? [],
      elapsedMs: worker === undefined || this.#startedAt === undefined ? 0 : clock.now() - this.#startedAt,
    });
  }

  /** Back to where it was before its last run. */
  rewind(): void {
    this.setTimer(undefined);
    this.item = 0;
    this.worker = undefined;
    this.cause = undefined;
    this.creditLeft = this.call.credit;
  }

  /** The only place that ends a task. */
  settle(outcome: Outcome): void {
    this.move('settled');
    this.setTimer(undefined);
    this.packed = undefined;
    this.worker = undefined;
    this.call.onOutcome(outcome);
  }
}
