/**
 * What every backend promises. One suite, run over all of them; where a backend can't keep a promise the exception stands in
 * `EXCEPTIONS` with its reason, and the suite shows it as skipped with that reason.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { createPool, type Backend, type Pool, type PoolOptions } from '@heddle/ts-orchestrator';
import type * as basic from './fixtures/basic.mjs';
import { fixture } from './helpers.ts';

/** Promises a backend can't keep, and why. */
export const EXCEPTIONS: ReadonlyArray<{
  readonly backend: Backend;
  readonly promise: string;
  readonly reason: string;
}> = [];

export function poolContract(backend: Backend): void {
  describe(`backend ${backend}`, () => {
    const open: Array<Pool<never>> = [];
    async function makePool<M>(file: string, options: PoolOptions = {}): Promise<Pool<M>> {
      const pool = await createPool<M>(fixture(file), { backend, workers: 2, ...options });
      open.push(pool as Pool<never>);
      return pool;
    }
    afterEach(async () => {
      await Promise.all(open.splice(0).map((pool) => pool.close({ cancel: true })));
    });
    /** A promise of the contract; skipped, with the reason, where EXCEPTIONS has it. */
    function promises(promise: string, body: () => Promise<void>): void {
      const exception = EXCEPTIONS.find((each) => each.backend === backend && each.promise === promise);
      if (exception === undefined) it(promise, body);
      else it.skip(`${promise} (${exception.reason})`, body);
    }

    promises('runs a function and gives its result', async () => {
      const pool = await makePool<typeof basic>('basic.mjs');
      expect(await pool.run('add', [1, 2])).toBe(3);
      expect(await pool.run('later', [{ nested: [new Float64Array([1, 2])] }])).toEqual({
        nested: [new Float64Array([1, 2])],
      });
    });

    promises('rejects with what the function threw', async () => {
      const pool = await makePool<typeof basic>('basic.mjs');
      await expect(pool.run('fails', ['no good'])).rejects.toThrow(new RangeError('no good'));
      expect(await pool.run('add', [1, 1])).toBe(2);
    });

    promises('maps in order', async () => {
      const pool = await makePool<typeof basic>('basic.mjs');
      const values: number[] = [];
      for await (const { index, value } of pool.map('square', [3, 1, 2])) values[index] = value;
      expect(values).toEqual([9, 1, 4]);
    });

    promises('closes with nothing left', async () => {
      const pool = await makePool<typeof basic>('basic.mjs');
      await Promise.all([pool.run('add', [1, 2]), pool.run('add', [3, 4])]);
      await pool.close();
      expect(pool.stats()).toMatchObject({ state: 'closed', workers: { live: [] } });
      await expect(pool.run('add', [1, 2])).rejects.toMatchObject({ code: 'HEDDLE_POOL_CLOSED' });
    });
  });
}
