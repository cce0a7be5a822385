// @heddle/sync.
import { Barrier, Channel, Mutex, RwLock, Semaphore } from '@heddle/sync';
import { capacityFor, type SyncWork } from '../case-table.ts';
import { COUNT } from '../rigs/rig.ts';
import { receiving, sending } from './channel-loops.ts';

export function prepare(work: SyncWork): unknown {
  switch (work.kind) {
    case 'mutex':
      return Mutex.create().handle;
    case 'rw-lock':
      return RwLock.create().handle;
    case 'semaphore':
      return Semaphore.create(1).handle;
    case 'barrier':
      return Barrier.create(work.parties).handle;
    case 'channel':
      return Channel.create({ capacity: capacityFor(work.bytes), blockBytes: Math.max(16, work.bytes) }).handle;
  }
}

export function join(handle: never, work: SyncWork, words: Int32Array, index: number): () => void {
  const { rounds } = work;
  const underLock = (lock: () => { release(): void }) => () => {
    for (let round = 0; round < rounds; round++) {
      const guard = lock();
      words[COUNT]!++;
      guard.release();
    }
  };
  switch (work.kind) {
    case 'mutex': {
      const mutex = Mutex.from(handle);
      return underLock(() => mutex.lockSync());
    }
    case 'rw-lock': {
      const lock = RwLock.from(handle);
      return underLock(() => lock.writeSync());
    }
    case 'semaphore': {
      const semaphore = Semaphore.from(handle);
      return underLock(() => semaphore.acquireSync());
    }
    case 'barrier': {
      const barrier = Barrier.from(handle);
      return () => {
        for (let round = 0; round < rounds; round++) {
          barrier.waitSync();
          Atomics.add(words, COUNT, 1);
        }
      };
    }
    case 'channel': {
      const channel = Channel.from(handle);
      return index === 0
        ? sending(work, (value) => channel.sendSync(value))
        : receiving(work, words, () => channel.receiveSync());
    }
  }
}
