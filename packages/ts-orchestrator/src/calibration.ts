/**
 * Measures what backends cost on this machine, for who asks for it (`heddle machine --calibrate`): an entry of its own, so that no pool
 * loads it. Real pools of one worker call a function that does nothing. The starts go on beside each other, and each sampling ends
 * after SAMPLE_MS, so that all of it takes little more than the slower start.
 *
 * The least of many short samples counts: other work on the machine only ever adds, and a sample shorter than a slice of the scheduler has a
 * chance to be free of it. (Medians, with thirteen programs waiting for two cores, gave fifty times as much.) What can't be measured here
 * is left out.
 */
import { isPlausible, type CalibratedCosts, type CalibratedNumber, type Calibration } from '@heddle/advisor';
import { openCalibrationStore, type FoundCalibration } from './auto/calibration-file.ts';
import { createPool } from './create-pool.ts';
import { ownKiB, type nothing } from './entry/calibration-tasks.ts';
import type { Pool } from './pool/pool.ts';
import { entryUrl } from './transport/entry-url.ts';
import type { Backend } from './transport/transport.ts';

export type { CalibratedCosts, Calibration, CalibrationKey } from '@heddle/advisor';
export type { FoundCalibration } from './auto/calibration-file.ts';

type Tasks = { nothing: typeof nothing; ownKiB: typeof ownKiB };

/** For each thing that is measured. */
const SAMPLE_MS = 4;
const SAMPLES_LEAST = 5;
/** Calls before anything counts: code is slow at first, and processes get their rings after some tasks. */
const WARM_CALLS = 3_000;
/** Under way at a time, as in a program that has much to do. */
const CROWD = 64;
/** Items of a map, which travel together. */
const ITEMS = 512;

export interface MadeCalibration {
  readonly calibration: Calibration;
  /** What it took, the starts included. */
  readonly elapsedMs: number;
  readonly file: string | undefined;
  /** Why it was not kept; undefined: it was. */
  readonly problem: string | undefined;
}

/** Measures, and keeps what it found in place of what there was. Rejects where a pool can't start. */
export async function calibrate(): Promise<MadeCalibration> {
  const begun = performance.now();
  const store = openCalibrationStore();
  const hostKiB = ownKiB();
  const pools: Partial<Record<Backend, Pool<Tasks>>> = {};
  try {
    const start = async (backend: Backend) => {
      const startedAt = performance.now();
      const options = backend === 'inline' ? {} : { workers: 1, execArgv: [] };
      pools[backend] = await createPool<Tasks>(entryUrl('calibration-tasks'), { backend, ...options });
      // With its thread there.
      const grownKiB = backend === 'threads' && hostKiB !== undefined ? (ownKiB() ?? 0) - hostKiB : undefined;
      return { startMs: performance.now() - startedAt, grownKiB };
    };
    const [threadStart, processStart] = await Promise.all([start('threads'), start('processes'), start('inline')]);
    await warm(pools.inline!);
    const childKiB = await pools.processes!.run('ownKiB');
    const costs = {
      inline: plausible({ callerMs: await crowdMs(pools.inline!), batchedCallerMs: await itemMs(pools.inline!) }),
      threads: plausible({
        ...(await callsOf(pools.threads!, threadStart.startMs)),
        memoryMiB: mib(threadStart.grownKiB),
      }),
      processes: plausible({ ...(await callsOf(pools.processes!, processStart.startMs)), memoryMiB: mib(childKiB) }),
    };
    const calibration = { key: store.key, madeAt: Date.now(), costs, ...plausible(copies()) };
    const elapsedMs = performance.now() - begun;
    const problem = store.write(calibration);
    const { file } = await found();
    return { calibration, elapsedMs, file, problem };
  } finally {
    await Promise.allSettled(Object.values(pools).map((pool) => pool.close({ cancel: true })));
  }
}

/** What there is now for this machine, and why it is not used. Never rejects. */
export function found(): Promise<FoundCalibration> {
  return new Promise((resolve) => openCalibrationStore().read(resolve));
}

async function callsOf(pool: Pool<Tasks>, startMs: number): Promise<CalibratedCosts> {
  await warm(pool);
  const latencyMs = await sampled(async () => {
    const sentAt = performance.now();
    await pool.run('nothing', [1]);
    return performance.now() - sentAt;
  });
  return { startMs, latencyMs, callerMs: await crowdMs(pool), batchedCallerMs: await itemMs(pool) };
}

async function warm(pool: Pool<Tasks>): Promise<void> {
  for (let calls = 0; calls < WARM_CALLS; calls += CROWD)
    await Promise.all(Array.from({ length: CROWD }, (_, n) => pool.run('nothing', [n])));
}

/** What a call takes this thread, with many under way. */
function crowdMs(pool: Pool<Tasks>): Promise<number> {
  return sampled(async () => {
    const before = performance.eventLoopUtilization();
    await Promise.all(Array.from({ length: CROWD }, (_, n) => pool.run('nothing', [n])));
    return performance.eventLoopUtilization(before).active / CROWD;
  });
}

/** The same of an item that travels with others. */
function itemMs(pool: Pool<Tasks>): Promise<number> {
  const items = Array.from({ length: ITEMS }, (_, n) => n);
  return sampled(async () => {
    const before = performance.eventLoopUtilization();
    const results = pool.map('nothing', items, { ordered: false });
    while ((await results.next()).done !== true);
    return performance.eventLoopUtilization(before).active / ITEMS;
  });
}

function copies(): { cloneMsPerMiB: number; cloneMsPerThousandObjects: number } {
  const numbers = new Float64Array(2 ** 17);
  const objects = Array.from({ length: 1_000 }, (_, id) => ({ id, name: 'a name', isSmall: true }));
  return {
    cloneMsPerMiB: sampledMs(() => structuredClone(numbers)),
    cloneMsPerThousandObjects: sampledMs(() => structuredClone(objects)),
  };
}

/** The least of what as many runs as fit give, and of SAMPLES_LEAST in any case. */
async function sampled(run: () => Promise<number>): Promise<number> {
  const samples: number[] = [];
  const end = performance.now() + SAMPLE_MS;
  while (samples.length < SAMPLES_LEAST || performance.now() < end) samples.push(await run());
  return Math.min(...samples);
}

/** The same of what they take. */
function sampledMs(run: () => unknown): number {
  const samples: number[] = [];
  const end = performance.now() + SAMPLE_MS;
  while (samples.length < SAMPLES_LEAST || performance.now() < end) {
    const startedAt = performance.now();
    run();
    samples.push(performance.now() - startedAt);
  }
  return Math.min(...samples);
}

const mib = (kib: number | undefined) => (kib === undefined ? undefined : kib / 1_024);

/** Without what is missing or can't be. */
function plausible<T extends object>(numbers: T): { [K in keyof T]?: number } {
  const good = Object.entries(numbers).filter(([name, value]) => isPlausible(name as CalibratedNumber, value));
  return Object.fromEntries(good) as { [K in keyof T]?: number };
}
