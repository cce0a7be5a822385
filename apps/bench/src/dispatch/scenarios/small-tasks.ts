// One small task at a time, and many under way.
import { quantile } from '@heddle/measure';
import type { PoolUnderTest } from '../peers/pool-under-test.ts';
import type { Item } from '../tasks.ts';
import type { Expectations, Place, Scenario, WorkOf } from './scenario.ts';

const US_PER_MS = 1_000;
const MS_PER_S = 1_000;

const checkSum = (expect: Expectations, i: number, value: unknown): void =>
  expect.that(value === i + 1, () => `add({ a: ${i}, b: 1 }) gave ${String(value)}`);

export async function awaited({ expect, open }: Place, { calls }: WorkOf<'awaited'>): Promise<Scenario> {
  const pool = await open('small');
  const timesMs = new Float64Array(calls);
  return {
    async round() {
      for (let i = 0; i < calls; i++) {
        const startMs = performance.now();
        const value = await pool.run('add', { a: i, b: 1 });
        timesMs[i] = performance.now() - startMs;
        checkSum(expect, i, value);
      }
      timesMs.sort();
      return { p50Us: quantile(timesMs, 0.5) * US_PER_MS, p99Us: quantile(timesMs, 0.99) * US_PER_MS };
    },
    close: () => pool.close(),
  };
}

/** Calls `call(0)` to `call(calls - 1)`, so many under way. */
export async function keepInFlight(
  calls: number,
  inFlight: number,
  call: (i: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < calls) await call(next++);
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, calls) }, lane));
}

const SMALL_TASKS = {
  add: async (pool: PoolUnderTest, expect: Expectations, i: number) =>
    checkSum(expect, i, await pool.run('add', { a: i, b: 1 })),
  rename: async (pool: PoolUnderTest, expect: Expectations, i: number) => {
    const item: Item = { id: i, name: `item ${i}`, tags: ['red', 'round'], isNew: i % 2 === 0 };
    const value = (await pool.run('rename', item)) as Item;
    const isRight =
      value.id === i &&
      value.name === `${item.name}!` &&
      value.tags.length === 2 &&
      value.tags[1] === 'round' &&
      value.isNew === item.isNew;
    expect.that(isRight, () => `rename(${JSON.stringify(item)}) gave ${JSON.stringify(value)}`);
  },
};

export async function flood({ expect, open }: Place, { task, calls, inFlight }: WorkOf<'flood'>): Promise<Scenario> {
  const pool = await open('small');
  return {
    async round() {
      const startMs = performance.now();
      await keepInFlight(calls, inFlight, (i) => SMALL_TASKS[task](pool, expect, i));
      return { perSecond: (calls / (performance.now() - startMs)) * MS_PER_S };
    },
    close: () => pool.close(),
  };
}

export async function map({ expect, open }: Place, work: WorkOf<'map'>): Promise<Scenario> {
  const pool = await open('small');
  const items = Array.from({ length: pool.map ? work.items : work.itemsWithoutMap }, (_, i) => i);
  const oneByOne = async (): Promise<readonly unknown[]> => {
    const results: unknown[] = [];
    await keepInFlight(items.length, work.inFlight, async (i) => {
      results[i] = await pool.run('increment', items[i]);
    });
    return results;
  };
  return {
    async round() {
      const startMs = performance.now();
      const results = await (pool.map ? pool.map('increment', items) : oneByOne());
      const elapsedMs = performance.now() - startMs;
      const wrong = items.findIndex((item, i) => results[i] !== item + 1);
      const isRight = results.length === items.length && wrong < 0;
      expect.that(isRight, () =>
        wrong < 0
          ? `${results.length} results for ${items.length} items`
          : `item ${wrong} gave ${String(results[wrong])}`,
      );
      return { perSecond: (items.length / elapsedMs) * MS_PER_S };
    },
    close: () => pool.close(),
  };
}
