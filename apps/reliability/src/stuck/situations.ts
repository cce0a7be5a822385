/**
 * Situations in which something never goes on, each with the deadline that must end it and the error that must say where.
 */
import fs from 'node:fs';
import { createPool, sharedArray, type Backend, type PoolOptions } from '@heddle/ts-orchestrator';
import type * as tasks from '../faults/tasks.ts';
import { nowMs } from '../programs/run-program.ts';
import type * as phases from './phases.ts';

export interface Tools {
  readonly backend: Backend;
  readonly addon: string | undefined;
  /** An empty folder. */
  readonly folder: string;
}

/** How it went. The error's text is checked by the situation's `where`. */
export interface Ending {
  readonly error: unknown;
  /** On the clock of `nowMs`. */
  readonly beganMs: number;
  readonly endedMs: number;
}

export interface Situation {
  readonly name: string;
  readonly backends: readonly Backend[];
  readonly needsAddon?: boolean;
  readonly code: string | Readonly<Partial<Record<Backend, string>>>;
  /** What the message names: where it was stuck. */
  readonly where: RegExp;
  /** The options (or constants) that make up the deadline, and their sum. */
  readonly deadline: string;
  readonly deadlineMs: number | Readonly<Partial<Record<Backend, number>>>;
  readonly provoke: (tools: Tools) => Promise<Ending>;
  readonly isForQuick?: boolean;
}

const BOTH = ['threads', 'processes'] as const;
/** A deadline as users set it, and as heddle's own are by default. */
const TIMEOUT_MS = 10_000;
const GRACE_MS = 250;
const TERMINATE_MS = 500;
/** How long heddle waits for the rest of an end: a constant of its own (LATE_END_MS). */
const LATE_END_MS = 500;

const openPool = ({ backend }: Tools, options: Omit<PoolOptions, 'backend'> = {}) =>
  createPool<typeof tasks>(new URL('../faults/tasks.js', import.meta.url), {
    backend,
    workers: 1,
    cancelGraceMs: GRACE_MS,
    terminateTimeoutMs: TERMINATE_MS,
    ...options,
  });

async function endingOf(promise: Promise<unknown>, began: () => number): Promise<Ending> {
  try {
    const value = await promise;
    return { error: new Error(`it ended with ${String(value)}`), beganMs: began(), endedMs: nowMs() };
  } catch (error) {
    return { error, beganMs: began(), endedMs: nowMs() };
  }
}

/** One task that is stuck; counts from when it begins. */
function stuckTask(task: keyof typeof tasks & string, options: { timeoutMs?: number; args?: readonly unknown[] } = {}) {
  return async (tools: Tools): Promise<Ending> => {
    const pool = await openPool(tools);
    let beganMs = nowMs();
    const first = { addon: tools.addon, release: `${tools.folder}/release` };
    const run = pool.run.bind(pool) as (name: string, args: readonly unknown[], options: object) => Promise<unknown>;
    const onProgress = () => {
      beganMs = nowMs();
    };
    const { timeoutMs, args = [] } = options;
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    return endingOf(run(task, [first, ...args], { ...limit, onProgress }), () => beganMs);
  };
}

const timedOut = {
  deadline: 'timeoutMs + cancelGraceMs',
  deadlineMs: TIMEOUT_MS + GRACE_MS,
  code: 'HEDDLE_TASK_TIMEOUT',
} as const;
const timeoutMs = TIMEOUT_MS;

/** Blocked where a thread can't be ended: given up. */
const blocked = {
  code: { threads: 'HEDDLE_WORKER_STUCK', processes: 'HEDDLE_TASK_TIMEOUT' },
  deadline: 'timeoutMs + cancelGraceMs (threads: + terminateTimeoutMs)',
  deadlineMs: { threads: TIMEOUT_MS + GRACE_MS + TERMINATE_MS, processes: TIMEOUT_MS + GRACE_MS },
} as const;

const readBegan = (file: string) => Number(fs.readFileSync(file, 'utf8'));

function stuckLoad(module: string) {
  return async ({ backend, folder }: Tools): Promise<Ending> => {
    const file = `${folder}/began`;
    const opening = createPool(new URL(module, import.meta.url), {
      backend,
      loadTimeoutMs: TIMEOUT_MS,
      env: { ...process.env, HEDDLE_BEGAN_FILE: file },
    });
    return endingOf(opening, () => readBegan(file));
  };
}

function stuckPhase(stuckIn: phases.Phases['stuckIn'], how: phases.Phases['how']) {
  return async ({ backend, folder }: Tools): Promise<Ending> => {
    const file = `${folder}/began`;
    const opening = createPool<typeof phases>(new URL('./phases.js', import.meta.url), {
      backend,
      workers: 1,
      setupTimeoutMs: TIMEOUT_MS,
      teardownTimeoutMs: TIMEOUT_MS,
      workerData: { stuckIn, how, file } satisfies phases.Phases,
    });
    const closing = opening.then((pool) => pool.close());
    return endingOf(closing, () => readBegan(file));
  };
}

function stuckStream(task: 'stalls' | 'loopsBetweenItems') {
  return async (tools: Tools): Promise<Ending> => {
    const pool = await openPool(tools);
    let beganMs = nowMs();
    const read = async () => {
      for await (const _ of pool.stream(task, [], { timeoutMs })) beganMs = nowMs();
    };
    return endingOf(read(), () => beganMs);
  };
}

export const SITUATIONS: readonly Situation[] = [
  {
    name: 'a synchronous loop',
    backends: BOTH,
    ...timedOut,
    where: /"loops"/,
    provoke: stuckTask('loops', { timeoutMs }),
    isForQuick: true,
  },
  {
    name: 'Atomics.wait',
    backends: BOTH,
    ...timedOut,
    where: /"waitsOnAWord"/,
    provoke: stuckTask('waitsOnAWord', { timeoutMs }),
  },
  {
    name: 'a regular expression',
    backends: BOTH,
    ...timedOut,
    where: /"matchesForever"/,
    provoke: stuckTask('matchesForever', { timeoutMs }),
  },
  {
    name: 'a promise that never settles',
    backends: BOTH,
    ...timedOut,
    where: /"waitsForever"/,
    provoke: stuckTask('waitsForever', { timeoutMs }),
  },
  {
    name: 'a blocked add-on',
    backends: BOTH,
    needsAddon: true,
    ...blocked,
    where: /"blocksInNativeCode"/,
    provoke: stuckTask('blocksInNativeCode', { timeoutMs }),
    isForQuick: true,
  },
  {
    name: 'a synchronous child process',
    backends: BOTH,
    ...blocked,
    where: /"waitsForAChild"/,
    provoke: stuckTask('waitsForAChild', { timeoutMs, args: [15] }),
  },
  {
    name: 'a full pipe: output without end',
    backends: BOTH,
    ...timedOut,
    where: /"printsForever"/,
    provoke: stuckTask('printsForever', { timeoutMs }),
  },
  {
    name: 'a lost answer',
    backends: BOTH,
    ...timedOut,
    where: /"losesItsAnswer"/,
    provoke: stuckTask('losesItsAnswer', { timeoutMs }),
  },
  { name: 'a stream that stalls', backends: BOTH, ...timedOut, where: /"stalls"/, provoke: stuckStream('stalls') },
  {
    name: 'a stream that loops',
    backends: BOTH,
    ...timedOut,
    where: /"loopsBetweenItems"/,
    provoke: stuckStream('loopsBetweenItems'),
  },
  {
    name: 'an item of a map',
    backends: BOTH,
    ...timedOut,
    where: /"loops"/,
    async provoke(tools) {
      const pool = await openPool(tools);
      let beganMs = nowMs();
      const onProgress = () => {
        beganMs = nowMs();
      };
      return endingOf(pool.map('loops', [{}], { timeoutMs, onProgress }).next(), () => beganMs);
    },
  },
  {
    name: 'a loop whose signal is aborted',
    backends: BOTH,
    code: 'AbortError',
    where: /aborted/,
    deadline: 'cancelGraceMs',
    deadlineMs: TIMEOUT_MS,
    async provoke(tools) {
      const pool = await openPool(tools, { cancelGraceMs: TIMEOUT_MS });
      const stop = new AbortController();
      let beganMs = nowMs();
      const onProgress = () => {
        beganMs = nowMs();
        stop.abort();
      };
      return endingOf(pool.run('loops', [{}], { signal: stop.signal, onProgress }), () => beganMs);
    },
  },
  {
    name: 'close({ cancel: true }) over a loop',
    backends: BOTH,
    code: 'HEDDLE_TASK_CANCELLED',
    where: /"loops"/,
    deadline: 'cancelGraceMs',
    deadlineMs: TIMEOUT_MS,
    async provoke(tools) {
      const pool = await openPool(tools, { cancelGraceMs: TIMEOUT_MS });
      let beganMs = nowMs();
      let closing: Promise<void> | undefined;
      const onProgress = () => {
        beganMs = nowMs();
        closing = pool.close({ cancel: true });
      };
      const ending = await endingOf(pool.run('loops', [{}], { onProgress }), () => beganMs);
      await closing;
      return ending;
    },
  },
  {
    name: 'two tasks that wait for each other',
    backends: ['threads'],
    ...timedOut,
    where: /"takesTwoLocks"/,
    async provoke(tools) {
      const pool = await openPool(tools, { workers: 2 });
      const locks = sharedArray(Int32Array, 2);
      let beganMs = nowMs();
      let holders = 0;
      const onProgress = () => {
        // The second is what the time-out of the first one ends too late for, so time runs from the later.
        if (++holders === 2) beganMs = nowMs();
      };
      const both = [0, 1].map((lock) => pool.run('takesTwoLocks', [locks, lock, 1 - lock], { timeoutMs, onProgress }));
      const outcomes = await Promise.allSettled(both);
      const failed = outcomes.find((one) => one.status === 'rejected');
      return { error: failed?.reason ?? new Error('nobody was stuck'), beganMs, endedMs: nowMs() };
    },
  },
  {
    name: 'a module that awaits while it loads',
    backends: BOTH,
    code: 'HEDDLE_START_TIMEOUT',
    where: /load the task module/,
    deadline: 'loadTimeoutMs',
    deadlineMs: TIMEOUT_MS,
    provoke: stuckLoad('./loads-for-ever.js'),
  },
  {
    name: 'a module that loops while it loads',
    backends: BOTH,
    code: 'HEDDLE_START_TIMEOUT',
    where: /load the task module/,
    deadline: 'loadTimeoutMs',
    deadlineMs: TIMEOUT_MS,
    provoke: stuckLoad('./loads-busily.js'),
    isForQuick: true,
  },
  {
    name: 'a setup that awaits',
    backends: BOTH,
    code: 'HEDDLE_START_TIMEOUT',
    where: /setup/,
    deadline: 'setupTimeoutMs',
    deadlineMs: TIMEOUT_MS,
    provoke: stuckPhase('setup', 'awaits'),
  },
  {
    name: 'a setup that loops',
    backends: BOTH,
    code: 'HEDDLE_START_TIMEOUT',
    where: /setup/,
    deadline: 'setupTimeoutMs',
    deadlineMs: TIMEOUT_MS,
    provoke: stuckPhase('setup', 'loops'),
  },
  {
    name: 'a teardown that awaits',
    backends: BOTH,
    code: 'HEDDLE_TEARDOWN',
    where: /teardownTimeoutMs/,
    deadline: 'teardownTimeoutMs',
    deadlineMs: TIMEOUT_MS,
    provoke: stuckPhase('teardown', 'awaits'),
  },
  {
    name: 'a teardown that loops',
    backends: BOTH,
    code: 'HEDDLE_TEARDOWN',
    where: /teardownTimeoutMs/,
    deadline: 'teardownTimeoutMs',
    deadlineMs: TIMEOUT_MS,
    provoke: stuckPhase('teardown', 'loops'),
  },
  {
    name: 'a worker that never reaches its entry',
    backends: ['processes'],
    code: 'HEDDLE_START_TIMEOUT',
    where: /start its entry/,
    deadline: 'spawnTimeoutMs',
    deadlineMs: TIMEOUT_MS,
    async provoke({ backend }) {
      const beganMs = nowMs();
      const opening = createPool<typeof tasks>(new URL('../faults/tasks.js', import.meta.url), {
        backend,
        spawnTimeoutMs: TIMEOUT_MS,
        execArgv: ['--import', 'data:text/javascript,for(;;);'],
      });
      return endingOf(opening, () => beganMs);
    },
  },
  {
    name: 'a stopped process (SIGSTOP)',
    backends: ['processes'],
    ...timedOut,
    where: /"waitsForever"/,
    async provoke(tools) {
      const pool = await openPool(tools);
      let beganMs = nowMs();
      const onProgress = (place: unknown) => {
        beganMs = nowMs();
        process.kill((place as tasks.Place).pid, 'SIGSTOP');
      };
      return endingOf(pool.run('waitsForever', [{}], { timeoutMs, onProgress }), () => beganMs);
    },
  },
  {
    name: 'a closed channel and a loop',
    backends: ['processes'],
    code: 'HEDDLE_WORKER_DIED',
    where: /closed its channel/,
    deadline: 'LATE_END_MS',
    deadlineMs: LATE_END_MS,
    provoke: stuckTask('closesItsChannelAndLoops'),
  },
  {
    name: 'a dead child whose own child holds its pipes',
    backends: ['processes'],
    code: 'HEDDLE_WORKER_DIED',
    where: /exited with code 7/,
    deadline: 'LATE_END_MS',
    deadlineMs: LATE_END_MS,
    provoke: stuckTask('leavesAGrandchild', { args: [3] }),
    isForQuick: true,
  },
];
