// One round of heddle's cluster, as a program of its own: Redis, nodes, a map, and what is killed meanwhile. Its order: `RoundOrder` as JSON.
import { createClusterPool } from '@heddle/cluster-bullmq';
import { startCpuClock } from './cpu-clock.ts';
import { ROOT, TASKS } from './nodes.ts';
import { Books, numbers, type RoundReport } from './report.ts';
import { runAsProgram, type RoundPlace } from './round-program.ts';

await runAsProgram({ program: 'node', order: ({ url }) => ({ redis: url, root: ROOT, workers: 1 }) }, round);

async function round({ order, redis, nodes }: RoundPlace): Promise<RoundReport> {
  const { kill, task, chunkItems } = order;
  await using pool = await createClusterPool(TASKS, { redis: redis.url, root: ROOT });
  const call = chunkItems === undefined ? {} : { chunkItemsMax: chunkItems };
  for await (const _ of pool.map(task, numbers(order.warmItems), call));
  const books = new Books(order.items);
  let killedRedis = 0;
  let restarting: Promise<void> | undefined;
  const killOnce = (what: 'worker' | 'node' | 'redis', goneMs = 0) => {
    books.begin();
    if (what !== 'redis') return nodes.kill(what);
    killedRedis++;
    restarting = redis.restart(goneMs);
  };
  const cpuMs = startCpuClock(redis, nodes);
  const beganMs = performance.now();
  const storm = kill !== undefined && 'everyMs' in kill ? setInterval(() => nodes.killAny(), kill.everyMs) : undefined;
  books.begin();
  for await (const { index, value } of pool.map(task, numbers(order.items), call)) {
    books.result(index, value);
    if (kill !== undefined && 'what' in kill && books.count === kill.afterItems) killOnce(kill.what, kill.goneMs);
  }
  clearInterval(storm);
  const elapsedMs = performance.now() - beganMs;
  const cpu = cpuMs();
  await restarting;
  const { lost, doubled, outOfOrder, longestGapMs } = books;
  return {
    elapsedMs,
    longestGapMs,
    lost,
    doubled,
    outOfOrder,
    ...(kill === undefined ? { cpuMs: cpu } : {}),
    killed: { ...nodes.killed, redis: killedRedis },
    clientRssBytes: process.memoryUsage.rss(),
  };
}
