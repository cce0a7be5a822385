/**
 * One call of one function, from submission to its only outcome.
 */
import type { Clock, Timer } from '../clock/clock.ts';
import { HeddleError, traceTask } from '../errors/errors.ts';
import { canMoveTask, type TaskState } from './task-state.ts';

/** How a task ends; for a stream the value is undefined and the items came before. */
export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

export interface TaskCall {
  readonly name: string;
  /** 0: one value. n: a stream that may run n items ahead. */
  readonly credit: number;
  readonly index: number | undefined;
  readonly priority: number;
  /** Milliseconds a run may take; undefined: no limit. For a stream: the longest wait for one item. */
  readonly timeoutMs: number | undefined;
  readonly onItem?: ((value: unknown) => void) | undefined;
  readonly onProgress: ((value: unknown) => void) | undefined;
  /** Called once. */
  readonly onOutcome: (outcome: Outcome) => void;
}

/** Arguments as the transport packed them. */
interface PackedArguments {
  readonly value: unknown;
  readonly transfer: readonly unknown[];
  readonly canResend: boolean;
}

export class Task<Packed extends PackedArguments = PackedArguments, Worker = unknown> {
  readonly id: number;
  readonly call: TaskCall;
  readonly priority: number;
  attempt = 1;
  packed: Packed | undefined;
  /** The worker that runs it; undefined unless running or cancelling. */
  worker: Worker | undefined;
  /** Its number; stays after the end, for the trace. */
  workerId: number | undefined;
  /** Why it was stopped, the first reason only; set while cancelling. */
  cause: { readonly error: unknown } | undefined;
  /** Time-out of the run, then the grace after a cancel. One at a time. */
  timer: Timer | undefined;
  /** Items of a stream that the worker may still send. */
  creditLeft: number;
  #state: TaskState = 'queued';
  #startedAt: number | undefined;

  constructor(id: number, call: TaskCall, packed: Packed | undefined) {
    this.id = id;
    this.call = call;
    this.priority = call.priority;
    this.packed = packed;
    this.creditLeft = call.credit;
  }

  get state(): TaskState {
    return this.#state;
  }

  move(to: TaskState): void {
    if (!canMoveTask(this.#state, to)) throw new Error(`task ${this.id} can't go from ${this.#state} to ${to}`);
    this.#state = to;
  }

  start(clock: Clock): void {
    this.#startedAt = clock.now();
  }

  setTimer(timer: Timer | undefined): void {
    this.timer?.cancel();
    this.timer = timer;
  }

  /** The only place that ends a task. */
  settle(outcome: Outcome, clock: Clock): void {
    this.move('settled');
    this.setTimer(undefined);
    this.packed = undefined;
    this.worker = undefined;
    // A reason to stop is the caller's own object and may end many tasks; it stays as it is.
    if (!outcome.ok && (this.cause === undefined || outcome.error instanceof HeddleError))
      traceTask(outcome.error, {
        name: this.call.name,
        attempt: this.attempt,
        workerId: this.workerId,
        elapsedMs: this.#startedAt === undefined ? 0 : clock.now() - this.#startedAt,
      });
    this.call.onOutcome(outcome);
  }
}
