// One party as a process: waits until all are at the start, does its rounds, tells its times.
import { once } from 'node:events';
import { openSharedSegment, waitOnWord, wakeWord } from '@heddle/core-native/os';
import type { SyncWork } from '../case-table.ts';
import { nowMs, READY } from './rig.ts';
import type { SegmentName } from './segment-name.ts';
import type { Join } from './thread-party.ts';

/** How long a sleep lasts at most, should a wake-up be missing: a fault that a round then shows as its time. */
const SLICE_MS = 1_000;

interface Order {
  module: string;
  work: SyncWork;
  words: SegmentName;
  shared: never;
  index: number;
}
const [order] = (await once(process, 'message')) as [Order];
const { module, work, shared, index } = order;
const words = new Int32Array(openSharedSegment(order.words.fd).buffer);
const { join } = (await import(module)) as { join: Join };
const run = join(shared, work, words, index);
let roundsDone = 0;
process.on('message', () => {
  void (async () => {
    const all = ++roundsDone * work.parties;
    Atomics.add(words, READY, 1);
    wakeWord(words, READY);
    for (let ready = Atomics.load(words, READY); ready < all; ready = Atomics.load(words, READY))
      waitOnWord(words, READY, ready, SLICE_MS);
    const startMs = nowMs();
    await run();
    process.send!({ startMs, endMs: nowMs() });
  })();
});
process.send!('ready');
