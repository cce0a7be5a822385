/** Every kind of every workload: its result, what it leaves behind, and the cores it asks for. */
import { rm } from 'node:fs/promises';
import type { PoolOptions } from '@heddle/ts-orchestrator';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { workloads } from '../src/index.ts';
import type { VariantKind } from '../src/workload.ts';
import { childPids, makeDir, skipReason } from './support.ts';

/** What a kind asks for, counted where it asks: pools, and threads of native kernels. */
const demand = vi.hoisted(() => {
  let busy = 0;
  return {
    /** Most threads of native kernels at once. */
    peak: 0,
    /** Workers of the pool, and most threads that one of its tasks was given. */
    workers: 0,
    threadsPerTask: 0,
    async kernel<T>(threads: number, run: () => Promise<T>): Promise<T> {
      busy += threads;
      this.peak = Math.max(this.peak, busy);
      return run().finally(() => (busy -= threads));
    },
    reset() {
      Object.assign(this, { peak: 0, workers: 0, threadsPerTask: 0 });
    },
  };
});

vi.mock('@heddle/ts-orchestrator', async (original) => {
  const real = await original<typeof import('@heddle/ts-orchestrator')>();
  return {
    ...real,
    async createPool(url: URL, options: PoolOptions) {
      const pool = await real.createPool(url, options);
      demand.workers += Number(options.workers);
      const run = pool.run.bind(pool);
      const map = pool.map.bind(pool);
      pool.map = ((...args: Parameters<typeof map>) => {
        demand.threadsPerTask = Math.max(demand.threadsPerTask, 1);
        return map(...args);
      }) as typeof pool.map;
      pool.run = ((name: string, args: unknown[], rest: object) => {
        // Tasks that run a native kernel take its threads as their last argument.
        const threads = name.endsWith('Native') ? Number(args.at(-1)) : 1;
        demand.threadsPerTask = Math.max(demand.threadsPerTask, threads);
        return run(name, args as never, rest);
      }) as typeof pool.run;
      return pool;
    },
  };
});

/** Counts the threads of every asynchronous kernel of a module. */
function counting(real: object): object {
  const general = ['sort', 'sum', 'histogram'];
  const examples = ['mandelbrot', 'nbodyAccelerations', 'monteCarloPi', 'optionPrice', 'pathTrace'];
  return Object.fromEntries(
    Object.entries(real).map(([name, value]) => {
      if (![...general, ...examples].includes(name)) return [name, value];
      const kernel = value as (...args: { threads?: number }[]) => Promise<unknown>;
      return [name, (...args: { threads?: number }[]) => demand.kernel(args.at(-1)!.threads!, () => kernel(...args))];
    }),
  );
}

vi.mock('@heddle/core-native', async (original) => counting(await original()));
vi.mock('@heddle/core-native/examples', async (original) => counting(await original()));

beforeEach(() => demand.reset());

/** More than this machine may have: what is tested is the division of the work, not its speed. */
const WORKERS = 4;

/** Programs of a workload beside its kinds: fetch-many's server; the service and the load of http-service. */
const PROGRAMS: Readonly<Record<string, number>> = { 'fetch-many': 1, 'http-service': 2 };
/** Its pools are in the service. */
const NOTHING = { children: 0, workers: 0, threadsPerTask: 0, peak: 0 };

/** Most children each kind may have, programs of the workload apart, and what it asks for. */
const EXPECTED: Record<VariantKind, { children: number; workers: number; threadsPerTask: number; peak: number }> = {
  inline: { children: 0, workers: 0, threadsPerTask: 0, peak: 0 },
  threads: { children: 0, workers: WORKERS, threadsPerTask: 1, peak: 0 },
  processes: { children: WORKERS, workers: WORKERS, threadsPerTask: 1, peak: 0 },
  // It may take workers of either kind, or none.
  auto: { children: WORKERS, workers: WORKERS, threadsPerTask: 1, peak: 0 },
  'native-1': { children: 0, workers: 0, threadsPerTask: 0, peak: 1 },
  'native-all': { children: 0, workers: 0, threadsPerTask: 0, peak: WORKERS },
  'processes-native': { children: WORKERS / 2, workers: WORKERS / 2, threadsPerTask: 2, peak: 0 },
  cluster: NOTHING,
};

// One that only starts programs has a test of its own.
const tested = workloads.filter(({ startsPrograms }) => !startsPrograms);

describe.each(tested.map((workload) => [workload.name, workload] as const))('%s', (name, workload) => {
  const size = workload.sizeOf(workload.minimumWork);
  let dir: string;
  let expected: string;

  beforeAll(async () => {
    dir = await makeDir();
    await workload.prepare?.(size, dir);
    const inline = await workload.create('inline', { size, workers: 1, dir });
    await inline.round();
    expected = (await inline.check()).digest;
    await inline.close();
  });
  afterAll(() => rm(dir, { recursive: true }));

  it.for(workload.kinds)(
    '%s gives the right result within its cores and leaves nothing behind',
    async (kind, { skip }) => {
      const reason = skipReason(kind);
      if (reason !== undefined) skip(reason);
      const before = await childPids();
      const contestant = await workload.create(kind, { size, workers: WORKERS, dir });
      try {
        for (let round = 0; round < (workload.leastMs === undefined ? 2 : 1); round++) {
          const measures = (await contestant.round()) ?? {};
          const keys = workload.measures.map(({ key }) => key).filter((key) => key !== 'wallMs');
          expect(Object.keys(measures).toSorted()).toEqual(keys.toSorted());
          expect(Object.values(measures).every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
          const { digest, problem } = await contestant.check();
          expect(problem).toBeUndefined();
          expect(digest).toBe(expected);
        }
        const children = (await childPids()).filter((pid) => !before.includes(pid));
        const { children: most, ...cores } = name === 'http-service' ? NOTHING : EXPECTED[kind];
        expect(children.length).toBeLessThanOrEqual(most + (PROGRAMS[name] ?? 0));
        expect(demand).toMatchObject(cores);
      } finally {
        await contestant.close();
      }
      expect(await childPids()).toEqual(before);
    },
  );

  it.runIf(workload.leastMs === undefined)('computes at an uneven number of workers what inline does', async () => {
    const contestant = await workload.create('threads', { size, workers: 3, dir });
    try {
      await contestant.round();
      expect(await contestant.check()).toMatchObject({ digest: expected });
    } finally {
      await contestant.close();
    }
  });
});
