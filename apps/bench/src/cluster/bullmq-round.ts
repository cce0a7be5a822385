// One round of BullMQ alone: a job for each input, added in bulk, results from its events. No order, nothing kept: what it does least work for.
import { Queue, QueueEvents } from 'bullmq';
import { startCpuClock } from './cpu-clock.ts';
import type { RedisServer } from './redis.ts';
import { Books, type RoundReport } from './report.ts';
import { runAsProgram, type RoundPlace } from './round-program.ts';

/** Jobs that are added together. */
const BULK = 1_000;

const connectionOf = ({ socket }: RedisServer) => ({ path: socket, maxRetriesPerRequest: null });

await runAsProgram(
  { program: 'bullmq-worker', order: (redis) => ({ connection: connectionOf(redis) }) },
  async (place) => {
    const connection = connectionOf(place.redis);
    const queue = new Queue('peer', { connection, streams: { events: { maxLen: 1_000_000 } } });
    const events = new QueueEvents('peer', { connection });
    try {
      await events.waitUntilReady();
      await mapped(queue, events, place.order.warmItems);
      return await round(place, queue, events);
    } finally {
      await Promise.all([queue.close(), events.close()]);
    }
  },
);

async function mapped(queue: Queue, events: QueueEvents, count: number): Promise<Books> {
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

async function round({ order, redis, nodes }: RoundPlace, queue: Queue, events: QueueEvents): Promise<RoundReport> {
  const cpuMs = startCpuClock(redis, nodes);
  const beganMs = performance.now();
  const { lost, doubled, outOfOrder, longestGapMs } = await mapped(queue, events, order.items);
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
