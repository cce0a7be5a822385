// Rounds as the suite runs them, small: every kind of kill, and BullMQ alone. And the books, which must tell a loss.
import { expect, it } from 'vitest';
import { describeWithRedis } from '../../../../packages/cluster-bullmq/test/redis-server.ts';
import { CLUSTER_CASES, type RoundOrder, type Variant } from '../../src/cluster/orders.ts';
import { Books } from '../../src/cluster/report.ts';
import { caseResult, isRight, type ClusterResult } from '../../src/cluster/result.ts';
import { runRound } from '../../src/cluster/run-suite.ts';

const order = { nodes: 2, items: 400, warmItems: 20, task: 'identity' } as const satisfies RoundOrder;
const run = (runner: Variant['runner'], change: Partial<RoundOrder>) =>
  runRound({ id: 'x', runner, order: { ...order, ...change } }, new AbortController().signal);
const whole = { lost: 0, doubled: 0, outOfOrder: 0 };

describeWithRedis('a round', () => {
  it('with nothing killed tells what it took', async () => {
    const report = await run('heddle', { chunkItems: 10 });
    expect(report).toMatchObject({ ...whole, killed: { worker: 0, node: 0, redis: 0 } });
    const { cpuMs, elapsedMs, clientRssBytes } = report as Extract<typeof report, { elapsedMs: number }>;
    expect(cpuMs!.client).toBeGreaterThan(0);
    expect(elapsedMs).toBeGreaterThan(0);
    expect(clientRssBytes).toBeGreaterThan(0);
  });

  it.each(['worker', 'node', 'redis'] as const)('in which a %s is killed loses nothing', async (what) => {
    const kill = { what, afterItems: 20 };
    const report = await run('heddle', { items: 120, chunkItems: 1, warmItems: 0, task: 'spin20', kill });
    expect(report).toMatchObject({ ...whole, killed: { [what]: 1 } });
  });

  it('of BullMQ alone counts every job', async () => {
    expect(await run('bullmq', {})).toMatchObject(whole);
  });

  it('that fails says why', async () => {
    expect(await run('heddle', { task: 'none' as never })).toMatchObject({ problem: expect.stringContaining('none') });
  });
});

it('books find what is lost, doubled, out of order or wrong', () => {
  const books = new Books(4);
  books.begin();
  for (const index of [0, 2, 1, 1]) books.result(index, index);
  expect(books).toMatchObject({ lost: 1, doubled: 1, outOfOrder: 2 });
  expect(() => books.result(3, 4)).toThrow('input 3 gave 4');
});

it('a result with a loss, or with a round that failed, is not right', () => {
  const [one] = CLUSTER_CASES;
  const report = {
    elapsedMs: 100,
    longestGapMs: 3,
    ...whole,
    killed: { worker: 0, node: 0, redis: 0 },
    clientRssBytes: 1,
  };
  const result = (end: object) =>
    ({
      cases: [
        caseResult(
          one!,
          one!.variants.map(() => [report, { ...report, ...end }]),
        ),
      ],
    }) as unknown as ClusterResult;
  expect(isRight(result({}))).toBe(true);
  expect(isRight(result({ lost: 1 }))).toBe(false);
  expect(isRight(result({ problem: 'it broke' }))).toBe(false);
  const { variants } = result({}).cases[0]!;
  expect(variants[0]!.itemsPerSecond!.median).toBeCloseTo(variants[0]!.order.items * 10, 6);
  expect(variants.at(-1)!.heddleIs!.ratio).toBeGreaterThan(1);
});
