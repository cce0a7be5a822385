// Asynchronous calls with so little work that they are done where they are called: what may be seen of that, and what not.
import { describe, expect, it } from 'vitest';
import { monteCarloPi } from '../src/examples/index.ts';
import { axpy, dot, matmul, minMax, poolThreads, randomUniform, sort, sortSync, sum, sumSync } from '../src/index.ts';
import { isMissing, numbers, reportMissing, shared } from './native.ts';

const ENDLESS = { samples: 2 ** 40, seed: 1 };

reportMissing();

describe.skipIf(isMissing)('small asynchronous calls', () => {
  /** Does `during` while every thread of the pool has work without end: what settles meanwhile was not done there. */
  async function withBusyPool(during: () => Promise<void>): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    const busy = Array.from({ length: 2 * poolThreads() }, () => monteCarloPi(ENDLESS, { signal, threads: 1 }));
    try {
      await during();
    } finally {
      controller.abort();
      await Promise.allSettled(busy);
    }
  }

  it('settle though no thread of the pool is free, with what the pool would give', async () => {
    const [x, y] = [shared(numbers(60)), shared(numbers(60, 2))];
    const big = numbers(10_000);
    let isSettled = false;
    let pooled: Promise<void> | undefined;
    await withBusyPool(async () => {
      pooled = sum(big).then(() => void (isSettled = true));
      expect(await sum(x)).toBe(sumSync(x));
      expect(await minMax(x)).toEqual({ min: Math.min(...x), max: Math.max(...x) });
      expect(await dot(x, y)).toBeTypeOf('number');
      expect(await randomUniform(y, { seed: 1 })).toBe(y);
      expect(await matmul(x.subarray(0, 4), x.subarray(4, 8), { m: 2, n: 2, k: 2 })).toHaveLength(4);
      expect(await sort(x)).toEqual(shared(sortSync(numbers(60))));
      expect(isSettled).toBe(false);
    });
    await pooled;
  });

  it('read plain arrays where they are, and write to shared ones before they return', async () => {
    const [x, y] = [Float64Array.of(1, 2), shared(Float64Array.of(10, 20))];
    const promise = axpy(2, x, y);
    expect([...y]).toEqual([12, 24]);
    x.fill(0);
    expect(await promise).toBe(y);
    expect([...y]).toEqual([12, 24]);
  });

  it('write to plain arrays when the promise settles, as large ones do', async () => {
    const x = Float64Array.of(3, 1, 2);
    const promise = sort(x);
    expect([...x]).toEqual([3, 1, 2]);
    expect(await promise).toBe(x);
    expect([...x]).toEqual([1, 2, 3]);
    const y = Float64Array.of(3, 1, 2);
    expect([...(await sort(y, { move: true }))]).toEqual([1, 2, 3]);
    expect(y).toHaveLength(0);
  });

  it('with a signal reject when it is aborted right after the call', async () => {
    const controller = new AbortController();
    const reason = new Error('not wanted');
    const promise = sum(shared(numbers(8)), { signal: controller.signal });
    controller.abort(reason);
    await expect(promise).rejects.toBe(reason);
  });

  it('reject as promises for bad arguments, and for options whose getters throw', async () => {
    await expect(sum([1] as never)).rejects.toMatchObject({ name: 'TypeError', code: 'HEDDLE_ARGUMENT' });
    const cause = new Error('thrown by a getter');
    const options = Object.defineProperty({}, 'threads', {
      get: () => {
        throw cause;
      },
    });
    await expect(sum(numbers(8), options)).rejects.toBe(cause);
  });
});

describe.skipIf(isMissing)('promises of many calls', () => {
  it('each get their own result or error, though code of the caller runs while they are settled', async () => {
    const nested: Promise<unknown>[] = [];
    /** Its `then` is read by the promise that is resolved with it, in the midst of the others. */
    const calling = (length: number) =>
      // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
      Object.defineProperty(shared(numbers(length)), 'then', {
        get: () => void nested.push(sum(numbers(5000)), sum(numbers(8)), sort(shared(numbers(5000)))),
      }) as Float64Array<SharedArrayBuffer>;
    const arrays = Array.from({ length: 600 }, (_, index) => calling(3000 + index));
    const inputs = arrays.map((_, index) => numbers(3000, index + 1));
    const expected = inputs.map((input) => sumSync(input));
    const sums = inputs.map((input) => sum(input));
    const sorts = arrays.map((array) => sort(array));
    expect(await Promise.all(sums)).toEqual(expected);
    for (const [index, sorted] of sorts.entries()) expect((await sorted) === arrays[index]).toBe(true);
    const totals = await Promise.all(nested);
    expect(totals.length).toBeGreaterThanOrEqual(3 * arrays.length);
    const [big, small] = [sumSync(numbers(5000)), sumSync(numbers(8))];
    totals.forEach((total, index) => {
      if (index % 3 === 2) expect(total).toHaveLength(5000);
      else expect(total).toBe(index % 3 === 0 ? big : small);
    });
  });
});
