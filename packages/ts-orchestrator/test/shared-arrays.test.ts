// Arrays that processes share: one memory in host and workers, and nothing left of it.
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createPool, sharedArray, type Pool, type PoolOptions } from '@heddle/ts-orchestrator';
import type { UntypedModule } from '../src/task/module-types.ts';
import { loadOsServices, segmentOf } from '../src/task/os-services.ts';

const isMissing = process.platform !== 'linux' || (await loadOsServices()) === undefined;
const across = { across: 'processes' } as const;
const refused = (text: string): unknown =>
  expect.objectContaining({ code: 'HEDDLE_SHARED_ARRAY', message: expect.stringContaining(text) as string });

async function withPool(options: PoolOptions, use: (pool: Pool<UntypedModule>) => Promise<void>): Promise<void> {
  const pool = await createPool(new URL('fixtures/shared-tasks.mjs', import.meta.url), {
    workers: 1,
    ...(options.backend === 'inline' ? {} : { execArgv: [] }),
    ...options,
  });
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

describe('sharedArray', () => {
  it('names what is wrong with its arguments', () => {
    const invalid = expect.objectContaining({ code: 'HEDDLE_OPTION_INVALID' });
    expect(() => sharedArray(Int8Array, -1)).toThrow(invalid);
    expect(() => sharedArray(Int8Array, 1, { across: 'machines' as never })).toThrow(invalid);
    expect(() => sharedArray(Array as never, 1)).toThrow(invalid);
  });

  it.skipIf(isMissing)('across processes: a length that nothing can hold is refused', () => {
    const invalid = expect.objectContaining({ code: 'HEDDLE_OPTION_INVALID' });
    expect(() => sharedArray(Float64Array, 2 ** 49, across)).toThrow(invalid);
    expect(sharedArray(Float64Array, 0, across)).toHaveLength(0);
  });
});

describe.skipIf(isMissing)('arrays that processes share', () => {
  it('are one memory in the host and in every worker', () =>
    withPool({ backend: 'processes', workers: 2 }, async (pool) => {
      const shared = sharedArray(Int32Array, 1000, across);
      await Promise.all(Array.from({ length: 40 }, (_, i) => pool.run('add', [shared, 3, i])));
      expect(shared[3]).toBe(780);
      Atomics.store(shared, 4, 6);
      expect(await pool.run('add', [shared, 4, 1])).toBe(6);
      expect(await pool.run('describe', [shared])).toEqual(['Int32Array', 1000, 0, 4000]);
      expect(await pool.run('describe', [shared.subarray(10, 20)])).toEqual(['Int32Array', 10, 40, 4000]);
      expect(await pool.run('describe', [sharedArray(Float64Array, 0, across)])).toEqual(['Float64Array', 0, 0, 1]);
      expect(await pool.run('isSame', [shared, shared.subarray(1)])).toBe(true);
      expect(await pool.run('isSame', [shared, sharedArray(Int32Array, 1, across)])).toBe(false);
    }));

  it('come back as results, in streams, maps and progress, and keep who they are', () =>
    withPool({ backend: 'processes' }, async (pool) => {
      const made = (await pool.run('make', [1_000_000, 2.5])) as Float64Array;
      expect([made.length, made[0], made[999_999]]).toEqual([1_000_000, 2.5, 2.5]);
      const back = (await pool.run('giveBack', [made])) as Float64Array;
      expect(back.buffer).toBe(made.buffer);
      expect(back.byteOffset).toBe(8);
      const seen: number[] = [];
      for await (const item of pool.stream('makeMany', [20])) seen.push((item as Float64Array)[9]!);
      expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
      const shared = sharedArray(Int32Array, 4, across);
      for await (const { value } of pool.map('giveBack', [shared, shared]))
        expect((value as Int32Array).buffer).toBe(shared.buffer);
      let told: unknown;
      await pool.run('report', [shared], { onProgress: (value) => (told = value) });
      expect((told as Int32Array).buffer).toBe(shared.buffer);
    }));

  it('pass through calls that a task makes, from worker to worker', () =>
    withPool({ backend: 'processes', workers: 2 }, async (pool) => {
      const shared = sharedArray(Int32Array, 2, across);
      expect(await pool.run('callOther', [shared])).toEqual([0, 9, 3]);
      expect(shared[0]).toBe(5);
    }));

  it('stay with the host when their worker is killed, whoever made them', () =>
    withPool({ backend: 'processes' }, async (pool) => {
      const shared = sharedArray(Int32Array, 2, across);
      await expect(pool.run('killSelf', [shared])).rejects.toMatchObject({ code: 'HEDDLE_WORKER_DIED' });
      expect(shared[0]).toBe(42);
      expect(await pool.run('add', [shared, 0, 1])).toBe(42);
      const made = (await pool.run('make', [100, 3])) as Float64Array;
      await expect(pool.run('killSelf', [made])).rejects.toMatchObject({ code: 'HEDDLE_WORKER_DIED' });
      expect([made[0], made[99]]).toEqual([42, 3]);
    }));

  it('are sent again to another worker when a task is retried', () =>
    withPool({ backend: 'processes', retries: 1 }, async (pool) => {
      const shared = sharedArray(Int32Array, 2, across);
      await expect(pool.run('killSelf', [shared])).rejects.toMatchObject({ code: 'HEDDLE_TASK_QUARANTINED' });
      expect(shared[0]).toBe(42);
    }));

  it('are counted where workers hold them, once each', () =>
    withPool({ backend: 'processes', execArgv: ['--expose-gc'], workers: 1 }, async (pool) => {
      const shared = sharedArray(Int32Array, 2048, across);
      expect(pool.stats().shared).toEqual({ segments: 0, bytes: 0 });
      await pool.run('keep', [shared]);
      await pool.run('addToKept', [3]);
      expect(shared[0]).toBe(3);
      expect(pool.stats().shared).toEqual({ segments: 1, bytes: 8192 });
      await pool.run('drop', []);
      await expect
        .poll(async () => {
          await pool.run('drop', []);
          return pool.stats().shared.segments;
        })
        .toBe(0);
    }));

  it('many on their way at once all arrive', () =>
    withPool({ backend: 'processes' }, async (pool) => {
      const shared = Array.from({ length: 300 }, () => sharedArray(Int32Array, 1, across));
      await Promise.all(shared.map((array, i) => pool.run('add', [array, 0, i])));
      expect(shared.map((array) => array[0])).toEqual(shared.map((_, i) => i));
    }));

  it('leave no memory and no descriptor behind', async () => {
    const descriptors = (): number => fs.readdirSync('/proc/self/fd').length;
    await withPool({ backend: 'processes' }, async (pool) => void (await pool.run('make', [1, 1])));
    const before = descriptors();
    const held: unknown[] = [];
    await withPool({ backend: 'processes', workers: 2 }, async (pool) => {
      for (let i = 0; i < 10; i++) held.push(await pool.run('make', [10, i]));
    });
    // One each for what the host still has.
    expect(descriptors() - before).toBeLessThanOrEqual(held.length);
  });

  describe('are refused', () => {
    it('inside of another object, either way', () =>
      withPool({ backend: 'processes' }, async (pool) => {
        const shared = sharedArray(Int32Array, 2, across);
        const inside = (value: unknown) => pool.run('describe', [value]);
        for (const value of [{ shared }, [shared], new Map([[1, shared]]), shared.buffer, new DataView(shared.buffer)])
          await expect(inside(value)).rejects.toThrow(refused('never inside of another object'));
        await expect(inside({ a: { b: shared } })).rejects.toThrow('arguments[0].a.b of "describe"');
        await expect(pool.run('makeNested', [3])).rejects.toThrow(refused('result.inside[0]'));
        await expect(pool.run('add', [shared, 0, 1], { transfer: [shared.buffer] })).rejects.toMatchObject({
          code: 'HEDDLE_TRANSFER',
        });
        expect(await pool.run('add', [shared, 0, 1])).toBe(0);
      }));

    it('with a closed segment', () =>
      withPool({ backend: 'processes' }, async (pool) => {
        const shared = sharedArray(Int32Array, 2, across);
        (segmentOf(shared) as unknown as { close(): void }).close();
        await expect(pool.run('add', [shared, 0, 1])).rejects.toThrow(refused('its segment is closed'));
        expect(shared[0]).toBe(0);
      }));

    it('by threads; and a SharedArrayBuffer by processes, which are told what to use', async () => {
      const shared = sharedArray(Int32Array, 2, across);
      await withPool({ backend: 'threads' }, async (pool) => {
        await expect(pool.run('add', [shared, 0, 1])).rejects.toThrow(refused("across: 'threads'"));
        await expect(pool.run('describe', [[shared]])).rejects.toThrow(refused('arguments[0][0]'));
        await expect(pool.run('make', [1, 1])).rejects.toThrow(refused('result'));
      });
      await withPool({ backend: 'processes' }, async (pool) => {
        const text = "sharedArray(Type, n, { across: 'processes' })";
        await expect(pool.run('add', [sharedArray(Int32Array, 2), 0, 1])).rejects.toThrow(refused(text));
      });
    });
  });

  it('inline they are shared too', () =>
    withPool({ backend: 'inline' }, async (pool) => {
      const shared = sharedArray(Int32Array, 2, across);
      await pool.run('add', [shared, 0, 5]);
      expect(shared[0]).toBe(5);
      expect(((await pool.run('giveBack', [shared])) as Int32Array).buffer).toBe(shared.buffer);
      expect(await pool.run('callOther', [shared])).toEqual([5, 9, 3]);
    }));
});

describe.skipIf(isMissing)('at the levels of isolation', () => {
  it('process: shared as without', () =>
    withPool({ require: { isolation: 'process' } }, async (pool) => {
      const shared = sharedArray(Int32Array, 2, across);
      await pool.run('add', [shared, 0, 5]);
      expect(shared[0]).toBe(5);
    }));
});
