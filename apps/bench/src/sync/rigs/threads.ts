// Parties as worker threads of our own, each with the module of its contestant.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SyncWork } from '../case-table.ts';
import type { PartyTimes, Rig } from './rig.ts';

/** Makes what the parties share; its result goes to each of them. */
export type Prepare = (work: SyncWork) => unknown;

export async function threadsRig(module: URL, work: SyncWork, words: Int32Array): Promise<Rig> {
  const { prepare } = (await import(module.href)) as { prepare: Prepare };
  const shared = prepare(work);
  const workers = Array.from({ length: work.parties }, (_party, index) => {
    const workerData = { module: module.href, work, words, shared, index };
    // Options of whoever runs this are not for them.
    return new Worker(new URL('./thread-party.js', import.meta.url), { workerData, execArgv: [] });
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  return {
    async round() {
      const done = workers.map((worker) => once(worker, 'message'));
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of worker_threads
      for (const worker of workers) worker.postMessage('go');
      return (await Promise.all(done)).map(([times]) => times as PartyTimes);
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
