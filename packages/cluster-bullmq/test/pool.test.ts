import path from 'node:path';
import { expect, it } from 'vitest';
import { collect, errorOf, FIXTURES, lines, openPool, range, startProgram } from './helpers.ts';
import { describeWithRedis, startRedis, temporaryFolder } from './redis-server.ts';

describeWithRedis('a pool over nodes', () => {
  it('gives results once each and in order, from two nodes', async () => {
    const redis = await startRedis();
    await Promise.all([startProgram(redis), startProgram(redis)]);
    const pool = await openPool(redis);
    const items = await collect(pool.map('square', range(20_000)));
    expect(items).toEqual(range(20_000).map((n) => ({ index: n, value: n * n })));
    await pool.close();
    // Nothing of a run without a name of its own is left.
    expect(redis.say('keys', '*:run:*')).toBe('');
  });

  it('carries values whole and of the same kind, typed arrays as their bytes', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const values = [
      0,
      -0,
      Number.NaN,
      2n ** 70n,
      'ä\u0000\u{1f600}\ud800',
      undefined,
      null,
      new Date(0),
      /a+/giu,
      cyclic,
      new Map<unknown, unknown>([['k', new Set([1])]]),
      new Float64Array([1, 2, 3]),
      new Uint8Array(100_000).fill(7),
      { deep: [1, { array: new Int16Array([1, -1]) }] },
      new ArrayBuffer(8),
    ];
    const items = await collect(pool.map('identity', values));
    expect(items.map(({ value }) => value)).toEqual(values);
    expect(Object.is(items[1]!.value, -0)).toBe(true);
    expect(await pool.run('identity', [new Uint8Array([1, 2])])).toEqual(new Uint8Array([1, 2]));
    expect(await pool.run('identity')).toBeUndefined();
  });

  it('rebuilds what was thrown', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    const items = await collect(pool.map('throwsAtSevens', range(15), { onError: 'collect' }));
    expect(items.filter(({ error }) => error !== undefined).map(({ index }) => index)).toEqual([0, 7, 14]);
    const { error } = items[7]!;
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      message: 'thrown 7',
      code: 'E_SEVEN',
      limit: { n: 7 },
      cause: new RangeError('inner'),
    });
    expect((error as Error).stack).toContain('throwsAtSevens');
    const seen: number[] = [];
    await expect(
      (async () => {
        for await (const { index } of pool.map('throwsAtSevens', range(15).slice(1))) seen.push(index);
      })(),
    ).rejects.toMatchObject({ code: 'E_SEVEN' });
    expect(seen).toEqual(range(6));
  });

  it('pulls no further than results are consumed', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    let pulled = 0;
    let isReturned = false;
    function* source() {
      try {
        for (;;) yield pulled++;
      } finally {
        isReturned = true;
      }
    }
    const iteration = pool.map('square', source(), { chunkItemsMax: 10 });
    for (let n = 0; n < 100; n++) expect((await iteration.next()).value).toEqual({ index: n, value: n * n });
    // Those handed out, twice as many chunks as that made, one that is being cut.
    expect(pulled).toBeLessThanOrEqual(100 + 10 * (2 * 11 + 1));
    await iteration.return();
    expect(isReturned).toBe(true);
    expect(redis.say('keys', '*:run:*')).toBe('');
  });

  it('gives chunks as they come when told so, each item once', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    const items = await collect(pool.map('square', range(500), { ordered: false }));
    expect(items.toSorted((a, b) => a.index - b.index)).toEqual(range(500).map((n) => ({ index: n, value: n * n })));
    expect(await collect(pool.map('square', []))).toEqual([]);
  });

  it('takes inputs from a slow source as they come', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    let give: (value: number) => void = () => undefined;
    async function* source() {
      yield 1;
      yield await new Promise<number>((resolve) => (give = resolve));
    }
    const iteration = pool.map('square', source());
    expect(await iteration.next()).toMatchObject({ value: { index: 0, value: 1 } });
    give(2);
    expect(await iteration.next()).toMatchObject({ value: { index: 1, value: 4 } });
    expect(await iteration.next()).toMatchObject({ done: true });
  });

  it('ends with what its source throws', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    const problem = new RangeError('no more');
    async function* source() {
      yield 1;
      throw problem;
    }
    const seen: unknown[] = [];
    const all = async () => {
      for await (const { value } of pool.map('square', source())) seen.push(value);
    };
    expect(await errorOf(all())).toBe(problem);
    expect(seen).toEqual([1]);
  });

  it('an abort reaches the task that runs', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    const log = path.join(temporaryFolder(), 'log');
    const controller = new AbortController();
    const outcome = errorOf(pool.run('heedsAbort', [log], { signal: controller.signal }));
    await lines(log, 1);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await outcome).toBe(reason);
    expect(await lines(log, 2)).toEqual(['begun', 'aborted']);
    expect(await errorOf(pool.run('add', [1, 2], { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(await pool.run('add', [1, 2])).toBe(3);
  });

  it('closing with cancel does not wait for an iteration that nobody goes on with', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    const iteration = pool.map('square', range(100));
    await iteration.next();
    await pool.close({ cancel: true });
    expect(redis.say('keys', '*:run:*')).toBe('');
    const rest = async () => {
      for await (const _ of iteration);
    };
    expect(await errorOf(rest())).toMatchObject({ code: 'CLUSTER_CLOSED' });
  });

  it('takes arguments over at the call', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    const list = [1];
    const result = pool.run('identity', [list]);
    list.push(2);
    expect(await result).toEqual([1]);
  });

  it('a time-out ends the input that takes too long', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    const items = await collect(pool.map('spins', [0, 1e9, 0], { timeoutMs: 300, onError: 'collect' }));
    expect(items.map(({ value, error }) => value ?? (error as { code: string }).code)).toEqual([
      0,
      'HEDDLE_TASK_TIMEOUT',
      0,
    ]);
  });

  it('tells of its nodes', async () => {
    const redis = await startRedis();
    const node = await startProgram(redis);
    const pool = await openPool(redis);
    const [card, ...others] = await pool.nodes();
    expect(others).toEqual([]);
    expect(card).toMatchObject({
      name: expect.stringContaining(`:${node.pid}`),
      root: FIXTURES,
      state: 'ready',
      chunks: 2,
    });
    expect(card!.machine.cores).toBeGreaterThan(0);
  });
});
