import { expect, it } from 'vitest';
import { openFakePool } from '../fake-pool.ts';

const near = (ms: number) => expect.closeTo(ms, Math.max(0.01, ms / 50));

it('keeps none without being asked', async () => {
  const { pool } = await openFakePool({ workers: 1 });
  expect(pool.stats().times).toBeUndefined();
});

it('keeps how long tasks waited and ran', async () => {
  const { pool, clock, links } = await openFakePool({ workers: 1, recordTimes: true });
  const none = { count: 0, meanMs: 0, p50Ms: 0, p90Ms: 0, p99Ms: 0, maxMs: 0 };
  expect(pool.stats().times).toEqual({ wait: none, run: none });
  const first = pool.run('f', [1]);
  const second = pool.run('f', [2]);
  clock.advance(10);
  links[0]!.reply(1);
  await first;
  clock.advance(30);
  links[0]!.reply(2);
  await second;
  const { wait, run } = pool.stats().times!;
  expect(wait).toMatchObject({ count: 2, maxMs: near(10) });
  expect(run).toMatchObject({ count: 2, meanMs: near(20), p50Ms: near(10), maxMs: near(30) });
});

it('counts each attempt as a wait of its own, and what was refused while it waited not as a run', async () => {
  const { pool, clock, links } = await openFakePool({ workers: 1, recordTimes: true });
  const controller = new AbortController();
  const again = pool.run('f', [1], { retries: 1, retryOn: 'error', retryDelayMs: 1_000, signal: controller.signal });
  again.catch(() => {});
  clock.advance(5);
  links[0]!.emit({ t: 'error', id: links[0]!.run.id, error: { kind: 'value', value: 'no' } });
  clock.advance(7);
  controller.abort('enough');
  await expect(again).rejects.toBe('enough');
  const { wait, run } = pool.stats().times!;
  expect(wait.count).toBe(1);
  expect(run.count).toBe(0);
});
