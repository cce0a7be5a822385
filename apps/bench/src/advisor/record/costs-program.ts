// What starts, copies and the way of one call cost in one backend, in a fresh program: it says it on stdout.
//   node costs-program.js inline|threads|processes
import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { createPool } from '@heddle/ts-orchestrator';
import { coresAllowed } from '@heddle/machine';
import type { FixedBackend } from '../contestants.ts';
import { spin } from '../tasks.ts';

export interface CostsSaid {
  /** From `createPool` to the first result. */
  readonly firstMs: number;
  readonly startHoldMs: number;
  readonly startTakesMs: number;
  readonly latencyMs: number;
  /** A MiB of numbers there. */
  readonly mibMs: number;
  /** The same within this heap. */
  readonly mibCloneMs: number;
  /** Only of threads. */
  readonly memoryBytesPerMs: number | undefined;
}

const TASKS = new URL('./costs-tasks.js', import.meta.url);
const WARM_UPS = 3;
const ROUNDS = 5;
const CALLS = 1_000;
const MIB_CALLS = 20;
const MEMORY_MS = 300;
/** Turns of the work beside a start, and its steps: some 0.2 ms each, as long as a start of a process in all. */
const TURNS = 1_500;
const TURN_STEPS = 200_000;

const backend = process.argv[2] as FixedBackend;
const open = (workers: number) => createPool(TASKS, backend === 'inline' ? { backend } : { backend, workers });

const startMs = performance.now();
const pool = await open(1);
await pool.run('nothing', [0]);
const firstMs = performance.now() - startMs;

/** Of each of so many, in the round that took least. */
async function least(count: number, round: () => Promise<unknown>): Promise<number> {
  let bestMs = Infinity;
  for (let i = 0; i < WARM_UPS + ROUNDS; i++) {
    const atMs = performance.now();
    await round();
    bestMs = Math.min(bestMs, (performance.now() - atMs) / count);
  }
  return bestMs;
}

const records = Array.from({ length: CALLS }, (_, id) => ({ id }));
const mib = { data: new Float64Array(2 ** 17).fill(0.5) };

const itemMs = await least(CALLS, async () => {
  for await (const result of pool.map('nothing', records)) void result;
});
const latencyMs = await least(CALLS, async () => {
  for (const record of records) await pool.run('nothing', [record]);
});
// Several under way, as in a job: one at a time would wait for the other side with each part of it.
const largeMs = await least(MIB_CALLS, async () => {
  for await (const result of pool.map(
    'nothing',
    Array.from({ length: MIB_CALLS }, () => mib),
  ))
    void result;
});
const mibCloneMs = await least(MIB_CALLS, async () => {
  for (let i = 0; i < MIB_CALLS; i++) structuredClone(mib);
  await turn();
});
await pool.close();

/** Work of this thread that lets the event loop go round. */
async function workHere(): Promise<number> {
  const atMs = performance.now();
  for (let i = 0; i < TURNS; i++) {
    spin(TURN_STEPS);
    await turn();
  }
  return performance.now() - atMs;
}

/** With code that ran before: what this thread does for a start while it has nothing else to do. */
async function startHolds(): Promise<number> {
  if (backend === 'inline') return 0;
  let leastMs = Infinity;
  for (let i = 0; i < ROUNDS; i++) {
    const before = performance.eventLoopUtilization();
    const started = await open(1);
    await started.run('nothing', [0]);
    leastMs = Math.min(leastMs, performance.eventLoopUtilization(before).active);
    await started.close();
  }
  return leastMs;
}

/** The least of what it takes beside a start, less the least of what it takes alone: pairs, so that other work meets both. */
async function startTakes(): Promise<number> {
  if (backend === 'inline') return 0;
  let alone = Infinity;
  let beside = Infinity;
  for (let i = 0; i < ROUNDS; i++) {
    alone = Math.min(alone, await workHere());
    const starting = open(1).then(async (started) => {
      await started.run('nothing', [0]);
      return started;
    });
    beside = Math.min(beside, await workHere());
    await (await starting).close();
  }
  return Math.max(0, beside - alone);
}

async function memory(): Promise<number | undefined> {
  if (backend !== 'threads') return undefined;
  const workers = Math.min(2, coresAllowed());
  const movers = await open(workers);
  const rates = await Promise.all(Array.from({ length: workers }, () => movers.run('moveMemory', [MEMORY_MS])));
  await movers.close();
  return (rates as number[]).reduce((sum, rate) => sum + rate, 0);
}

const said: CostsSaid = {
  firstMs,
  startHoldMs: await startHolds(),
  startTakesMs: await startTakes(),
  latencyMs,
  mibMs: Math.max(0, largeMs - itemMs),
  mibCloneMs,
  memoryBytesPerMs: await memory(),
};
process.stdout.write(`${JSON.stringify(said)}\n`);
