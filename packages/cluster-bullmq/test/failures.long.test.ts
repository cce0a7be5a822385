// Kills again and again: each takes the seconds in which a dead node is noticed.
import { expect, it, onTestFinished } from 'vitest';
import { collect, openPool, range, startProgram, type NodeProgram } from './helpers.ts';
import { describeWithRedis, startRedis } from './redis-server.ts';

/** A ceiling against a hang. */
const MANY_DEATHS_MS = 300_000;
const inOrder = (count: number) => range(count).map((index) => ({ index, value: index }));

describeWithRedis('many deaths', () => {
  it(
    'a node is killed by one input, each time anew: that one is found and gets its error',
    async () => {
      const redis = await startRedis();
      // What a service manager does.
      const over = new AbortController();
      onTestFinished(() => over.abort());
      async function keepAlive(): Promise<void> {
        while (!over.signal.aborted) await (await startProgram(redis, { chunks: 1 })).ended;
      }
      const first = await startProgram(redis, { chunks: 1 });
      void first.ended.then(() => keepAlive().catch(() => undefined));
      const pool = await openPool(redis);
      const items = await collect(pool.map('killsNodeAt', range(20), { onError: 'collect', attempts: 1 }));
      over.abort();
      expect(items.filter(({ error }) => error === undefined)).toEqual(inOrder(20).filter(({ index }) => index !== 13));
      expect(items[13]).toMatchObject({ index: 13, error: { code: 'CLUSTER_QUARANTINED' } });
    },
    MANY_DEATHS_MS,
  );

  it(
    'two nodes are killed in turn while they work: nothing is lost, nothing doubled, all in order',
    async () => {
      const redis = await startRedis();
      const nodes: NodeProgram[] = await Promise.all([startProgram(redis), startProgram(redis)]);
      const pool = await openPool(redis);
      const deaths = 8;
      const each = 5_000;
      let next = 0;
      for await (const { index, value } of pool.map('identity', range(deaths * each))) {
        if (index !== next++ || value !== index) throw new Error(`number ${next - 1} is ${index}: ${value}`);
        if (index % each !== each / 2) continue;
        const place = (index / each) % 2 < 1 ? 0 : 1;
        await nodes[place]!.kill();
        nodes[place] = await startProgram(redis);
      }
      expect(next).toBe(deaths * each);
    },
    MANY_DEATHS_MS,
  );
});
