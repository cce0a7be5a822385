/**
 * What travels between host and worker. Rule of the wire: the host sends `run` only to a worker that reported `ready`, and
 * only while the worker holds fewer tasks than it may; the worker runs them first in, first out, `tasksAtOnce` at a time, and
 * answers every `run` with exactly one `value`, `end`, `error` or `skipped` of the same id (a batch with one for each item, `skipped`
 * for all that were taken back, `given-back` for all that it gives back by itself), or dies. Everything about a task carries
 * its id, so a late message never hits another task. Ids number the tasks of a worker in the order in which they are sent,
 * from 1: see worker-words.ts, which also tells how the host takes a task back.
 *
 * Life of a worker:  spawned -> loaded -> ready -> (run -> item* -> value | end | error | skipped)* -> stop -> stopped
 *                    each step before ready may instead be `failed`.
 */
import type { Share } from '../isolation/budget.ts';
import type { CloneCost } from '../task/clone-cost.ts';
import type { EncodedThrow } from '../task/error-codec.ts';
import type { TaskTrace } from '../errors/errors.ts';
import type { parseNestedOptions } from '../task/task-options.ts';
import type { PayloadRole, TransferItem } from '../task/payload.ts';

/** What a worker needs to begin. Plain data. */
export interface StartOrder {
  readonly workerId: number;
  readonly poolName: string;
  readonly moduleUrl: string;
  /** For `setup(data)`; travels packed, as arguments do. */
  readonly setupData: unknown;
  /** The loader for TypeScript is needed, as a worker before this one found out. */
  readonly isTypeScriptWanted: boolean;
  /** Tell when this many MiB more are held than at the start; undefined: never. */
  readonly growthMiB: number | undefined;
  /** Results go by reference: inline with `unsafeByReference`. */
  readonly isByReference: boolean;
  /** Tasks that run at a time. */
  readonly tasksAtOnce: number;
  /** Of the cores; undefined: nothing is to be told. */
  readonly share: Share | undefined;
  /** Tell how much memory is taken: the number of workers depends on it. */
  readonly isMemoryTold: boolean;
}

/** What a worker takes of the machine's memory. */
export interface WorkerMemory {
  readonly nowMiB: number;
  /** The most so far, as far as it was seen. */
  readonly peakMiB: number;
}

export type HostMessage =
  | {
      readonly t: 'run';
      readonly id: number;
      readonly name: string;
      /** The arguments, packed by the transport; the worker gets the list. Of a batch, the one argument of each item. */
      readonly value: unknown;
      /** Several items of one map: run one after the other, each answered as a task is, by the number of the batch, in order. */
      readonly isBatch: boolean;
      /** Set on the worker's own side: why the arguments can't be read, which is how the task fails. */
      readonly unreadable?: unknown;
      /** Of a batch, of its first item. */
      readonly index: number | undefined;
      readonly attempt: number;
      /** 0: one value. n: a stream, and n items may be sent before more credit comes. */
      readonly credit: number;
    }
  | { readonly t: 'cancel'; readonly id: number; readonly reason: EncodedThrow }
  | { readonly t: 'credit'; readonly id: number; readonly items: number }
  /** The answer to a `call`: a list of the one value, packed as arguments are; or an error, and what it tells of its task. */
  | {
      readonly t: 'called';
      readonly id: number;
      readonly call: number;
      readonly value?: unknown;
      readonly error?: EncodedThrow | undefined;
      readonly task?: TaskTrace | undefined;
    }
  /** Is the event loop free? It answers `pong`. */
  | { readonly t: 'ping' }
  /** The host has read a stack through the inspector: close it. */
  | { readonly t: 'close-inspector' }
  | { readonly t: 'stop' };

export type StartPhase = 'load' | 'setup';

/** `cost`, on values: set on the host's own side, what it cost to read a large one. */
export type WorkerMessage =
  /** The entry runs; loading begins. `osThreadId`: what the system calls this thread, where it tells. */
  | { readonly t: 'spawned'; readonly isParentDeathSignalSet?: boolean; readonly osThreadId?: number | undefined }
  | { readonly t: 'pong' }
  /** It holds more memory than it is allowed to. Told once; a task may be on its way to it. */
  | { readonly t: 'grown'; readonly growthMiB: number }
  /** The module is there. `tasks` are the names it exports, `setup` and `teardown` not among them. */
  | { readonly t: 'loaded'; readonly tasks: readonly string[] }
  /** `memory`: where the order asks for it. */
  | { readonly t: 'ready'; readonly memory?: WorkerMemory | undefined }
  /** What it takes of the machine's memory has changed. */
  | { readonly t: 'memory'; readonly memory: WorkerMemory }
  | {
      readonly t: 'failed';
      readonly phase: StartPhase;
      readonly error: EncodedThrow;
      /** A new worker could load it, with the loader for TypeScript in place from the start. */
      readonly isTypeScriptWanted: boolean;
    }
  | { readonly t: 'value'; readonly id: number; readonly value: unknown; readonly cost?: CloneCost }
  | { readonly t: 'item'; readonly id: number; readonly value: unknown; readonly cost?: CloneCost }
  | { readonly t: 'end'; readonly id: number }
  | { readonly t: 'error'; readonly id: number; readonly error: EncodedThrow }
  /** One run of a function takes about so many milliseconds here. Told when it has changed much. */
  | { readonly t: 'run-time'; readonly name: string; readonly ms: number }
  /** It did not run it and won't: the host had taken it back, or cancelled it before it began. */
  | { readonly t: 'skipped'; readonly id: number }
  /** It begins no further item of this batch; those that have begun are answered. The others may be sent to it, one by one. */
  | { readonly t: 'given-back'; readonly id: number }
  /** Run `id` calls its own pool. Answered by `called`, unless the run is over before; numbered by the run. */
  | {
      readonly t: 'call';
      readonly id: number;
      readonly call: number;
      readonly name: string;
      /** The arguments, packed by the worker's port. */
      readonly args: unknown;
      readonly options: Omit<ReturnType<typeof parseNestedOptions>, 'signal'>;
    }
  /** It has given the call up. */
  | { readonly t: 'uncall'; readonly id: number; readonly call: number; readonly reason: EncodedThrow }
  | { readonly t: 'progress'; readonly id: number; readonly value: unknown; readonly cost?: CloneCost }
  /** Text a task printed, by the name of the task; undefined outside any. */
  | { readonly t: 'print'; readonly task: string | undefined; readonly text: string }
  /** An uncaught error is about to end the worker. */
  | { readonly t: 'fatal'; readonly error: EncodedThrow }
  | { readonly t: 'stopped'; readonly error: EncodedThrow | undefined };

export type CallMessage = Extract<WorkerMessage, { t: 'call' }>;

/** The worker's end of the wire. */
export interface WorkerPort {
  send(message: WorkerMessage): void;
  /**
   * Sends a value by value.
   * @throws {HeddleError} of class PayloadError, naming the path; nothing is sent then.
   */
  sendValue(
    t: 'value' | 'item' | 'progress',
    id: number,
    value: unknown,
    transfer: readonly TransferItem[],
    role: PayloadRole,
  ): void;
  /**
   * Sends a call of the task's own pool, the arguments by value.
   * @throws {HeddleError} of class PayloadError, naming the path; nothing is sent then.
   */
  sendCall(message: Omit<CallMessage, 'args'>, args: readonly unknown[]): void;
  /** Does this value survive the wire? */
  canSend(value: unknown): boolean;
  /**
   * Is what was sent before still in the memory of this worker? Then calls `onSent` when it no longer is: an answer must not be lost
   * with the task that begins after it.
   */
  isBehind(onSent: () => void): boolean;
  /** Task `id` counts as begun from `now` on, by `monotonicMs`. False: the host has taken it back, and it must not run. */
  begin(id: number, now: number): boolean;
  /** The same for an item of a batch, from 0, and all after it: the first begins the task. */
  beginItem(id: number, item: number, now: number): boolean;
  /** Prints a line of the task to the host's stderr. */
  print(task: string | undefined, text: string): void;
}
