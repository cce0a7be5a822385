/**
 * One error class built from the table. What a user's function throws is never wrapped in it: it arrives as itself.
 */
import { ERROR_CODES, type ErrorCode, type ErrorDetails } from './codes.ts';
import type { Examination, Verdict } from './examination.ts';

/** Which task an error belongs to; non-enumerable property `task` of every error that a task rejects with. */
export interface TaskTrace {
  /** Name of the exported function. */
  readonly name: string;
  /** Position in the input of `map`; undefined in `run` and `stream`. */
  readonly index: number | undefined;
  /** 1 for the first run. */
  readonly attempt: number;
  /** The worker that ran it; undefined when no worker had it at the end. */
  readonly workerId: number | undefined;
  /** Process id of a worker process. Inline: this process. */
  readonly pid: number | undefined;
  /** Thread id of a worker thread. */
  readonly threadId: number | undefined;
  /** Exit code of the worker, null when a signal ended it; undefined when the worker lives on. */
  readonly exitCode: number | null | undefined;
  /** The signal that ended the worker, null when it exited by itself; undefined when it lives on. */
  readonly signal: NodeJS.Signals | null | undefined;
  /** The last lines that the worker wrote to stderr, oldest first. */
  readonly stderrTail: readonly string[];
  /** Milliseconds from the start of the run to its end, seen by the host; 0 when no worker had it at the end. */
  readonly elapsedMs: number;
}

/** What an error tells of the worker. */
export interface TracedWorker {
  readonly id: number;
  readonly pid: number | undefined;
  readonly threadId: number | undefined;
  readonly stderrTail: readonly string[];
  readonly exitCode?: number | null;
  readonly signal?: NodeJS.Signals | null;
}

/** On every error of heddle's own, whichever copy of this class made it. */
const OWN_ERROR = Symbol.for('@heddle/ts-orchestrator/error@1');

/**
 * Every error that heddle itself makes. Tell them apart by `code`; `docs/errors.md` has one heading per code.
 * `name` is the class in the table of codes, e.g. `WorkerDiedError`.
 *
 * One thread may have several copies of this class: a worker's entry has one, the task module may import another, from this package or
 * from another version of it. `instanceof HeddleError` holds for the errors of all of them.
 */
export class HeddleError extends Error {
  /** `HEDDLE_…`, stable. */
  readonly code: ErrorCode;
  /** Can the same call succeed later, with nothing changed in the program? */
  readonly retryable: boolean;
  /** The task this belongs to, when it belongs to one (non-enumerable). */
  declare readonly task?: TaskTrace;
  /** What its worker did when it had to be ended, seen from outside; absent when nobody looked. */
  declare readonly verdict?: Verdict;
  /** Where the JavaScript of its worker stood then, as in `stack`; absent when there was none to be had. */
  declare readonly workerStack?: string;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = ERROR_CODES[code].retryable;
    Object.defineProperty(this, 'name', { value: ERROR_CODES[code].class, configurable: true, writable: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
    return this === HeddleError && hasMark(value);
  }
}
Object.defineProperty(HeddleError.prototype, OWN_ERROR, { value: true });

/** Objects of the user may throw when they are looked at. */
function hasMark(value: unknown): boolean {
  try {
    return typeof value === 'object' && value !== null && (value as { [OWN_ERROR]?: unknown })[OWN_ERROR] === true;
  } catch {
    return false;
  }
}

/** A worker ended, by whatever cause, while it ran the task: HEDDLE_WORKER_DIED, or the limit that it went over. */
export class WorkerDiedError extends HeddleError {
  /** Process id of a worker process. */
  readonly pid: number | undefined;
  /** Thread id of a worker thread. */
  readonly threadId: number | undefined;
  /** Exit code; null when a signal ended it. */
  readonly exitCode: number | null;
  /** The signal that ended it; null when it exited by itself. */
  readonly signal: NodeJS.Signals | null;
  /** The last lines the worker wrote to stderr, oldest first. */
  readonly stderrTail: readonly string[];
  /** Which attempt at the task this was, from 1. */
  readonly attempt: number;
  /** Had the worker begun the task? False: it is safe to run again. */
  readonly hasBegun: boolean;

  constructor(
    message: string,
    death: Omit<WorkerDeath, 'how' | 'limit'>,
    task: { readonly attempt: number; readonly hasBegun: boolean },
    options?: ErrorOptions,
    code: ErrorCode = 'HEDDLE_WORKER_DIED',
  ) {
    super(code, message, options);
    this.pid = death.pid;
    this.threadId = death.threadId;
    this.exitCode = death.exitCode;
    this.signal = death.signal;
    this.stderrTail = death.stderrTail;
    this.attempt = task.attempt;
    this.hasBegun = task.hasBegun;
  }
}

/** A task that took one worker after the other with it. */
export class TaskQuarantinedError extends HeddleError {
  /** What each of its attempts ended with, oldest first. */
  readonly causes: readonly unknown[];

  constructor(message: string, causes: readonly unknown[]) {
    super('HEDDLE_TASK_QUARANTINED', message, { cause: causes[0] });
    this.causes = causes;
  }
}

/** What is known of a worker's end. */
export interface WorkerDeath {
  readonly pid: number | undefined;
  readonly threadId: number | undefined;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderrTail: readonly string[];
  /** In words: "was killed by SIGSEGV", "exited with code 7". */
  readonly how: string;
  /** The limit that ended it, when one did. */
  readonly limit?: { readonly option: string; readonly value: number; readonly usedMiB?: number } | undefined;
}

/** Makes the error of `code`, its message from the table. `cause` is kept when given. */
export function heddleError<Code extends ErrorCode>(
  code: Code,
  details: ErrorDetails<Code>,
  cause?: unknown,
): HeddleError {
  const message = (ERROR_CODES[code].message as (details: ErrorDetails<Code>) => string)(details);
  const error = new HeddleError(code, message, cause === undefined ? undefined : { cause });
  // The stack begins with who found the fault.
  Error.captureStackTrace(error, heddleError);
  return error;
}

export function workerDiedError(
  worker: string,
  death: WorkerDeath,
  task: { readonly name: string; readonly attempt: number; readonly hasBegun: boolean } | undefined,
  cause?: unknown,
): WorkerDiedError {
  const { how, stderrTail, limit } = death;
  const code =
    limit === undefined
      ? 'HEDDLE_WORKER_DIED'
      : limit.option === 'limits.cpuSeconds'
        ? 'HEDDLE_LIMIT_CPU'
        : 'HEDDLE_LIMIT_MEMORY';
  const message =
    code === 'HEDDLE_WORKER_DIED'
      ? ERROR_CODES[code].message({ worker, how, task, stderrTail })
      : ERROR_CODES[code].message({ worker, task, ...limit! });
  return new WorkerDiedError(
    message,
    death,
    task ?? { attempt: 0, hasBegun: false },
    cause === undefined ? undefined : { cause },
    code,
  );
}

/** Tells in an error that nobody has seen yet what its worker was at. The first telling stays. */
export function addExamination(error: HeddleError, examination: Examination | undefined): void {
  if (examination === undefined || error.verdict !== undefined) return;
  const { verdict, workerStack, summary } = examination;
  const message = `${error.message}; ${summary}`;
  // The stack begins with the message as it was.
  const stack = error.stack?.replace(error.message, () => message);
  Object.assign(error, { message, verdict }, workerStack === undefined ? {} : { workerStack });
  if (stack !== undefined) error.stack = stack;
}

export function quarantinedError(
  task: { readonly name: string; readonly times: number; readonly hasBegun: boolean },
  causes: readonly unknown[],
): TaskQuarantinedError {
  const last = causes.at(-1);
  const message = ERROR_CODES.HEDDLE_TASK_QUARANTINED.message({
    ...task,
    last: last instanceof Error ? last.message : String(last),
  });
  return new TaskQuarantinedError(message, causes);
}

/** Adds the non-enumerable `task` to a thrown object; primitives and frozen objects stay as they are. */
export function traceTask(error: unknown, trace: TaskTrace): void {
  if (typeof error !== 'object' || error === null || !Object.isExtensible(error) || Object.hasOwn(error, 'task'))
    return;
  Object.defineProperty(error, 'task', { value: trace, enumerable: false, configurable: true });
}
