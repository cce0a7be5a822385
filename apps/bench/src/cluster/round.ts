// One round of heddle's cluster, as a program of its own: Redis, nodes, a map, and what is killed meanwhile. Its order: `RoundOrder` as JSON.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClusterPool } from '@heddle/cluster-bullmq';
import { startCpuClock } from './cpu-clock.ts';
import { Nodes, ROOT, TASKS } from './nodes.ts';
import type { RoundOrder } from './orders.ts';
import { startRedis } from './redis.ts';
import { Books, numbers, type RoundReport } from './report.ts';

const order = JSON.parse(process.argv[2]!) as RoundOrder;
const { kill, task, chunkItems } = order;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-bench-cluster-'));
const redis = await startRedis(folder, kill !== undefined && 'what' in kill && kill.what === 'redis');
const nodes = new Nodes('node', { redis: redis.url, root: ROOT, workers: 1 });
try {
  await nodes.start(order.nodes);
  process.stdout.write(`${JSON.stringify(await round())}\n`);
} finally {
  await nodes.end();
  await redis.end();
  fs.rmSync(folder, { recursive: true, force: true });
}

async function round(): Promise<RoundReport> {
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
