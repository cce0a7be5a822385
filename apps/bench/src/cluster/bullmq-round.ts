// One round of BullMQ alone: a job for each input, added in bulk, results from its events. No order, nothing kept: what it does least work for.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Queue, QueueEvents } from 'bullmq';
import { startCpuClock } from './cpu-clock.ts';
import { Nodes } from './nodes.ts';
import type { RoundOrder } from './orders.ts';
import { startRedis } from './redis.ts';
import { Books, type RoundReport } from './report.ts';

/** Jobs that are added together. */
const BULK = 1_000;

const order = JSON.parse(process.argv[2]!) as RoundOrder;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-bench-cluster-'));
const redis = await startRedis(folder, false);
const connection = { path: new URL(redis.url).pathname, maxRetriesPerRequest: null };
const nodes = new Nodes('bullmq-worker', { connection });
const queue = new Queue('peer', { connection, streams: { events: { maxLen: 1_000_000 } } });
const events = new QueueEvents('peer', { connection });
try {
  await Promise.all([nodes.start(order.nodes), events.waitUntilReady()]);
  await mapped(order.warmItems);
  process.stdout.write(`${JSON.stringify(await round())}\n`);
} finally {
  await nodes.end();
  await Promise.all([queue.close(), events.close()]);
  await redis.end();
  fs.rmSync(folder, { recursive: true, force: true });
}

async function mapped(count: number): Promise<Books> {
  const books = new Books(count);
  const firstOf = new Map<string, number>();
  const early: Array<{ jobId: string; value: string }> = [];
  const take = (jobId: string, value: string): boolean => {
    const index = firstOf.get(jobId);
    if (index === undefined) return false;
    books.result(index, Number(value), false);
    return true;
  };
  let done!: () => void;
  const all = new Promise<void>((resolve) => (done = resolve));
  const onCompleted = ({ jobId, returnvalue }: { jobId: string; returnvalue: string }) => {
    // A result may come before the answer that tells the number of its job.
    if (!take(jobId, returnvalue)) early.push({ jobId, value: returnvalue });
    if (books.count === count) done();
  };
  events.on('completed', onCompleted);
  books.begin();
  for (let first = 0; first < count; first += BULK) {
    const size = Math.min(BULK, count - first);
    const jobs = await queue.addBulk(
      Array.from({ length: size }, (_, place) => ({ name: 'item', data: first + place })),
    );
    for (const [place, { id }] of jobs.entries()) firstOf.set(id!, first + place);
    for (const { jobId, value } of early.splice(0)) if (!take(jobId, value)) early.push({ jobId, value });
    if (books.count === count) done();
  }
  await all;
  events.off('completed', onCompleted);
  return books;
}

async function round(): Promise<RoundReport> {
  const cpuMs = startCpuClock(redis, nodes);
  const beganMs = performance.now();
  const { lost, doubled, outOfOrder, longestGapMs } = await mapped(order.items);
  const elapsedMs = performance.now() - beganMs;
  const cpu = cpuMs();
  return {
    elapsedMs,
    longestGapMs,
    lost,
    doubled,
    outOfOrder,
    cpuMs: cpu,
    killed: { worker: 0, node: 0, redis: 0 },
    clientRssBytes: process.memoryUsage.rss(),
  };
}
