// Pools that choose, with real workers.
import { coresAllowed } from '@heddle/machine';
import { afterEach, describe, expect, it } from 'vitest';
import { createPool, sharedArray, type Pool, type PoolOptions } from '@heddle/ts-orchestrator';
import type { UntypedModule } from '../../src/task/module-types.ts';
import { collect, errorOf, fixture } from '../helpers.ts';

const open: Array<Pool<UntypedModule>> = [];
async function makePool(options: PoolOptions = {}, file = 'tasks.mjs'): Promise<Pool<UntypedModule>> {
  const pool = await createPool(fixture(file), { backend: 'auto', workers: 2, execArgv: [], ...options });
  open.push(pool);
  return pool;
}
afterEach(async () => {
  await Promise.allSettled(open.splice(0).map((pool) => pool.close({ cancel: true })));
});

const backendsOf = (pool: Pool<UntypedModule>) => pool.stats().parts!.map(({ backend }) => backend);
const explained = (pool: Pool<UntypedModule>, name: string) =>
  pool.explain().functions.find((each) => each.name === name)!;
/** Waiting for a start that can't come takes as long as the first restart that is allowed. */
const NO_RESTART = { restartLimit: { count: 0 } };

describe('a call that asks for nothing', () => {
  it('runs here, and nothing is started', async () => {
    const pool = await makePool();
    expect(await pool.run('inWorker')).toBe(false);
    expect(await Promise.all([1, 2, 3].map((n) => pool.run('square', [n])))).toEqual([1, 4, 9]);
    expect(await collect(pool.stream('counts', [2]))).toEqual([1, 2]);
    expect(backendsOf(pool)).toEqual(['inline']);
    expect(explained(pool, 'square')).toMatchObject({
      backend: 'inline',
      calls: { inline: 3 },
      features: { computingShare: 1, crashes: 0 },
      sentence: expect.stringContaining('square: inline'),
    });
    expect(pool.explain().sentence).toContain('square inline');
  });

  it.skipIf(coresAllowed() < 2)('leaves, within its map, when its calls are long and many', async () => {
    const pool = await makePool();
    function* source() {
      for (;;) yield 5;
    }
    let next = 0;
    let first: boolean | undefined;
    // Ends with the first item that ran elsewhere; the ceiling of the test is against a hang.
    for await (const { index, value } of pool.map('spinsAndTells', source())) {
      expect(index).toBe(next++);
      first ??= value as boolean;
      if (value === true) break;
    }
    expect(first).toBe(false);
    const { calls, backend, predictedMs, decidedFor } = explained(pool, 'spinsAndTells');
    expect(backend).not.toBe('inline');
    expect(calls.inline).toBeGreaterThan(0);
    expect(calls[backend]).toBeGreaterThan(0);
    expect(predictedMs[backend]).toBeLessThan(predictedMs.inline!);
    expect(decidedFor).toBeGreaterThan(0);
    // Known by now, and the workers are there.
    const all = await Promise.all(Array.from({ length: 40 }, () => pool.run('spinsAndTells', [5])));
    expect(all).toContain(true);
  });

  it.skipIf(coresAllowed() < 2)('leaves out of a burst of single calls', async () => {
    const pool = await makePool();
    // Ends with the first that ran elsewhere; the ceiling of the test is against a hang.
    for (let isThere = false; !isThere;) {
      const all = await Promise.all(Array.from({ length: 60 }, () => pool.run('spinsAndTells', [5])));
      isThere = all.includes(true);
    }
    const { calls, backend } = explained(pool, 'spinsAndTells');
    expect(calls.inline).toBeGreaterThan(0);
    expect(calls[backend]).toBeGreaterThan(0);
  });

  it('has its arguments as they were when it was made, and is counted, also while it is held', async () => {
    const pool = await makePool();
    const value = { n: 0 };
    const all = Array.from({ length: 5 }, () => {
      value.n++;
      return pool.run('identity', [value]);
    });
    value.n = -1;
    expect(pool.stats().tasks).toMatchObject({ submitted: 5, queued: 4 });
    const drained = pool.drain();
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5].map((n) => ({ n })));
    await drained;
    expect(pool.stats().tasks).toMatchObject({ submitted: 5, succeeded: 5, queued: 0 });
  });

  it('is served when the pool closes while it is held, or cancelled if it is told to', async () => {
    const pool = await makePool();
    const all = [1, 2, 3].map((n) => pool.run('square', [n]));
    await pool.close();
    expect(await Promise.all(all)).toEqual([1, 4, 9]);
    const other = await makePool();
    const cancelled = [1, 2, 3].map((n) => other.run('square', [n]));
    const errors = Promise.all(cancelled.map((each) => errorOf(each)));
    await other.close({ cancel: true });
    for (const error of await errors) expect(error).toMatchObject({ code: 'HEDDLE_TASK_CANCELLED' });
  });

  it('stays when it waits, however many there are', async () => {
    const pool = await makePool({ workers: 'auto' });
    const turns = Array.from({ length: 2_000 }, () => 3);
    const all = await collect(pool.map('indexAfterTurns', turns));
    expect(all.map(({ value }) => value)).toEqual([...turns.keys()]);
    expect(backendsOf(pool)).toEqual(['inline']);
  });
});

describe('a call that asks for what inline can not give', () => {
  it.each([
    ['timeoutMs', { timeoutMs: 60_000 }],
    ['signal', { signal: new AbortController().signal }],
    ['retries', { retries: 1 }],
  ])('%s: runs in a worker', async (_what, options) => {
    const pool = await makePool();
    expect(await pool.run('inWorker', [], options)).toBe(true);
    expect((await collect(pool.map('spinsAndTells', [0, 0], options))).map(({ value }) => value)).toEqual([true, true]);
    expect(await pool.run('inWorker')).toBe(false);
    const { tasks, workers, parts } = pool.stats();
    expect(parts!.map(({ backend }) => backend)).toEqual(['inline', 'threads']);
    expect(tasks).toMatchObject({ submitted: 4, succeeded: 4 });
    expect(workers.live.map(({ id }) => id)).toEqual([...new Set(workers.live.map(({ id }) => id))]);
  });

  it('also as a stream', async () => {
    const pool = await makePool();
    expect(await collect(pool.stream('counts', [2], { timeoutMs: 60_000 }))).toEqual([1, 2]);
    expect(backendsOf(pool)).toEqual(['inline', 'threads']);
  });

  it('of the pool: nothing runs inline', async () => {
    const pool = await makePool({ require: { isolation: 'process' } });
    expect(await pool.run('inWorker')).toBe(true);
    expect(backendsOf(pool)).toEqual(['processes']);
    expect(pool.explain().unavailable.map(({ backend }) => backend)).toEqual(['inline', 'threads']);
  });
});

describe('isolation', () => {
  it('is kept for a function that has ended a worker', async () => {
    const pool = await makePool();
    expect(await errorOf(pool.run('exits', [7], { timeoutMs: 60_000 }))).toMatchObject({ code: 'HEDDLE_WORKER_DIED' });
    // Inline it would end this very program.
    expect(await errorOf(pool.run('exits', [8]))).toMatchObject({ code: 'HEDDLE_WORKER_DIED', exitCode: 8 });
    expect(await errorOf(collect(pool.map('exits', [9])))).toMatchObject({ code: 'HEDDLE_WORKER_DIED', exitCode: 9 });
    expect(explained(pool, 'exits')).toMatchObject({
      features: { crashes: 3 },
      ruledOut: expect.arrayContaining([expect.objectContaining({ backend: 'inline', rule: 'crashed' })]),
    });
    expect(await pool.run('inWorker')).toBe(false);
  });
});

describe('workers that can not be had', () => {
  it('keep nobody from running here, and are told to who needs them', async () => {
    const pool = await makePool(NO_RESTART, 'broken/throws-in-workers.mjs');
    expect(await pool.run('identity', [1])).toBe(1);
    const refused = await errorOf(pool.run('identity', [2], { timeoutMs: 60_000 }));
    expect(refused).toMatchObject({ code: 'HEDDLE_POOL_FAILED', message: expect.stringContaining('not in a worker') });
    expect(await pool.run('identity', [3])).toBe(3);
    expect(await collect(pool.map('identity', [4, 5]))).toHaveLength(2);
    expect(pool.explain().unavailable).toContainEqual({
      backend: 'threads',
      reason: expect.stringContaining('not in a worker') as string,
    });
    await pool.close();
    expect(pool.stats().state).not.toBe('open');
  });
});

describe('values that only go to this process', () => {
  it('take their call to where they can go', async () => {
    const pool = await makePool();
    const shared = sharedArray(Int32Array, 2);
    expect(await pool.run('addShared', [shared, 1, 5])).toEqual(shared);
    await pool.run('addShared', [shared, 1, 5], { timeoutMs: 60_000 });
    expect(shared[1]).toBe(10);
  });
});

describe('the end', () => {
  it('comes also while a worker starts, and what waits for it is served', async () => {
    const pool = await makePool();
    const waiting = pool.run('square', [3], { timeoutMs: 60_000 });
    const closing = pool.close();
    await expect(pool.run('square', [4])).rejects.toMatchObject({ code: 'HEDDLE_POOL_CLOSED' });
    await expect(pool.run('square', [4], { timeoutMs: 5 })).rejects.toMatchObject({ code: 'HEDDLE_POOL_CLOSED' });
    expect(await waiting).toBe(9);
    await closing;
    expect(pool.stats()).toMatchObject({ state: 'closed', workers: { live: [] }, tasks: { succeeded: 1, running: 0 } });
    expect(backendsOf(pool)).toEqual(['inline', 'threads']);
  });

  it('refuses wrong options and stays open', async () => {
    const pool = await makePool();
    await expect(pool.close({ cancels: true } as object)).rejects.toMatchObject({ code: 'HEDDLE_OPTION_UNKNOWN' });
    expect(await pool.run('square', [3])).toBe(9);
  });

  it('drain waits for both kinds', async () => {
    const pool = await makePool();
    let settled = 0;
    void pool.run('indexAfterTurns', [5]).then(() => settled++);
    void pool.run('indexAfterTurns', [5], { timeoutMs: 60_000 }).then(() => settled++);
    await pool.drain();
    await Promise.resolve();
    expect(settled).toBe(2);
  });
});

it('a pool of one backend has nothing to explain', async () => {
  await using pool = await createPool(fixture('tasks.mjs'), { backend: 'inline' });
  expect(pool.explain()).toMatchObject({ backend: 'inline', functions: [], costs: undefined });
  expect(pool.stats().parts).toBeUndefined();
});
