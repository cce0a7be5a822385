// What nodes that serve a module take of Redis in a second while nobody maps: beats, looks for what is wanted and for lost chunks.
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClusterPool } from '@heddle/cluster-bullmq';
import { startCpuClock } from './cpu-clock.ts';
import { ROOT, TASKS } from './nodes.ts';
import type { RedisServer } from './redis.ts';
import type { RoundReport } from './report.ts';
import { runAsProgram, type RoundPlace } from './round-program.ts';

/** To the microsecond, which the clock of processes is not. */
function redisCpuMs({ socket }: RedisServer): number {
  const text = execFileSync('redis-cli', ['-s', socket, 'info', 'cpu'], { encoding: 'utf8' });
  const seconds = (name: string) => Number(new RegExp(`used_cpu_${name}_main_thread:([\\d.]+)`).exec(text)![1]);
  return (seconds('sys') + seconds('user')) * 1_000;
}

await runAsProgram({ program: 'node', order: ({ url }) => ({ redis: url, root: ROOT, workers: 1 }) }, round);

async function round({ order, redis, nodes }: RoundPlace): Promise<RoundReport> {
  // So that the module is wanted. The first call makes every node serve it.
  await using pool = await createClusterPool(TASKS, { redis: redis.url, root: ROOT });
  for await (const _ of pool.map(order.task, [1, 2, 3]));
  const cpuMs = startCpuClock(redis, nodes);
  const beforeMs = redisCpuMs(redis);
  const beganMs = performance.now();
  await sleep(order.idleMs!);
  const elapsedMs = performance.now() - beganMs;
  const redisMs = redisCpuMs(redis) - beforeMs;
  return {
    elapsedMs,
    longestGapMs: 0,
    lost: 0,
    doubled: 0,
    outOfOrder: 0,
    cpuMs: { ...cpuMs(), redis: redisMs },
    killed: { worker: 0, node: 0, redis: 0 },
    clientRssBytes: process.memoryUsage.rss(),
  };
}
