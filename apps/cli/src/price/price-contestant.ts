// One backend's prices, measured inside a runner process of its own: start, trip, payload and memory per worker.
import { treePssBytes, type Contestant } from '@heddle/measure';
import { createPool, sharedArray } from '@heddle/ts-orchestrator';
import type * as tasks from './price-tasks.js';

export interface PriceOptions {
  readonly backend: 'threads' | 'processes';
  readonly workers: number;
}

const TASKS = new URL('./price-tasks.js', import.meta.url);
const TRIPS = 300;
const PAYLOAD_ELEMENTS = 1024 * 1024; // 8 MiB of doubles

async function timedMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

export default async function createPriceContestant({ backend, workers }: PriceOptions): Promise<Contestant> {
  const open = (count: number) => createPool<typeof tasks>(TASKS, { backend, workers: count });
  const before = await treePssBytes(process.pid);
  const pool = await open(workers);
  // As many tasks at once as workers, each long enough that every worker gets one.
  await Promise.all(Array.from({ length: workers * 2 }, () => pool.run('spin', [20_000_000])));
  const after = await treePssBytes(process.pid);
  const payload = new Float64Array(PAYLOAD_ELEMENTS).fill(1.5);
  const shared = backend === 'threads' ? sharedArray(Float64Array, PAYLOAD_ELEMENTS) : undefined;

  return {
    async round() {
      let fresh: Awaited<ReturnType<typeof open>> | undefined;
      const startMs = await timedMs(async () => {
        fresh = await open(1);
        await fresh.run('nothing', []);
      });
      await fresh?.close();
      const trips: number[] = [];
      for (let i = 0; i < TRIPS; i++) trips.push(await timedMs(() => pool.run('nothing', [])));
      const copies: number[] = [];
      for (let i = 0; i < 3; i++) copies.push(await timedMs(() => pool.run('echo', [payload])));
      const measures: Record<string, number> = { startMs, tripMs: median(trips), copyMs: median(copies) };
      if (shared) {
        const shares: number[] = [];
        for (let i = 0; i < 9; i++) shares.push(await timedMs(() => pool.run('addOne', [shared])));
        measures['sharedMs'] = median(shares);
      }
      if (before !== undefined && after !== undefined) measures['workerBytes'] = (after - before) / workers;
      return measures;
    },
    async check() {
      const back = await pool.run('echo', [payload]);
      const isWhole = back.length === payload.length && back.every((value: number) => value === 1.5);
      return { digest: 'prices', ...(isWhole ? {} : { problem: 'the 8 MiB came back changed' }) };
    },
    close: () => pool.close(),
  };
}
