/**
 * The seam. A transport packs values, starts a worker, sends to it, ends it, and reports what comes back and that it is gone.
 * It knows nothing of queues, deadlines or policy.
 */
import type { StackReading } from '../errors/examination.ts';
import type { CloneCost } from '../task/clone-cost.ts';
import type { PayloadRole, TransferItem } from '../task/payload.ts';
import type { Backend } from '../isolation/levels.ts';
import type { ExceededLimit } from '../isolation/worker-limits.ts';
import type { HeldSegments } from './held-segments.ts';
import type { HostMessage, StartOrder, WorkerMessage } from './protocol.ts';
import type { HostWords } from './worker-words.ts';

export type { Backend } from '../isolation/levels.ts';

/** Arguments as they will travel; taken over by value, so that the caller may change or detach what it passed. */
export interface Packed {
  readonly value: unknown;
  readonly transfer: readonly TransferItem[];
  /** Can it be sent a second time, to another worker, when the first died before it started the task? */
  readonly canResend: boolean;
  /** Is it small, and fit to be sent to a worker that has another task before it? Large values would fill its memory meanwhile. */
  readonly canGoAhead: boolean;
  /** What it cost, and what sending it costs on top; undefined: it is small, or nothing is copied. */
  readonly cost?: CloneCost | undefined;
  /** Where a worker would get these very objects: makes them anew for each sending. */
  readonly fresh?: () => { readonly value: unknown; readonly transfer: readonly TransferItem[] };
}

/** When packed arguments are sent: see `Transport.pack`. */
export type PackFor = 'now' | 'later' | 'keep';

/** How a worker ended. */
export interface LinkExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What ended it, when it is known: an uncaught error, a failed spawn. */
  readonly cause: unknown;
  /** It never ran: the operating system refused. */
  readonly isSpawnFailure: boolean;
  /** The limit it went over, when that is why it ended. */
  readonly limit?: ExceededLimit | undefined;
}

export interface LinkEvents {
  onMessage(message: WorkerMessage): void;
  /** Text from the worker's stdout or stderr, in pieces as they come. `task` is the name of the task that printed it. */
  onOutput(task: string | undefined, text: string): void;
  /** Once, after every message and all output that will ever come. */
  onExit(exit: LinkExit): void;
}

/** One running worker. */
export interface Link {
  readonly pid: number | undefined;
  readonly threadId: number | undefined;
  /**
   * Sends, synchronously serialized.
   * @throws {HeddleError} HEDDLE_ARGUMENT_UNCLONEABLE, when the value was packed 'now'; nothing is sent then.
   */
  send(message: HostMessage, transfer?: readonly TransferItem[]): void;
  /** What it has begun, and how to take back what it has not; undefined: not known, and what was sent counts as begun. */
  readonly words: HostWords | undefined;
  /** Where there are no words: how to take back what of a batch has not begun. */
  readonly batches?: Pick<HostWords, 'revoke'>;
  /** How small tasks travel now; absent: they don't. */
  readonly wire?: Wire;
  /**
   * Reads where its JavaScript stands, through its inspector, and lets it go on. Calls `done` once, after a deadline of its own at
   * the latest; the returned function gives up, and `done` is not called then. One reading at a time. Absent: there is no way.
   */
  readonly readStack?: ((done: (reading: StackReading) => void) => () => void) | undefined;
  /** Asks the platform to end it in a way that it may answer: SIGTERM. Absent: there is no such way. */
  readonly terminate?: (() => void) | undefined;
  /** Ends it as hard as the platform can. `onExit` follows, unless it is blocked in native code. */
  kill(): void;
  /** Gives up on it: no event comes any more, and it no longer holds anything of the host. */
  abandon(): void;
}

export interface Transport {
  readonly backend: Backend;
  /** Can a busy worker be ended from outside? */
  readonly canKill: boolean;
  /** What ends a worker when the host is SIGKILLed, for `pool.stats()`. */
  readonly parentDeath: ParentDeath;
  /**
   * Takes a value over. 'now': it is sent before the caller gets control back, so a copy can be saved. 'later': it waits in
   * the queue, so it is copied at once. 'keep': it may be sent more than once, so a copy is kept; what is listed for transfer is
   * detached all the same, and each sending copies it.
   * @throws {HeddleError} HEDDLE_ARGUMENT_UNCLONEABLE, HEDDLE_SHARED_ARRAY, HEDDLE_TRANSFER, HEDDLE_PAYLOAD_BYTES.
   */
  pack(args: readonly unknown[], transfer: readonly TransferItem[], role: PayloadRole, when: PackFor): Packed;
  /** Takes over the arguments of a call that a task made, as its worker sent them. */
  repack(args: unknown): Packed;
  /** Does a value survive the way to a worker? For the reason of a cancel, which is told as far as it can be. */
  canSend(value: unknown): boolean;
  /** Takes over what `setup(data)` gets; for `StartOrder.setupData`. Throws as `pack` does. */
  packSetup(data: unknown): unknown;
  /** Memory that workers with these process ids share across processes. Absent: workers of this kind share none. */
  readonly heldSegments?: ((pids: readonly number[]) => HeldSegments) | undefined;
  start(order: StartOrder, events: LinkEvents): Link;
}

/** `ring`: as records in memory that both have. `channel`: as messages of the system, like everything that is large. */
export type Wire = 'ring' | 'channel';

/**
 * How workers end with their host. `same-process`: threads and inline. `setpriv`: the parent-death signal, set by the program of
 * that name. `addon`: the same, set by core-native. `guard`: a shell beside each isolated worker, where there is no `setpriv`.
 * `bubblewrap`: the sandbox's own signal. `not-guaranteed`: an idle worker ends, a busy one may stay.
 */
export type ParentDeath = 'same-process' | 'addon' | 'setpriv' | 'guard' | 'bubblewrap' | 'not-guaranteed';
