// What one writes by hand for exactly this: no turns, no deaths, no time-outs, and no more parties than there are.
import { createSharedSegment, openSharedSegment, waitOnWord, wakeWord } from '@heddle/core-native/os';
import { capacityFor, type ChannelWork, type SyncWork } from '../case-table.ts';
import { COUNT } from '../rigs/rig.ts';
import { isSegmentName, nameOf, type SegmentName } from '../rigs/segment-name.ts';
import { receiving, sending } from './channel-loops.ts';

/** 0 free, 1 locked, 2 locked and somebody waits; of a channel how many were sent and received; of a barrier its round and who came. */
const STATE = 0;
const OTHER = 16;
const HEAD_WORDS = 32;
const NUMBER_BYTES = 8;
const LONG_MS = 2 ** 31 - 1;

export function prepare(work: SyncWork): SharedArrayBuffer | SegmentName {
  if (work.across === 'processes') return nameOf(createSharedSegment(4 * HEAD_WORDS).buffer);
  const slots = work.kind === 'channel' ? capacityFor(work.bytes) * Math.max(NUMBER_BYTES, work.bytes) : 0;
  return new SharedArrayBuffer(4 * HEAD_WORDS + slots);
}

export function join(
  given: SharedArrayBuffer | SegmentName,
  work: SyncWork,
  words: Int32Array,
  index: number,
): () => void {
  const isAcross = isSegmentName(given);
  const memory = isAcross ? openSharedSegment(given.fd).buffer : given;
  const state = new Int32Array(memory, 0, HEAD_WORDS);
  const { rounds } = work;
  if (work.kind === 'channel') return channel(memory, state, work, words, index);
  if (work.kind === 'barrier')
    return () => {
      for (let round = 0; round < rounds; round++) {
        meet(state, work.parties);
        Atomics.add(words, COUNT, 1);
      }
    };
  const { sleep, wake } = isAcross ? OF_PROCESSES : OF_THREADS;
  return () => {
    for (let round = 0; round < rounds; round++) {
      lock(state, sleep);
      words[COUNT]!++;
      unlock(state, wake);
    }
  };
}

interface Sleep {
  readonly sleep: (state: Int32Array) => void;
  readonly wake: (state: Int32Array) => void;
}
const OF_THREADS: Sleep = {
  sleep: (state) => void Atomics.wait(state, STATE, 2),
  wake: (state) => void Atomics.notify(state, STATE, 1),
};
/** `Atomics.wait` keeps its sleepers in the process. */
const OF_PROCESSES: Sleep = {
  sleep: (state) => void waitOnWord(state, STATE, 2, LONG_MS),
  wake: (state) => wakeWord(state, STATE),
};

function lock(state: Int32Array, sleep: Sleep['sleep']): void {
  let was = Atomics.compareExchange(state, STATE, 0, 1);
  while (was !== 0) {
    if (was === 2 || Atomics.compareExchange(state, STATE, 1, 2) !== 0) sleep(state);
    was = Atomics.compareExchange(state, STATE, 0, 2);
  }
}

function unlock(state: Int32Array, wake: Sleep['wake']): void {
  if (Atomics.sub(state, STATE, 1) === 1) return;
  Atomics.store(state, STATE, 0);
  wake(state);
}

function meet(state: Int32Array, parties: number): void {
  const round = Atomics.load(state, STATE);
  if (Atomics.add(state, OTHER, 1) + 1 < parties) {
    while (Atomics.load(state, STATE) === round) Atomics.wait(state, STATE, round);
    return;
  }
  Atomics.store(state, OTHER, 0);
  Atomics.add(state, STATE, 1);
  Atomics.notify(state, STATE);
}

/** STATE counts what was sent, OTHER what was received; both only grow, and each is written by one side. */
function channel(
  memory: ArrayBufferLike,
  state: Int32Array,
  work: ChannelWork,
  words: Int32Array,
  index: number,
): () => void {
  const { bytes } = work;
  const capacity = capacityFor(bytes);
  const numbers = new Float64Array(memory, 4 * HEAD_WORDS, bytes === 0 ? capacity : 0);
  const blocks = new Uint8Array(memory, 4 * HEAD_WORDS);
  const send = (value: unknown) => {
    const sent = Atomics.load(state, STATE);
    for (let got = Atomics.load(state, OTHER); sent - got === capacity; got = Atomics.load(state, OTHER))
      Atomics.wait(state, OTHER, got);
    if (bytes === 0) numbers[sent % capacity] = value as number;
    else blocks.set(value as Uint8Array, (sent % capacity) * bytes);
    Atomics.store(state, STATE, sent + 1);
    Atomics.notify(state, STATE, 1);
  };
  const receive = () => {
    const got = Atomics.load(state, OTHER);
    for (let sent = Atomics.load(state, STATE); sent === got; sent = Atomics.load(state, STATE))
      Atomics.wait(state, STATE, sent);
    const at = got % capacity;
    const value = bytes === 0 ? numbers[at] : blocks.slice(at * bytes, (at + 1) * bytes);
    Atomics.store(state, OTHER, got + 1);
    Atomics.notify(state, OTHER, 1);
    return value;
  };
  return index === 0 ? sending(work, send) : receiving(work, words, receive);
}
