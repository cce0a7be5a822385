/**
 * The one table of errors: code -> class, whether trying again can help, and the message.
 *
 * A message says what was expected, what came, and what to do, in one sentence or two. The class is the `name` of the
 * error; `HeddleError` stands for all that need no class of their own. `docs/errors.md` has one heading per code, in this
 * order, and a test keeps both equal.
 */
export type ErrorClass =
  | 'HeddleError'
  | 'OptionError'
  | 'ModuleError'
  | 'PayloadError'
  | 'TaskQuarantinedError'
  | 'TaskTimeoutError'
  | 'WorkerDiedError'
  | 'WorkerStuckError';

interface CodeRow<Details> {
  readonly class: ErrorClass;
  /** Can the same call succeed later, with nothing changed in the program? */
  readonly retryable: boolean;
  readonly message: (details: Details) => string;
}

function row<Details>(row: CodeRow<Details>): CodeRow<Details> {
  return row;
}

/** `; did you mean "x"?` or a list of what exists: the second half of every "unknown name" message. */
function suggestion(nearest: string | undefined, known: readonly string[]): string {
  if (nearest !== undefined) return `; did you mean "${nearest}"?`;
  return known.length === 0 ? '' : `; known: ${known.join(', ')}`;
}

/** A limit that ended a worker, and the task that ran then. */
interface LimitDetails {
  readonly worker: string;
  readonly option: string;
  readonly value: number;
  /** Measured by heddle; undefined: enforced by V8 or the kernel. */
  readonly usedMiB?: number | undefined;
  readonly task: { readonly name: string; readonly attempt: number } | undefined;
}

function during(task: LimitDetails['task']): string {
  return task === undefined ? '' : `while it ran "${task.name}" (attempt ${task.attempt}) `;
}

export const ERROR_CODES = {
  HEDDLE_OPTION_UNKNOWN: row<{ what: string; option: string; nearest: string | undefined; known: readonly string[] }>({
    class: 'OptionError',
    retryable: false,
    message: ({ what, option, nearest, known }) => `${what} has no option "${option}"${suggestion(nearest, known)}`,
  }),
  HEDDLE_OPTION_INVALID: row<{ option: string; expected: string; got: string }>({
    class: 'OptionError',
    retryable: false,
    message: ({ option, expected, got }) => `${option} must be ${expected}; got ${got}`,
  }),
  HEDDLE_OPTION_UNSUPPORTED: row<{ option: string; backend: string; instead: string }>({
    class: 'OptionError',
    retryable: false,
    message: ({ option, backend, instead }) => `${option} has no effect with backend "${backend}": ${instead}`,
  }),
  HEDDLE_OPTION_CONFLICT: row<{ option: string; other: string; instead: string }>({
    class: 'OptionError',
    retryable: false,
    message: ({ option, other, instead }) => `${option} can't be met with ${other}: ${instead}`,
  }),
  HEDDLE_ISOLATION_UNAVAILABLE: row<{ what: string; reason: string; instead: string }>({
    class: 'OptionError',
    retryable: false,
    message: ({ what, reason, instead }) => `${what} needs ${reason}; ${instead}`,
  }),
  HEDDLE_MODULE_URL: row<{ got: string }>({
    class: 'ModuleError',
    retryable: false,
    message: ({ got }) =>
      `the task module must be a file: URL or an absolute path, as in new URL('./x.tasks.js', import.meta.url); got ${got}`,
  }),
  HEDDLE_MODULE_NOT_FOUND: row<{ url: string; tried: readonly string[]; nearest: string | undefined }>({
    class: 'ModuleError',
    retryable: false,
    message: ({ url, tried, nearest }) =>
      `no task module at ${url} (tried ${tried.join(', ')})${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`,
  }),
  HEDDLE_MODULE_LOAD: row<{ url: string; location: string | undefined; reason: string }>({
    class: 'ModuleError',
    retryable: false,
    message: ({ url, location, reason }) =>
      `task module ${url} failed to load: ${reason}${location === undefined ? '' : ` (${location})`}`,
  }),
  HEDDLE_MODULE_SELF: row<{ url: string }>({
    class: 'ModuleError',
    retryable: false,
    message: ({ url }) =>
      `${url} creates a pool of itself while a worker loads it, which would start workers without end; guard it with ` +
      `if (!isWorker) from '@heddle/ts-orchestrator/task'`,
  }),
  HEDDLE_TYPESCRIPT: row<{ file: string; hasStripper: boolean }>({
    class: 'ModuleError',
    retryable: false,
    message: ({ file, hasStripper }) =>
      `${file} is TypeScript, and Node ${process.versions.node} doesn't strip types by itself: ` +
      (hasStripper
        ? 'inline, name it in the task module itself, which is where it is looked for; or run Node 22.18 or newer'
        : 'install a stripper with "npm install @swc/wasm-typescript", or run Node 22.18 or newer'),
  }),
  HEDDLE_SETUP: row<{ worker: string; reason: string }>({
    class: 'ModuleError',
    retryable: false,
    message: ({ worker, reason }) => `setup() of the task module failed in ${worker}: ${reason}`,
  }),
  HEDDLE_TEARDOWN: row<{ worker: string; reason: string }>({
    class: 'ModuleError',
    retryable: false,
    message: ({ worker, reason }) => `teardown() of the task module failed in ${worker}: ${reason}`,
  }),
  HEDDLE_START_TIMEOUT: row<{ worker: string; phase: string; limitMs: number; option: string }>({
    class: 'HeddleError',
    retryable: true,
    message: ({ worker, phase, limitMs, option }) =>
      `${worker} did not finish to ${phase} within ${limitMs} ms (${option})`,
  }),
  HEDDLE_SPAWN: row<{ worker: string; reason: string }>({
    class: 'HeddleError',
    retryable: true,
    message: ({ worker, reason }) => `${worker} could not be started: ${reason}`,
  }),
  HEDDLE_TASK_UNKNOWN: row<{ name: string; url: string; nearest: string | undefined; known: readonly string[] }>({
    class: 'ModuleError',
    retryable: false,
    message: ({ name, url, nearest, known }) =>
      `task module ${url} exports no function "${name}"${suggestion(nearest, known)}`,
  }),
  HEDDLE_TASK_GENERATOR: row<{ name: string }>({
    class: 'HeddleError',
    retryable: false,
    message: ({ name }) => `"${name}" is a generator: call it with pool.stream("${name}", args), not with run or map`,
  }),
  HEDDLE_TASK_NOT_GENERATOR: row<{ name: string }>({
    class: 'HeddleError',
    retryable: false,
    message: ({ name }) =>
      `"${name}" gave no generator: pool.stream needs one; call a plain function with pool.run("${name}", args)`,
  }),
  HEDDLE_TASK_TIMEOUT: row<{ name: string; timeoutMs: number; gap: boolean }>({
    class: 'TaskTimeoutError',
    retryable: true,
    message: ({ name, timeoutMs, gap }) =>
      gap
        ? `"${name}" gave no further item within its time-out of ${timeoutMs} ms`
        : `"${name}" ran longer than its time-out of ${timeoutMs} ms`,
  }),
  HEDDLE_TASK_CANCELLED: row<{ name: string; reason: string }>({
    class: 'HeddleError',
    retryable: false,
    message: ({ name, reason }) => `"${name}" was cancelled: ${reason}`,
  }),
  HEDDLE_NO_TASK: row<{ call: string }>({
    class: 'HeddleError',
    retryable: false,
    message: ({ call }) => `${call} works only inside a task: in a function that a pool called, or in what it awaits`,
  }),
  HEDDLE_NESTED_LIMIT: row<{ name: string; limit: number; what: 'levels' | 'calls' }>({
    class: 'HeddleError',
    retryable: false,
    message: ({ name, limit, what }) =>
      what === 'levels'
        ? `"${name}" would call its own pool ${limit + 1} levels deep, and the limit is ${limit}: call the function itself`
        : `"${name}" has ${limit} calls of its own pool open, which is the limit: await some of them first`,
  }),
  HEDDLE_ARGUMENT_UNCLONEABLE: row<{ name: string; path: string; found: string }>({
    class: 'PayloadError',
    retryable: false,
    message: ({ name, path, found }) =>
      `the arguments of "${name}" can't be sent to a worker: ${path} is ${found}; send plain data instead`,
  }),
  HEDDLE_RESULT_UNCLONEABLE: row<{ name: string; path: string; found: string }>({
    class: 'PayloadError',
    retryable: false,
    message: ({ name, path, found }) =>
      `the result of "${name}" can't be sent back: ${path} is ${found}; return plain data instead`,
  }),
  HEDDLE_SHARED_ARRAY: row<{ name: string; path: string; reason: string }>({
    class: 'PayloadError',
    retryable: false,
    message: ({ name, path, reason }) => `${path} of "${name}" is shared memory and can't be shared: ${reason}`,
  }),
  HEDDLE_SHARED_ARRAY_UNAVAILABLE: row<{ reason: string }>({
    class: 'HeddleError',
    retryable: false,
    message: ({ reason }) =>
      `sharedArray() across processes needs Linux and the package @heddle/core-native with its binary: ${reason}`,
  }),
  HEDDLE_TRANSFER: row<{ path: string; reason: string }>({
    class: 'PayloadError',
    retryable: false,
    message: ({ path, reason }) => `${path} can't be transferred: ${reason}`,
  }),
  HEDDLE_PAYLOAD_BYTES: row<{ name: string; bytes: number; limitBytes: number }>({
    class: 'PayloadError',
    retryable: false,
    message: ({ name, bytes, limitBytes }) =>
      `a value of "${name}" is ${bytes} bytes when serialized, and one message to or from a process holds at most ` +
      `${limitBytes}: split it, or use backend "threads"`,
  }),
  HEDDLE_QUEUE_FULL: row<{ queueLimit: number }>({
    class: 'HeddleError',
    retryable: true,
    message: ({ queueLimit }) =>
      `the queue holds its limit of ${queueLimit} waiting tasks (queueLimit): await earlier ones first, or use pool.map`,
  }),
  HEDDLE_WORKER_DIED: row<{
    worker: string;
    how: string;
    task: { readonly name: string; readonly attempt: number; readonly hasBegun: boolean } | undefined;
    stderrTail: readonly string[];
  }>({
    class: 'WorkerDiedError',
    retryable: true,
    message: ({ worker, how, task, stderrTail }) =>
      `${worker} ${how}` +
      (task === undefined
        ? ''
        : ` ${task.hasBegun ? 'while it ran' : 'before it began'} "${task.name}" (attempt ${task.attempt})`) +
      (stderrTail.length === 0 ? '' : `; last lines of its stderr:\n  ${stderrTail.join('\n  ')}`),
  }),
  HEDDLE_LIMIT_MEMORY: row<LimitDetails>({
    class: 'WorkerDiedError',
    retryable: false,
    message: ({ worker, option, value, usedMiB, task }) =>
      `${worker} was ended ${during(task)}because ` +
      (usedMiB === undefined
        ? `its JavaScript heap reached ${option} = ${value}`
        : `its processes held ${usedMiB} MiB of memory, more than ${option} = ${value}`),
  }),
  HEDDLE_LIMIT_CPU: row<LimitDetails>({
    class: 'WorkerDiedError',
    retryable: false,
    message: ({ worker, option, value, task }) =>
      `${worker} was ended ${during(task)}because it used more CPU time than ${option} = ${value}`,
  }),
  HEDDLE_TASK_QUARANTINED: row<{ name: string; hasBegun: boolean; times: number; last: string }>({
    class: 'TaskQuarantinedError',
    retryable: false,
    message: ({ name, hasBegun, times, last }) =>
      (hasBegun
        ? `"${name}" ended its worker in each of its ${times} attempts`
        : `"${name}" lost its worker ${times} times before it could begin (reading its arguments may be what ends it)`) +
      ` and is given no further one; the last time: ${last}`,
  }),
  HEDDLE_WORKER_STUCK: row<{ worker: string; name: string | undefined; limitMs: number }>({
    class: 'WorkerStuckError',
    retryable: false,
    message: ({ worker, name, limitMs }) =>
      `${worker} did not end within ${limitMs} ms (terminateTimeoutMs)` +
      `${name === undefined ? '' : ` when "${name}" had to be stopped`}: it is blocked in native code, and its slot is given up`,
  }),
  HEDDLE_POOL_CLOSED: row<{ pool: string }>({
    class: 'HeddleError',
    retryable: false,
    message: ({ pool }) => `pool "${pool}" is closed and takes no further tasks`,
  }),
  HEDDLE_POOL_FAILED: row<{ pool: string; reason: string }>({
    class: 'HeddleError',
    retryable: false,
    message: ({ pool, reason }) => `pool "${pool}" has failed and takes no further tasks: ${reason}`,
  }),
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
export type ErrorDetails<Code extends ErrorCode> = Parameters<(typeof ERROR_CODES)[Code]['message']>[0];
