/** The one table of errors: code -> message, which says what was expected, what came, and what to do. docs/errors.md has a heading for each. */
const MESSAGES = {
  SYNC_ARGUMENT: (what: string, expected: string, got: string) => `${what} must be ${expected}; got ${got}`,
  SYNC_HANDLE: (what: string, problem: string) =>
    `this is no handle of a ${what} of this version of @heddle/sync (${problem}); pass on what its property \`handle\` gives`,
  SYNC_UNAVAILABLE: (reason: string) =>
    `across: 'processes' can't be had here (${reason}); it needs Linux and @heddle/core-native with its binary, otherwise use across: 'threads'`,
  SYNC_NOT_ATTACHED: (waitMs: number) =>
    `nobody watches this thread's life: in ${waitMs} ms the thread that started it did not attach it, so a lock that it holds would ` +
    'stay locked when it ends. Make or open the lock in the thread that starts workers before it starts them, or call attach(worker) there',
  SYNC_FULL: (threads: number) =>
    `${threads} threads have their places already, which is the most there can be; end some of them, or make room for more`,
  SYNC_NAMES: (names: number) =>
    `${names} names are taken, which is the most there can be; make what has no fixed name by create(), and send its handle`,
  SYNC_WOULD_BLOCK: (call: string, thread: string) =>
    `${call} blocks the thread, which ${thread} must not, because it would not notice that a worker has ended; use the call without Sync here`,
  SYNC_RELOCK: (call: string) =>
    `${call} waits for a lock that its own caller holds, so it would wait for ever; pass the guard on, or release it first`,
  SYNC_NOT_HELD: (call: string) =>
    `${call}: this guard doesn't hold its lock any more, it was released or has poisoned it before`,
  SYNC_NOT_ABANDONED: () =>
    'repair(): no owner died with this lock, or that was repaired already; look at guard.abandoned first',
  SYNC_ABANDONED: (call: string) =>
    `${call}: the owner before this guard died, and giving the lock up now would poison it; call repair() or poison() first`,
  SYNC_TIMEOUT: (what: string, timeoutMs: number) => `${what} could not be had within ${timeoutMs} ms`,
  SYNC_POISONED: () =>
    'the lock is poisoned: its holder called poison(), or got it abandoned and released it without repair(); make what it guards anew, with a new lock',
  SYNC_DEADLOCK: (call: string, waits: string) =>
    `${call} would wait for ever, and was chosen to fail: these wait for each other, each for the next, and without a limit. Take the locks in ` +
    `the same order everywhere\n${waits}`,
  SYNC_CLOSED: (call: string) =>
    `${call}: the channel is closed; what was sent before could still be received, and now there is nothing left for this call`,
  SYNC_UNSENDABLE: (call: string, path: string, found: string) =>
    `${call}: ${path} is ${found}, which can't be copied into a channel; leave it out, or pass it on by postMessage`,
  SYNC_VALUE_BYTES: (call: string, bytes: number, blockBytes: number) =>
    `${call}: the value takes ${bytes} bytes, and a block of this channel has ${blockBytes}; make the channel with a blockBytes of at least ` +
    `${bytes}, or send it in parts`,
  SYNC_BROKEN: (what: string) =>
    `${what} is broken: a thread that it waits for has ended, or said that it can't go on; make a new one`,
} as const;

type Messages = typeof MESSAGES;
/** `SYNC_…`, stable; docs/errors.md has a heading for each. */
export type SyncErrorCode = keyof Messages;
export const SYNC_ERROR_CODES = Object.keys(MESSAGES) as readonly SyncErrorCode[];

/** Every error that this package makes. Tell them apart by `code`. An aborted wait rejects with the reason of its signal instead. */
export class SyncError extends Error {
  readonly code: SyncErrorCode;

  constructor(code: SyncErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
Object.defineProperty(SyncError.prototype, 'name', { value: 'SyncError', configurable: true, writable: true });

/** One of those who wait for each other. */
export interface DeadlockedWait {
  /** For what: kind, and name or number, as `mutex "accounts"`. */
  readonly waitsFor: string;
  /** `threadId` of the thread that waits. */
  readonly thread: number;
  /** Number of its process. */
  readonly process: number;
  /** False: it is an asynchronous call, and the thread may run other code. */
  readonly isBlocked: boolean;
  /** Where it waits; empty when it could not be learned. */
  readonly stack: string;
  /** What keeps it: the next in the list, which belongs to `otherThread` of `otherProcess`. */
  readonly reason: 'has it' | 'is before it in line' | 'has not arrived' | 'has not counted';
  readonly otherThread: number;
  readonly otherProcess: number;
  /** Where that took it; empty unless the order of locks is checked. */
  readonly hadAt: string;
}

/** SYNC_DEADLOCK, with what was found. */
export class DeadlockError extends SyncError {
  /** In a circle: each waits for the next, the last for the first, which is the one that failed. */
  readonly waits: readonly DeadlockedWait[];

  constructor(call: string, waits: readonly DeadlockedWait[]) {
    super('SYNC_DEADLOCK', MESSAGES.SYNC_DEADLOCK(call, describeWaits(waits)));
    this.waits = waits;
  }
}
Object.defineProperty(DeadlockError.prototype, 'name', { value: 'DeadlockError', configurable: true, writable: true });

function describeWaits(waits: readonly DeadlockedWait[]): string {
  // Threads of several processes may have the same number.
  const isAcross = waits.some(({ process, otherProcess }) => process !== otherProcess);
  const named = (thread: number, process: number) => `thread ${thread}${isAcross ? ` of process ${process}` : ''}`;
  return waits
    .map((wait) => describeWait(wait, named(wait.thread, wait.process), named(wait.otherThread, wait.otherProcess)))
    .join('\n');
}

function describeWait(
  { waitsFor, isBlocked, stack, reason, hadAt }: DeadlockedWait,
  waiter: string,
  other: string,
): string {
  const how = isBlocked ? 'is blocked and waits' : 'waits asynchronously';
  const taken = hadAt === '' ? '' : `\n    which was taken\n${indent(hadAt)}`;
  return `  ${waiter} ${how} for ${waitsFor}; ${other} ${reason}\n${indent(stack)}${taken}`;
}

function indent(stack: string): string {
  return stack
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}

/** Makes the error of `code`, its message from the table. */
export function syncError<Code extends SyncErrorCode>(code: Code, ...details: Parameters<Messages[Code]>): SyncError {
  const message = (MESSAGES[code] as (...details: unknown[]) => string)(...details);
  const error = new SyncError(code, message);
  // The stack begins with who found the fault.
  Error.captureStackTrace(error, syncError);
  return error;
}

/** A value in a message: short, and whatever it is. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
