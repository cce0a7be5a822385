// A worker of BullMQ as a program of its own. Its order: the address of Redis.
import { Worker, type ConnectionOptions } from 'bullmq';

const { connection } = JSON.parse(process.argv[2]!) as { connection: ConnectionOptions };
const worker = new Worker('peer', async (job) => job.data as number, {
  connection,
  // What its documentation advises for short jobs, many at a time; results are read from the events.
  concurrency: 100,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
});
await worker.waitUntilReady();
process.on('SIGTERM', () => void worker.close());
process.stdout.write('ready\n');
