// @heddle/sync.
import { Barrier, Channel, Mutex, RwLock, Semaphore } from '@heddle/sync';
import { capacityFor, type ChannelWork, type SyncWork } from '../case-table.ts';
import { COUNT } from '../rigs/rig.ts';
import { receiving, sending } from './channel-loops.ts';

export function prepare(work: SyncWork): unknown {
  const across = work.across ?? 'threads';
  switch (work.kind) {
    case 'mutex':
      return Mutex.create({ across }).handle;
    case 'rw-lock':
      return RwLock.create({ across }).handle;
    case 'semaphore':
      return Semaphore.create(1, { across }).handle;
    case 'barrier':
      return Barrier.create(work.parties, { across }).handle;
    case 'channel':
      return Channel.create({ capacity: capacityFor(work.bytes), blockBytes: blockBytesFor(work), across }).handle;
  }
}

/** Of processes, what a value is made of lies in the block too. */
const blockBytesFor = ({ bytes, across }: ChannelWork): number => Math.max(16, bytes + (across ? 256 : 0));

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
