// Locks as arguments of tasks, in a pool of processes and in the others. Here and not with the pools, which know nothing of locks.
import { describe, expect, it } from 'vitest';
import { Condition, failure, Mutex, Semaphore } from '../support.ts';
import { across, isMissing, reportMissing } from './support.ts';

interface Pool {
  run(name: string, args: readonly unknown[]): Promise<unknown>;
  map(name: string, items: readonly unknown[]): AsyncIterable<{ value: unknown }>;
  close(): Promise<void>;
}
interface Orchestrator {
  createPool(tasks: URL, options: object): Promise<Pool>;
  sharedArray(type: typeof Int32Array, length: number, options: object): Int32Array;
}
// By its place: this package may not depend on that one. And its sources, which vitest alone can load, as in support.ts.
const load = (file: string): Promise<unknown> =>
  import(new URL(`../../../ts-orchestrator/src/${file}`, import.meta.url).href);
const { createPool, sharedArray } = (await load('index.ts')) as Orchestrator;
await ((await load('task/os-services.ts')) as { loadOsServices(): Promise<unknown> }).loadOsServices();

async function withPool(options: object, use: (pool: Pool) => Promise<void>): Promise<void> {
  const pool = await createPool(new URL('../fixtures/pool-tasks.mjs', import.meta.url), { workers: 2, ...options });
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}
const inProcesses = { backend: 'processes', execArgv: [] };

reportMissing();

describe.skipIf(isMissing)('a handle in a pool of processes', () => {
  it('is opened there as in a thread', () =>
    withPool(inProcesses, async (pool) => {
      const mutex = Mutex.create(across);
      const shared = sharedArray(Int32Array, 1, across);
      const rounds = 500;
      const all = [
        pool.run('count', [mutex.handle, shared, rounds]),
        pool.run('countAsync', [mutex.handle, shared, rounds]),
      ];
      for (let round = 0; round < rounds; round++) await mutex.withLock(() => void (shared[0]! += 1));
      await Promise.all(all);
      expect(shared[0]).toBe(3 * rounds);
    }));

  it('goes there many times, in maps, with others and back', () =>
    withPool(inProcesses, async (pool) => {
      const mutex = Mutex.create(across);
      const same = mutex.tryLock()!;
      for await (const { value } of pool.map('open', [mutex.handle, mutex.handle, mutex.handle]))
        expect(value).toBe(false);
      same.release();
      // After many small tasks they travel another way.
      for (let task = 0; task < 40; task++) expect(await pool.run('pass', [task])).toBe(task);
      const back = Mutex.from((await pool.run('pass', [mutex.handle])) as typeof mutex.handle);
      const guard = back.tryLock();
      expect(mutex.tryLock()).toBeUndefined();
      guard!.release();
      const semaphore = Semaphore.create(3, across);
      expect(await pool.run('permits', [semaphore.handle])).toBe(2);
      const condition = Condition.create(mutex);
      const shared = sharedArray(Int32Array, 1, across);
      await condition.mutex.withLock(async (held) => {
        const called = pool.run('callBack', [condition.handle, shared]);
        while (shared[0] === 0) await condition.wait(held);
        await called.catch(() => {});
      });
    }));

  it('of one made there is opened here', () =>
    withPool(inProcesses, async (pool) => {
      const mutex = Mutex.from((await pool.run('make', [])) as Parameters<typeof Mutex.from>[0]);
      const guard = await mutex.lock();
      expect(await pool.run('open', [mutex.handle])).toBe(false);
      guard.release();
    }));

  it('of a worker that is killed with it tells the next', () =>
    withPool(inProcesses, async (pool) => {
      const mutex = Mutex.create(across);
      const died = failure(pool.run('die', [mutex.handle]));
      expect(await died).toMatchObject({ code: 'HEDDLE_WORKER_DIED' });
      const guard = await mutex.lock();
      expect(guard.abandoned).toBe(true);
      guard.repair();
      guard.release();
      expect(await pool.run('open', [mutex.handle])).toBe(true);
    }));

  it('is refused where it can not travel', () =>
    withPool(inProcesses, async (pool) => {
      const nested = await failure(pool.run('openNested', [{ inside: Mutex.create(across).handle }]));
      expect(nested).toMatchObject({
        code: 'SYNC_HANDLE',
        message: expect.stringContaining('as an argument of its own') as string,
      });
      const ofThreads = await failure(pool.run('open', [Mutex.create().handle]));
      expect(ofThreads).toMatchObject({
        code: 'HEDDLE_SHARED_ARRAY',
        message: expect.stringContaining("across: 'processes'") as string,
      });
    }));
});

describe.skipIf(isMissing)('a handle of processes in other pools', () => {
  it.each(['threads', 'inline'])('%s: works as that of threads', (backend) =>
    withPool(backend === 'inline' ? { backend, workers: 1 } : { backend, execArgv: [] }, async (pool) => {
      const mutex = Mutex.create(across);
      const guard = await mutex.lock();
      expect(await pool.run('open', [mutex.handle])).toBe(false);
      guard.release();
    }),
  );
});
