/**
 * Every fault in every backend, and what must become of it: the promise that a pool makes, as data.
 */
import type { Backend, PoolOptions } from '@heddle/ts-orchestrator';

export interface Fault {
  /** Unique, in words. */
  readonly name: string;
  /** Function of the task module. */
  readonly task: string;
  readonly args?: readonly unknown[];
  /** Another task module than `tasks.js`. */
  readonly module?: 'never-loads' | 'loads-slowly';
  readonly pool?: Omit<PoolOptions, 'backend'>;
  readonly timeoutMs?: number;
  /** The host sends it to the worker's process once the task runs. */
  readonly signal?: NodeJS.Signals;
  readonly needsAddon?: boolean;
  /** Old-space limit of the host program, where the fault fills the host's own heap. */
  readonly hostHeapMiB?: number;
  /** Too dear for `npm test`: only the command runs these backends. */
  readonly dear?: readonly Backend[];
  readonly expected: Readonly<Record<Backend, Expectation>>;
}

/**
 * What the caller gets (`value`, the error's code or name, how the worker died), or that the host itself ends (`host: SIGSEGV`), or why the
 * case isn't run (`not run: …`); ` | ` between those that may all be. Where the host lives, all innocent tasks finish, the pool goes on, and it closes.
 */
export type Expectation = string;

const everywhere = (outcome: Expectation) => ({ inline: outcome, threads: outcome, processes: outcome });

const died = (how: string): Expectation => `HEDDLE_WORKER_DIED ${how}`;

const ENDLESS = 'not run: nothing on a thread can interrupt what blocks that thread';
const WHOLE_PROCESS = 'not run: file descriptors belong to the whole process';

const NO_LIMIT = 'not run: the limit holds for a whole process';

/** A thread's heap limit ends the thread only where V8 asks before it gives up; else it ends the program. */
const heapIsFull = (how: string): Expectation => `HEDDLE_LIMIT_MEMORY ${how}`;
const HEAP_OF_A_THREAD = `${heapIsFull('exit 1')} | host: SIGABRT`;

/** What a blocked task is given before it is ended, and what the ending is given. */
const BLOCKED = { timeoutMs: 200, pool: { cancelGraceMs: 50 } } as const;

const SMALL_HEAP = { hostHeapMiB: 64, pool: { limits: { heapMiB: 64 } } } as const;

export const FAULTS: readonly Fault[] = [
  { name: 'throws', task: 'throws', expected: everywhere('RangeError E_FAULT') },
  {
    name: 'throws late, in a timer',
    task: 'throwsInTimer',
    expected: { inline: 'host: exit 1', threads: died('exit 1'), processes: died('exit 1') },
  },
  {
    name: 'rejects, and nobody listens',
    task: 'rejectsUnheard',
    expected: { inline: 'host: exit 1', threads: died('exit 1'), processes: died('exit 1') },
  },
  {
    name: 'returns what can not be cloned',
    task: 'returnsUncloneable',
    expected: everywhere('HEDDLE_RESULT_UNCLONEABLE'),
  },
  {
    name: 'exits with 0',
    task: 'exits',
    args: [0],
    expected: { inline: 'host: exit 0', threads: died('exit 0'), processes: died('exit 0') },
  },
  {
    name: 'exits with 7',
    task: 'exits',
    args: [7],
    expected: { inline: 'host: exit 7', threads: died('exit 7'), processes: died('exit 7') },
  },
  {
    name: 'aborts',
    task: 'aborts',
    // Node refuses process.abort() in a thread.
    expected: {
      inline: 'host: SIGABRT',
      threads: 'TypeError ERR_WORKER_UNSUPPORTED_OPERATION',
      processes: died('SIGABRT'),
    },
  },
  {
    name: 'crashes in an add-on',
    task: 'segfaults',
    needsAddon: true,
    expected: { inline: 'host: SIGSEGV', threads: 'host: SIGSEGV', processes: died('SIGSEGV') },
  },
  {
    name: 'is killed from outside',
    task: 'waitsForever',
    signal: 'SIGKILL',
    expected: { inline: 'host: SIGKILL', threads: 'host: SIGKILL', processes: died('SIGKILL') },
  },
  {
    name: 'closes its channel',
    task: 'closesItsChannel',
    expected: { inline: 'not run: there is no channel', threads: 'value', processes: died('exit 1') },
  },
  {
    name: 'closes its file descriptors',
    task: 'closesItsFds',
    expected: { inline: WHOLE_PROCESS, threads: WHOLE_PROCESS, processes: died('SIGABRT') },
  },
  {
    name: 'fills its heap with many arrays',
    task: 'fillsHeapByArrays',
    ...SMALL_HEAP,
    dear: ['inline'],
    expected: { inline: 'host: SIGABRT', threads: HEAP_OF_A_THREAD, processes: heapIsFull('SIGABRT') },
  },
  {
    name: 'fills its heap with many strings',
    task: 'fillsHeapByStrings',
    ...SMALL_HEAP,
    dear: ['inline', 'threads', 'processes'],
    expected: { inline: 'host: SIGABRT', threads: HEAP_OF_A_THREAD, processes: heapIsFull('SIGABRT') },
  },
  {
    name: 'fills its heap with one long array',
    task: 'fillsHeapByOneArray',
    ...SMALL_HEAP,
    dear: ['inline', 'threads', 'processes'],
    expected: { inline: 'host: SIGABRT', threads: HEAP_OF_A_THREAD, processes: heapIsFull('SIGABRT') },
  },
  {
    name: 'fills its heap by push',
    task: 'fillsHeapByPush',
    ...SMALL_HEAP,
    dear: ['inline', 'threads', 'processes'],
    expected: { inline: 'host: SIGABRT', threads: HEAP_OF_A_THREAD, processes: heapIsFull('SIGABRT') },
  },
  {
    name: 'takes more memory than its limit',
    task: 'takesMemory',
    args: [1_024],
    pool: { limits: { rssMiB: 192 } },
    expected: { inline: NO_LIMIT, threads: NO_LIMIT, processes: 'HEDDLE_LIMIT_MEMORY SIGKILL' },
  },
  {
    name: 'computes longer than its limit',
    task: 'loops',
    pool: { limits: { cpuSeconds: 1 } },
    dear: ['processes'],
    expected: { inline: NO_LIMIT, threads: NO_LIMIT, processes: 'HEDDLE_LIMIT_CPU SIGXCPU' },
  },
  {
    name: 'leaks',
    task: 'leaks',
    args: [16],
    expected: everywhere('value'),
  },
  {
    name: 'returns 1 GB',
    task: 'returnsBytes',
    args: [1e9],
    dear: ['inline', 'threads', 'processes'],
    expected: { inline: 'value', threads: 'value', processes: 'HEDDLE_PAYLOAD_BYTES' },
  },
  {
    name: 'loops for ever',
    task: 'loops',
    ...BLOCKED,
    expected: { inline: ENDLESS, threads: 'HEDDLE_TASK_TIMEOUT', processes: 'HEDDLE_TASK_TIMEOUT' },
  },
  {
    name: 'waits for ever in Atomics.wait',
    task: 'waitsOnAWord',
    ...BLOCKED,
    expected: { inline: ENDLESS, threads: 'HEDDLE_TASK_TIMEOUT', processes: 'HEDDLE_TASK_TIMEOUT' },
  },
  {
    name: 'matches a regular expression for ever',
    task: 'matchesForever',
    ...BLOCKED,
    expected: { inline: ENDLESS, threads: 'HEDDLE_TASK_TIMEOUT', processes: 'HEDDLE_TASK_TIMEOUT' },
  },
  {
    name: 'blocks in native code',
    task: 'blocksInNativeCode',
    timeoutMs: 200,
    pool: { cancelGraceMs: 50, terminateTimeoutMs: 200 },
    needsAddon: true,
    expected: { inline: ENDLESS, threads: 'HEDDLE_WORKER_STUCK', processes: 'HEDDLE_TASK_TIMEOUT' },
  },
  {
    name: 'awaits what never comes',
    task: 'waitsForever',
    ...BLOCKED,
    expected: everywhere('HEDDLE_TASK_TIMEOUT'),
  },
  {
    name: 'ignores SIGTERM and cancellation',
    task: 'ignoresSigterm',
    ...BLOCKED,
    expected: everywhere('HEDDLE_TASK_TIMEOUT'),
  },
  {
    name: 'floods its output',
    task: 'floodsOutput',
    args: [20_000],
    expected: everywhere('value'),
  },
  {
    name: 'never loads',
    task: 'innocent',
    module: 'never-loads',
    pool: { loadTimeoutMs: 200 },
    expected: everywhere('no pool: HEDDLE_START_TIMEOUT'),
  },
  { name: 'loads slowly', task: 'answers', module: 'loads-slowly', expected: everywhere('value') },
];

export const BACKENDS = ['inline', 'threads', 'processes'] as const satisfies readonly Backend[];

export interface Cell {
  readonly fault: Fault;
  readonly backend: Backend;
  readonly expected: Expectation;
  readonly isDear: boolean;
}

export const CELLS: readonly Cell[] = FAULTS.flatMap((fault) =>
  BACKENDS.map((backend) => ({
    fault,
    backend,
    expected: fault.expected[backend],
    isDear: fault.dear?.includes(backend) === true,
  })),
);
