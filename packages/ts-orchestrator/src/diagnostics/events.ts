/**
 * What a pool tells to whoever listens: plain objects on two channels of node:diagnostics_channel. Nothing is made while nobody
 * listens: every publisher asks `hasSubscribers` first.
 *
 *   import { subscribe } from 'node:diagnostics_channel';
 *   subscribe('heddle:worker', (event) => …);
 *
 * A listener runs synchronously inside the pool; what it throws becomes an uncaught exception of the program, as Node does it.
 */
import { channel, type Channel } from 'node:diagnostics_channel';
import type { Examination } from '../errors/examination.ts';

/** Which worker an event is about. */
export interface WorkerIdentity {
  /** Name of the pool. */
  readonly pool: string;
  /** Number of the worker in its pool, from 1. */
  readonly workerId: number;
  /** Process id; threads have none of their own. */
  readonly pid: number | undefined;
  /** Thread id of a worker thread, as `worker_threads` counts. */
  readonly threadId: number | undefined;
}

/** On the channel `heddle:worker`. Every worker tells `started` first and exactly one of `stopped`, `died`, `stuck` last. */
export type WorkerEvent = WorkerIdentity &
  (
    | { readonly type: 'started' }
    /** Its module is loaded and set up: it takes tasks from now on, or waits as a spare. */
    | { readonly type: 'ready'; readonly elapsedMs: number }
    /** It takes no further task and is replaced. */
    | { readonly type: 'recycled'; readonly why: RecycleReason; readonly tasksGiven: number }
    /** It is being ended by force. `examination`: what it was at, when user code had to be interrupted. */
    | { readonly type: 'killed'; readonly examination: Examination | undefined }
    /** It ended as the pool wanted. */
    | { readonly type: 'stopped' }
    /** It ended by itself, never became ready, or was ended from outside. */
    | {
        readonly type: 'died';
        readonly exitCode: number | null;
        readonly signal: NodeJS.Signals | null;
        /** Of which code, and what was said last: as for a task that it took along. */
        readonly error: unknown;
      }
    /** Nothing ended it, and its slot is given up. */
    | { readonly type: 'stuck'; readonly examination: Examination | undefined }
  );

/** Why a worker was replaced. */
export type RecycleReason = 'tasks' | 'memory';

/** On the channel `heddle:task`. `task` numbers the calls of a pool from 1. Every task tells `settled` exactly once, last. */
export type TaskEvent = {
  readonly pool: string;
  readonly task: number;
  readonly name: string;
  readonly attempt: number;
} & (
  | { readonly type: 'submitted' }
  /** It may begin: its worker has no other before it. */
  | { readonly type: 'started'; readonly workerId: number }
  /**
   * `resent`: given to another worker, because the first died before it had begun. `retried`: its attempt failed, and another
   * follows as `retries` allows. `error`: of the attempt that ended.
   */
  | { readonly type: 'resent' | 'retried'; readonly error: unknown }
  /** It runs longer than `stuckAfterMs`. Told once per attempt; nothing is ended for it. */
  | {
      readonly type: 'stuck';
      readonly workerId: number;
      readonly elapsedMs: number;
      readonly examination: Examination | undefined;
    }
  /**
   * Calls of this function spend most of their time on copying values: the host's time for it, on top of which comes the worker's, is
   * longer than what they ran. Told once per function, before the call that makes it certain settles.
   */
  | {
      readonly type: 'cloning';
      readonly calls: number;
      readonly bytes: number;
      readonly cloneMs: number;
      readonly runMs: number;
      readonly advice: string;
    }
  | { readonly type: 'settled'; readonly ok: boolean; readonly error: unknown }
);

interface EventChannel<Event> {
  readonly hasSubscribers: boolean;
  publish(event: Event): void;
}

/** Narrows the type of what is published; the object is Node's own, found by its name from anywhere. */
const typed = <Event>(name: string) => channel(name) as Channel as EventChannel<Event>;

export const workerEvents = typed<WorkerEvent>('heddle:worker');
export const taskEvents = typed<TaskEvent>('heddle:task');
