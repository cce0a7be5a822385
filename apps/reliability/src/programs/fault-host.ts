/**
 * A throw-away program: one pool, innocent tasks and one that misbehaves. It writes lines of JSON: where the guilty task runs, and at the end
 * what became of everybody. When the fault takes the program itself, its end tells the rest.
 */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, HeddleError, WorkerDiedError, type Backend, type Pool } from '@heddle/ts-orchestrator';
import { FAULTS } from '../faults/table.ts';
import type * as tasks from '../faults/tasks.ts';
import { watchDeath, type Death } from './death-watch.ts';
import { readOrder, tell as write } from './program.ts';

export interface HostOrder {
  readonly fault: string;
  readonly backend: Backend;
  readonly innocents: number;
  readonly innocentMs: number;
  readonly addon: string | undefined;
  /** An empty folder. */
  readonly folder: string;
  /** Measure the time from the death to the outcome. */
  readonly isWatched: boolean;
}

/** First line: what must be gone when the host is. */
export interface HostBegan {
  readonly pids: readonly number[];
}

/** Last line. */
export interface HostReport {
  /** As in the table. */
  readonly outcome: string;
  readonly message: string | undefined;
  readonly innocentsDone: number;
  /** A task given to the pool afterwards was done. */
  readonly isPoolUsable: boolean;
  /** Milliseconds from the last look at which the worker was alive to the rejection; undefined when nobody died or nobody looked. */
  readonly lagMs: number | undefined;
}

/** A task that is watched first waits for its watcher, and its time-out runs meanwhile. */
const WATCHED_TIMEOUT_MS = 1_000;

const order = readOrder<HostOrder>();
const fault = FAULTS.find(({ name }) => name === order.fault)!;
const { backend } = order;
const tell: (line: HostBegan | HostReport) => void = write;

function describe(error: unknown): string {
  if (error instanceof WorkerDiedError) return `${error.code} ${error.signal ?? `exit ${error.exitCode}`}`;
  if (error instanceof HeddleError) return error.code;
  const { name, code } = error as NodeJS.ErrnoException;
  return code === undefined ? name : `${name} ${code}`;
}

/** Options that mean nothing inline are left out there. */
function poolOptions() {
  const { limits, ...rest } = fault.pool ?? {};
  return { backend, workers: 2, ...rest, ...(backend === 'inline' || limits === undefined ? {} : { limits }) };
}

async function misbehave(pool: Pool<typeof tasks>): Promise<Omit<HostReport, 'innocentsDone' | 'isPoolUsable'>> {
  const gate = order.isWatched ? path.join(order.folder, 'gate') : undefined;
  const release = path.join(order.folder, 'release');
  let death: Promise<Death> | undefined;
  const letGo = async (place: tasks.Place, isWatching: Promise<unknown> | undefined) => {
    await isWatching;
    if (gate !== undefined) fs.writeFileSync(gate, '');
    if (fault.signal !== undefined) process.kill(place.pid, fault.signal);
  };
  const onProgress = (value: unknown) => {
    const place = value as tasks.Place;
    tell({ pids: backend === 'processes' ? [place.pid] : [] });
    // Inline there is nobody but this thread.
    const watched = order.isWatched && backend !== 'inline' ? watchDeath(place) : undefined;
    death = watched?.death;
    void letGo(place, watched?.isWatching);
  };
  const args = fault.module === undefined ? [{ gate, release, addon: order.addon }, ...(fault.args ?? [])] : [];
  const run = pool.run as (name: string, args: readonly unknown[], options: object) => Promise<unknown>;
  const timeoutMs = order.isWatched ? WATCHED_TIMEOUT_MS : fault.timeoutMs;
  const options = { onProgress, ...(fault.timeoutMs === undefined ? {} : { timeoutMs }) };
  try {
    await run.call(pool, fault.task, args, options);
    return { outcome: 'value', message: undefined, lagMs: undefined };
  } catch (error) {
    const settledMs = Number(process.hrtime.bigint()) / 1e6;
    // A worker that lives on is never seen dead. A thread whose end is told may still be in /proc for a moment: that counts as 0.
    const isDead =
      error instanceof HeddleError && /WORKER_DIED|LIMIT_|TASK_TIMEOUT/.test(error.code) && backend !== 'inline';
    const lagMs = isDead && death !== undefined ? Math.max(0, settledMs - (await death).lastAliveMs) : undefined;
    return { outcome: describe(error), message: (error as Error).message, lagMs };
  }
}

async function run(pool: Pool<typeof tasks>): Promise<HostReport> {
  const guilty = misbehave(pool);
  const innocents = await Promise.allSettled(
    Array.from({ length: order.innocents }, (_, n) => pool.run('innocent', [n, order.innocentMs])),
  );
  const report = await guilty;
  const isPoolUsable = (await pool.run('innocent', [-1, 0])) === -1;
  await pool.close({ cancel: true });
  const innocentsDone = innocents.filter((one, n) => one.status === 'fulfilled' && one.value === n).length;
  return { ...report, innocentsDone, isPoolUsable };
}

let pool: Pool<typeof tasks>;
try {
  pool = await createPool<typeof tasks>(
    new URL(`../faults/${fault.module ?? 'tasks'}.js`, import.meta.url),
    poolOptions(),
  );
} catch (error) {
  tell({
    outcome: `no pool: ${describe(error)}`,
    message: (error as Error).message,
    innocentsDone: order.innocents,
    isPoolUsable: true,
    lagMs: undefined,
  });
  process.exit();
}
tell(await run(pool));
// Lets go what is blocked in native code, which would outlive this program's end.
fs.writeFileSync(path.join(order.folder, 'release'), '');
await sleep(0);
