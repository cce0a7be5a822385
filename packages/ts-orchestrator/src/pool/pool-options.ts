/**
 * Every option of a pool: meaning, unit, range, default, and the backends in which it means something. Parsed once; nothing
 * below reads raw input again.
 */
import {
  CANCEL_GRACE_MS,
  DELAY_MS_MAX,
  IDLE_TIMEOUT_MS,
  LOAD_TIMEOUT_MS,
  QUEUE_LIMIT,
  RESTART_COUNT,
  RESTART_WINDOW_MS,
  RETRY_DELAY_MS,
  SETUP_TIMEOUT_MS,
  SPAWN_TIMEOUT_MS,
  STUCK_AFTER_MS,
  TEARDOWN_TIMEOUT_MS,
  TERMINATE_TIMEOUT_MS,
} from '../clock/deadlines.ts';
import { heddleError } from '../errors/errors.ts';
import {
  booleanOption,
  choiceOption,
  instanceOption,
  numberOption,
  readOptions,
  type OptionSpec,
} from '../errors/option-reader.ts';
import { chooseBackend, type Backend, type IsolationLevel } from '../isolation/levels.ts';
import { retrySpecs, type RetryPredicate } from '../task/task-options.ts';
import { firstShare } from './first-share.ts';

/** Options of `createPool`. */
export interface PoolOptions {
  /**
   * Where tasks run. `threads`: worker threads of this process, which share memory with it and end it when they crash in
   * native code. `processes`: processes of their own, which survive each other. `inline`: this thread, many tasks at once;
   * right for tasks that wait. `auto`: the first calls of a function run inline, then all where they are predicted to take least time,
   * never where `require` or a call's own words (`signal`, `timeoutMs`, `retries` after a crash) can't be met: `pool.explain()`. Default
   * `threads`, or `processes` where `require` asks for what only they give.
   */
  readonly backend?: Backend | 'auto';
  /** What must hold, whatever the backend; refused with HEDDLE_OPTION_CONFLICT where it can't. Default: nothing. */
  readonly require?: {
    /**
     * Least that workers are shut off from the program and each other. `heap`: out of memory in JavaScript and `process.exit`
     * end the worker alone; threads or processes. `process`: so does a crash in native code, and the worker gets a clean
     * environment (a few variables such as PATH, HOME, LANG, with `env` on top), no open descriptors of the program, and nothing
     * it starts outlives it. `sandbox`: and it has no network, can write only to a /tmp of its own, and read only its package,
     * node_modules and Node; Linux with bubblewrap, else HEDDLE_ISOLATION_UNAVAILABLE. Against faulty code, not against
     * attackers. Default `none`.
     */
    readonly isolation?: IsolationLevel;
    /** `sharedArray` must work between the program and its tasks; threads or inline. Default false. */
    readonly sharedMemory?: boolean;
  };
  /** What would be liked: where it holds, a backend counts as if it took a fifth less time. Backend `auto`. Default: nothing. */
  readonly prefer?: { readonly isolation?: IsolationLevel; readonly sharedMemory?: boolean };
  /**
   * What `auto` looks for. `throughput`: all calls done soonest. `latency`: and no call holds this thread for long. `memory`: workers only
   * where they save half of the time. Backend `auto`. Default `throughput`.
   */
  readonly objective?: 'throughput' | 'latency' | 'memory';
  /**
   * Most workers at a time, 1 to 1,024 (inline: most tasks at a time, up to 65,536; `auto`: both). They start when work needs them.
   * Default `auto`: the cores this program may use, by affinity and quota, and no more than fit into the memory that it may use, each
   * counted with the most that one has taken so far (`stats().workers.memory`); inline: 512 tasks.
   */
  readonly workers?: 'auto' | number;
  /** Name of the pool in messages and in output lines. Default `pool`. */
  readonly name?: string;
  /** Longest run of a task in milliseconds, 1 to 2,147,483,647; a task's own `timeoutMs` wins. Default: no limit. */
  readonly taskTimeoutMs?: number;
  /**
   * How long a cancelled or timed-out task may take to settle by itself before its worker is ended, in milliseconds, 0 to
   * 2,147,483,647. Default 250.
   */
  readonly cancelGraceMs?: number;
  /**
   * Most further runs of a task that had begun and failed, 0 to 1,000; only you know whether running twice does harm. A task that
   * had not begun when its worker died runs elsewhere in any case. A task that used up its retries by killing workers rejects
   * with HEDDLE_TASK_QUARANTINED. Default 0.
   */
  readonly retries?: number;
  /** What a task runs again after, where `retries` allows: see `RetryOptions`. Default `crash`: its worker died. */
  readonly retryOn?: 'crash' | 'error' | RetryPredicate;
  /** Base of the wait before a task runs again, in milliseconds, 0 to 2,147,483,647: see `RetryOptions`. Default 100. */
  readonly retryDelayMs?: number;
  /**
   * When the pool gives up starting workers. Counted are workers that failed before they were of any use: their start failed, or
   * they died without having answered a task and without a task to blame. With more than `count` (0 to 1,000,000) of them in
   * `windowMs` milliseconds (1 to 2,147,483,647), or as many starts failed in a row, the pool fails with the first of their
   * errors as its cause. Default 5 in 30,000.
   */
  readonly restartLimit?: { readonly count?: number; readonly windowMs?: number };
  /** Most tasks that wait for a worker, 0 to 4,294,967,295; one more is refused with HEDDLE_QUEUE_FULL. Default 1,000,000. */
  readonly queueLimit?: number;
  /** A worker without work for this long is ended, the last one too, in milliseconds, 1 to 2,147,483,647, or Infinity for never. Default 30,000. */
  readonly idleTimeoutMs?: number;
  /**
   * Ready workers kept beyond those that work, 0 to 64: a crash, or more work, is answered without the wait for a start. They come
   * on top of `workers`, and cost their memory. Threads and processes. Default 0.
   */
  readonly spares?: number;
  /**
   * Tasks after which a worker is replaced by a fresh one, 1 to 4,294,967,295. It finishes its last task; the next worker starts
   * meanwhile where `workers` leaves room, else after it, or is a spare. Threads and processes. Default: never.
   */
  readonly recycleAfterTasks?: number;
  /**
   * Growth of a worker's memory in MiB, over what it held when it was ready, after which it is replaced, 1 to 1,048,576. Looked at
   * once a second between tasks, after a garbage collection: the JavaScript heap with its buffers, in processes also all that is
   * resident. A task that makes much garbage pays up to 5 % of its time for it. Threads and processes. Default: never.
   */
  readonly recycleAfterGrowthMiB?: number;
  /**
   * A task that runs longer, in milliseconds, 1 to 2,147,483,647, or Infinity for never, is told once on the diagnostics channel
   * `heddle:task`, with what its worker is at. Nothing is ended for it. Default 30,000.
   */
  readonly stuckAfterMs?: number;
  /** Keeps histograms of how long tasks wait and run, for `stats().times`. Costs about 0.5 us per task. Default false. */
  readonly recordTimes?: boolean;
  /** Given to the task module's `setup(data)` in every worker; by value. Default undefined. */
  readonly workerData?: unknown;
  /** Limits of each worker. One that goes over a limit is ended and replaced. */
  readonly limits?: {
    /** Its JavaScript heap (old generation) in MiB, 8 to 1,048,576; threads and processes; HEDDLE_LIMIT_MEMORY. Default: Node's own. */
    readonly heapMiB?: number;
    /**
     * Resident memory in MiB of the process and those it started, shared pages included, 64 to 1,048,576: an empty worker holds
     * about 55. Looked at from outside every 10 to 250 ms, so it can be passed by what is allocated in between. Processes on
     * Linux; HEDDLE_LIMIT_MEMORY. Default: no limit.
     */
    readonly rssMiB?: number;
    /**
     * CPU time of one task in seconds, 1 to 1,000,000, all threads of the process together; a start counts as one task. Ended
     * by the kernel at most 2 s later. Processes on Linux with the program `prlimit`; HEDDLE_LIMIT_CPU. Default: no limit.
     */
    readonly cpuSeconds?: number;
  };
  /**
   * Environment variables of the workers, instead of a copy of this program's; with `require.isolation` `process` or `sandbox`
   * on top of the clean one. Threads and processes.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Node's own options for the workers, instead of this program's. Threads and processes. */
  readonly execArgv?: readonly string[];
  /** Hands arguments and results over without a copy, so that both sides hold the same objects. Inline only. Default false. */
  readonly unsafeByReference?: boolean;
  /** Longest time from starting a worker to the first line of its entry, in milliseconds. Default 30,000. */
  readonly spawnTimeoutMs?: number;
  /** Longest time for loading the task module, in milliseconds. Default 60,000. */
  readonly loadTimeoutMs?: number;
  /** Longest time for the task module's `setup`, in milliseconds. Default 60,000. */
  readonly setupTimeoutMs?: number;
  /** Longest time for the task module's `teardown`, in milliseconds; then the worker is ended. Default 10,000. */
  readonly teardownTimeoutMs?: number;
  /** Longest wait for a worker to be gone once it is being ended, in milliseconds; then it is given up. Default 10,000. */
  readonly terminateTimeoutMs?: number;
}

const INLINE_TASKS_DEFAULT = 512;

const delay = <F>(min: number, fallback: F) => numberOption({ min, max: DELAY_MS_MAX, unit: 'milliseconds' }, fallback);

const delayOrNever = (fallback: number): OptionSpec<number> => ({
  expected: `an integer of milliseconds from 1 to ${DELAY_MS_MAX}, or Infinity`,
  fallback,
  parse: (raw) => (raw === Infinity ? { value: raw } : delay(1, 0).parse(raw)),
});

const isRecord = (raw: unknown): raw is Record<string, unknown> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);

const SPECS = {
  backend: choiceOption(['auto', 'threads', 'processes', 'inline'], undefined) as OptionSpec<
    Backend | 'auto' | undefined
  >,
  workers: {
    expected: `'auto' or an integer from 1 to 1024 (inline: 65536)`,
    fallback: 'auto',
    parse: (raw) =>
      raw === 'auto' || (Number.isInteger(raw) && (raw as number) >= 1 && (raw as number) <= 65_536)
        ? { value: raw as 'auto' | number }
        : undefined,
  } as OptionSpec<'auto' | number>,
  name: {
    expected: 'a string of 1 to 64 printable characters',
    fallback: 'pool',
    parse: (raw) => (typeof raw === 'string' && /^[^\p{C}]{1,64}$/u.test(raw) ? { value: raw } : undefined),
  } as OptionSpec<string>,
  taskTimeoutMs: delay(1, undefined),
  cancelGraceMs: delay(0, CANCEL_GRACE_MS),
  ...retrySpecs(0, 'crash' as const, RETRY_DELAY_MS),
  restartLimit: instanceOption('an object', isRecord),
  queueLimit: numberOption({ min: 0, max: 2 ** 32 - 1, unit: 'tasks' }, QUEUE_LIMIT),
  idleTimeoutMs: delayOrNever(IDLE_TIMEOUT_MS),
  spares: numberOption({ min: 0, max: 64, unit: 'workers' }, 0),
  recycleAfterTasks: numberOption({ min: 1, max: 2 ** 32 - 1, unit: 'tasks' }, undefined),
  recycleAfterGrowthMiB: numberOption({ min: 1, max: 2 ** 20, unit: 'MiB' }, undefined),
  stuckAfterMs: delayOrNever(STUCK_AFTER_MS),
  recordTimes: booleanOption(false),
  workerData: { expected: '', fallback: undefined, parse: (raw) => ({ value: raw }) } as OptionSpec<unknown>,
  require: instanceOption('an object', isRecord),
  prefer: instanceOption('an object', isRecord),
  objective: choiceOption(['throughput', 'latency', 'memory'], undefined) as OptionSpec<PoolOptions['objective']>,
  limits: instanceOption('an object', isRecord),
  env: {
    expected: 'an object of strings',
    fallback: undefined,
    parse(raw) {
      if (!isRecord(raw)) return undefined;
      const entries = Object.entries(raw).filter(([, value]) => value !== undefined);
      return entries.every(([, value]) => typeof value === 'string')
        ? { value: Object.freeze(Object.fromEntries(entries)) as Record<string, string> }
        : undefined;
    },
  } as OptionSpec<Readonly<Record<string, string>> | undefined>,
  execArgv: {
    expected: 'an array of strings',
    fallback: undefined,
    parse: (raw) =>
      Array.isArray(raw) && raw.every((item) => typeof item === 'string')
        ? { value: Object.freeze([...(raw as string[])]) }
        : undefined,
  } as OptionSpec<readonly string[] | undefined>,
  unsafeByReference: booleanOption(false),
  spawnTimeoutMs: delay(1, SPAWN_TIMEOUT_MS),
  loadTimeoutMs: delay(1, LOAD_TIMEOUT_MS),
  setupTimeoutMs: delay(1, SETUP_TIMEOUT_MS),
  teardownTimeoutMs: delay(1, TEARDOWN_TIMEOUT_MS),
  terminateTimeoutMs: delay(1, TERMINATE_TIMEOUT_MS),
};

const RESTART_SPECS = {
  count: numberOption({ min: 0, max: 1_000_000, unit: 'restarts' }, RESTART_COUNT),
  windowMs: delay(1, RESTART_WINDOW_MS),
};

/** The least is what Node needs to start, measured: Node 24 crashes with 7 MiB of heap, and an idle worker holds 54 MiB. */
const LIMIT_SPECS = {
  heapMiB: numberOption({ min: 8, max: 2 ** 20, unit: 'MiB' }, undefined),
  rssMiB: numberOption({ min: 64, max: 2 ** 20, unit: 'MiB' }, undefined),
  cpuSeconds: numberOption({ min: 1, max: 1_000_000, unit: 'seconds' }, undefined),
};

const REQUIRE_SPECS = {
  isolation: choiceOption(['none', 'heap', 'process', 'sandbox'], 'none') as OptionSpec<IsolationLevel>,
  sharedMemory: booleanOption(false),
};

const PREFER_SPECS = {
  isolation: choiceOption(['none', 'heap', 'process', 'sandbox'], undefined) as OptionSpec<IsolationLevel | undefined>,
  sharedMemory: booleanOption(false),
};

/** Options of a pool with one backend, but for its size: see pool-size.ts. */
export type CheckedPoolOptions = ReturnType<typeof checkOptions>;

/** Options as the rest of the pool reads them. */
export type ResolvedPoolOptions = Readonly<
  Omit<CheckedPoolOptions, 'size'> & {
    /** Workers at most. */
    workersMax: number;
    /** Tasks one worker runs at a time. */
    tasksPerWorker: number;
    /** Cores that each worker's own pools and libraries may use; undefined: all there are. */
    coresEach: number | undefined;
  }
>;

/** Every option by itself, whatever the backend. */
export type ReadPoolOptions = ReturnType<typeof readPoolOptions>;

/** @throws {HeddleError} HEDDLE_OPTION_UNKNOWN, HEDDLE_OPTION_INVALID, HEDDLE_OPTION_UNSUPPORTED. */
export function readPoolOptions(raw: unknown) {
  const parsed = readOptions('createPool', raw, SPECS);
  const { backend } = parsed;
  for (const option of ['prefer', 'objective'] as const)
    if (backend !== 'auto' && parsed[option] !== undefined)
      throw heddleError('HEDDLE_OPTION_UNSUPPORTED', {
        option,
        backend: backend ?? 'threads',
        instead: `nothing is left to choose; use backend 'auto'`,
      });
  return Object.freeze({
    ...parsed,
    restartLimit: readOptions('restartLimit', parsed.restartLimit, RESTART_SPECS),
    limits: readOptions('limits', parsed.limits, LIMIT_SPECS),
    require: readOptions('require', parsed.require, REQUIRE_SPECS),
    prefer: readOptions('prefer', parsed.prefer, PREFER_SPECS),
  });
}

/**
 * The options as one backend has them. Undefined: the backend that `require` asks for.
 * @throws {HeddleError} HEDDLE_OPTION_INVALID, HEDDLE_OPTION_UNSUPPORTED, HEDDLE_OPTION_CONFLICT.
 */
export function checkOptions(parsed: ReadPoolOptions, asked: Backend | undefined) {
  const { limits, require, restartLimit } = parsed;
  const backend = chooseBackend(asked, require);
  const { workers, env, execArgv, unsafeByReference } = parsed;
  const refuse = (option: string, instead: string) => {
    throw heddleError('HEDDLE_OPTION_UNSUPPORTED', { option, backend, instead });
  };
  if (backend !== 'processes') {
    for (const limit of ['rssMiB', 'cpuSeconds'] as const)
      if (limits[limit] !== undefined) refuse(`limits.${limit}`, `use backend 'processes'`);
  }
  const elsewhere = `use backend 'threads' or 'processes'`;
  if (backend === 'inline') {
    if (limits.heapMiB !== undefined) refuse('limits.heapMiB', elsewhere);
    if (env !== undefined) refuse('env', elsewhere);
    if (execArgv !== undefined) refuse('execArgv', elsewhere);
    if (parsed.spares > 0) refuse('spares', elsewhere);
    if (parsed.recycleAfterTasks !== undefined) refuse('recycleAfterTasks', elsewhere);
    if (parsed.recycleAfterGrowthMiB !== undefined) refuse('recycleAfterGrowthMiB', elsewhere);
  } else {
    if (unsafeByReference) refuse('unsafeByReference', `nothing can be handed over by reference; use backend 'inline'`);
    if (workers !== 'auto' && workers > 1024)
      throw heddleError('HEDDLE_OPTION_INVALID', {
        option: 'option "workers" of createPool',
        expected: `'auto' or an integer from 1 to 1024 with backend "${backend}"`,
        got: String(workers),
      });
  }
  const {
    limits: _limits,
    require: _require,
    prefer: _prefer,
    objective: _objective,
    workers: _workers,
    ...rest
  } = parsed;
  return Object.freeze({
    ...rest,
    ...limits,
    ...require,
    backend,
    restartLimit,
    /** Workers at most; inline: tasks at a time. */
    size: workers === 'auto' && backend === 'inline' ? INLINE_TASKS_DEFAULT : workers,
    /** The number of workers was left to the machine: to its cores, and its memory. */
    isSizedByMachine: workers === 'auto' && backend !== 'inline',
    share: firstShare(backend, workers),
  });
}
