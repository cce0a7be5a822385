/**
 * A pool under many numbered tasks, while its workers are made to die one after the other. The books are the caller's own: what each promise
 * came to, and the file in which the workers wrote down each run.
 */
import fs from 'node:fs';
import { createPool, WorkerDiedError, type Backend } from '@heddle/ts-orchestrator';
import { readOrder, tell } from './program.ts';
import { RUN_BYTES, type StormWay } from './storm-tasks.ts';
import type * as tasks from './storm-tasks.ts';

export interface StormOrder {
  readonly backend: Backend;
  readonly way: StormWay;
  readonly tasks: number;
  readonly killEveryMs: number;
  readonly addon: string | undefined;
  /** Where the workers write their runs; doesn't exist yet. */
  readonly file: string;
}

export interface StormReport {
  readonly kills: number;
  /** Fulfilled with the right value. */
  readonly fulfilled: number;
  /** Rejected with the typed error, which says that they had begun; only where no retries are allowed. */
  readonly rejected: number;
  /** Runs that were not a task's first. */
  readonly reruns: number;
  /** Anything else: a wrong value, another error, a task that had not begun and was rejected all the same, a value nobody computed. */
  readonly lost: number;
  /** One attempt of one task that ran more than once. */
  readonly doubled: number;
  /** Promises that had not settled when nothing had for `QUIET_MS`. */
  readonly hung: number;
  readonly elapsedMs: number;
  /** The first outcome that counts as lost, in words. */
  readonly firstLoss: string | undefined;
}

/** Tasks the caller has under way at once. */
const WINDOW = 1_000;
/** Without any outcome for so long, what is left counts as hung. */
const QUIET_MS = 30_000;
const HEAP_MIB = 32;
/** More than a task can meet: a worker dies about every 100 ms, and a task takes less than one. */
const RETRIES = 20;
/** A bomb goes off within this time, in the middle of whatever its worker does then. */
const BOMB_MS_MAX = 50;
const WORKERS = 4;

const order = readOrder<StormOrder>();
const pool = await createPool<typeof tasks>(new URL('./storm-tasks.js', import.meta.url), {
  backend: order.backend,
  workers: WORKERS,
  workerData: order.file,
  ...(order.way === 'out of memory' ? { limits: { heapMiB: HEAP_MIB } } : {}),
  // Many die here before they were of any use.
  restartLimit: { count: 1_000_000 },
});

const NONE = 0;
const VALUE = 1;
const DIED = 2;
const LOST = 3;
const outcomes = new Uint8Array(order.tasks);
let firstLoss: string | undefined;
let lastSettledMs = performance.now();

function settle(n: number, outcome: number, words: () => string): void {
  outcomes[n] = outcomes[n] === NONE ? outcome : LOST;
  lastSettledMs = performance.now();
  if (outcome === LOST) firstLoss ??= `task ${n}: ${words()}`;
}

/** Also of memory: here the task that the worker had was not the one that took it. */
const isDeath = (error: unknown) => error instanceof WorkerDiedError;

/** Every second task may run again; the others must not. */
const mayRunAgain = (n: number) => n % 2 === 1;

async function runOne(n: number): Promise<void> {
  try {
    const value = await pool.run(
      'work',
      [n],
      mayRunAgain(n) ? { retries: RETRIES, retryOn: isDeath, retryDelayMs: 0 } : {},
    );
    settle(n, value === 2 * n + 1 ? VALUE : LOST, () => `value ${value}`);
  } catch (error) {
    const isTold = !mayRunAgain(n) && error instanceof WorkerDiedError && error.hasBegun;
    settle(n, isTold ? DIED : LOST, () => String(error));
  }
}

let bombs = 0;
const kill = setInterval(() => {
  const { died, live } = pool.stats().workers;
  // One at a time: a worker takes its time to run out of memory, and another to take its place.
  if (died < bombs || live.length < WORKERS || live.some(({ state }) => state === 'starting')) return;
  const victims = live.filter(({ state }) => state === 'busy');
  // With nobody at work there is nothing to hurt.
  if (victims.length === 0) return;
  bombs++;
  if (order.way === 'SIGKILL') {
    process.kill(victims[Math.floor(Math.random() * victims.length)]!.pid!, 'SIGKILL');
    return;
  }
  // Rejected when another death meets it: then it was never planted.
  pool.run('plantBomb', [order.way, Math.random() * BOMB_MS_MAX, order.addon], { priority: 1 }).catch(() => bombs--);
}, order.killEveryMs);

const startMs = performance.now();
let next = 0;
let done = 0;
await new Promise<void>((resolve) => {
  const quiet = setInterval(() => {
    if (performance.now() - lastSettledMs < QUIET_MS) return;
    clearInterval(quiet);
    resolve();
  }, 100);
  const more = async (): Promise<void> => {
    while (next < order.tasks) await runOne(next++);
    if (++done < WINDOW) return;
    clearInterval(quiet);
    resolve();
  };
  for (let lane = 0; lane < WINDOW; lane++) void more();
});
clearInterval(kill);
const elapsedMs = performance.now() - startMs;
const kills = pool.stats().workers.died;
await pool.close({ cancel: true });

const runs = fs.readFileSync(order.file);
const seen = new Set<number>();
const hasRun = new Uint8Array(order.tasks);
let doubled = 0;
let reruns = 0;
for (let at = 0; at < runs.length; at += RUN_BYTES) {
  const n = runs.readUInt32LE(at);
  const key = runs.readUInt32LE(at + 4) * order.tasks + n;
  if (seen.has(key)) doubled++;
  seen.add(key);
  if (hasRun[n] === 1) reruns++;
  hasRun[n] = 1;
}
const count = (outcome: number) => outcomes.reduce((sum, one) => sum + (one === outcome ? 1 : 0), 0);
const invented = outcomes.reduce((sum, one, n) => sum + (one === VALUE && hasRun[n] === 0 ? 1 : 0), 0);
tell({
  kills,
  fulfilled: count(VALUE),
  rejected: count(DIED),
  reruns,
  lost: count(LOST) + invented,
  doubled,
  hung: count(NONE),
  elapsedMs,
  firstLoss,
} satisfies StormReport);
