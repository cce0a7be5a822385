// One party as a thread: waits until all are at the start, does its rounds, tells its times.
import { parentPort, workerData } from 'node:worker_threads';
import type { SyncWork } from '../case-table.ts';
import { nowMs, READY } from './rig.ts';

/** Opens what was prepared; gives what the party does in a round. */
export type Join = (shared: never, work: SyncWork, words: Int32Array, index: number) => () => void | Promise<void>;

const { module, work, words, shared, index } = workerData as {
  module: string;
  work: SyncWork;
  words: Int32Array;
  shared: never;
  index: number;
};
const { join } = (await import(module)) as { join: Join };
const run = join(shared, work, words, index);
const tell = (message: unknown): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of worker_threads
  parentPort!.postMessage(message);
};
let roundsDone = 0;
parentPort!.on('message', () => {
  void (async () => {
    const all = ++roundsDone * work.parties;
    Atomics.add(words, READY, 1);
    Atomics.notify(words, READY);
    for (let ready = Atomics.load(words, READY); ready < all; ready = Atomics.load(words, READY))
      Atomics.wait(words, READY, ready);
    const startMs = nowMs();
    await run();
    tell({ startMs, endMs: nowMs() });
  })();
});
tell('ready');
