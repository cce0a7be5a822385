// async-mutex: parties are asynchronous functions of one thread.
import { Mutex, Semaphore } from 'async-mutex';
import type { SyncWork } from '../case-table.ts';
import { COUNT, nowMs, type Rig } from './rig.ts';

export function asyncMutexRig({ kind, parties, rounds }: SyncWork, words: Int32Array): Rig {
  const mutex = new Mutex();
  const semaphore = new Semaphore(1);
  const acquire = async () => (kind === 'mutex' ? mutex.acquire() : (await semaphore.acquire())[1]);
  const party = async () => {
    for (let round = 0; round < rounds; round++) {
      const release = await acquire();
      words[COUNT]!++;
      release();
    }
  };
  return {
    async round() {
      const startMs = nowMs();
      await Promise.all(Array.from({ length: parties }, party));
      return [{ startMs, endMs: nowMs() }];
    },
    close: async () => {},
  };
}
