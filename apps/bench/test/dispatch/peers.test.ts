// Every adapter, with real workers, from dist: a peer that was updated, or an adapter that is wrong, is seen here.
import { describe, it } from 'vitest';
import { DISPATCH_CONTESTANTS } from '../../src/dispatch/contestants.ts';
import type { OpenPool } from '../../src/dispatch/peers/pool-under-test.ts';

const load = async (adapter: string): Promise<OpenPool> => {
  const url = new URL(`../../dist/dispatch/peers/${adapter}.js`, import.meta.url).href;
  return ((await import(url)) as { open: OpenPool }).open;
};

describe.concurrent('gives right values:', () => {
  it.for(Object.entries(DISPATCH_CONTESTANTS))('%s', async ([, { adapter, backend }], { expect, onTestFinished }) => {
    const pool = await (await load(adapter))({ backend, values: 'large' });
    // Not waited for: poolifier's threads sometimes end before it listens, and then it waits for ever.
    onTestFinished(() => void pool.close().catch(() => undefined));
    expect(await pool.run('add', { a: 1, b: 2 })).toBe(3);
    expect(await pool.run('bump', Float64Array.of(1, 2, 3))).toEqual(Float64Array.of(2, 2, 4));
    if (pool.map) expect(await pool.map('increment', [1, 2, 3])).toEqual([2, 3, 4]);
    if (!pool.bumpMoved || backend !== 'threads') return;
    const moved = Float64Array.of(1, 2);
    expect(await pool.bumpMoved(moved)).toEqual(Float64Array.of(2, 3));
    expect(moved.length).toBe(0);
  });
});
