/** Options of a channel, read once. */
import { show, syncError } from '../errors.ts';
import { checkCount, readAcross, type Across } from '../options.ts';
import { channelWords, MAX_CAPACITY } from './channel-words.ts';
import { SLOT_HEAD_WORDS } from './local-channel.ts';

/** How large a channel is. All of it is allocated at once: `capacity` times `blockBytes`, and little more. */
export interface ChannelOptions {
  /** Values that can wait in it: 1 to 65536, default 64. */
  readonly capacity?: number | undefined;
  /** Bytes of the largest value: 16 to 268435456, default 1024. A value that takes more can't be sent. */
  readonly blockBytes?: number | undefined;
  /** Who can share it, see `Mutex.create`: `'threads'` of this process, or other `'processes'` too. Default: what `memory` is for, or else threads. */
  readonly across?: Across | undefined;
}

const DEFAULT_CAPACITY = 64;
const DEFAULT_BLOCK_BYTES = 1_024;
const MIN_BLOCK_BYTES = 16;
const MAX_BLOCK_BYTES = 2 ** 28;
/** A guess at what nobody means to allocate. */
const MAX_BYTES = 2 ** 30;

const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;
/** Slots begin with a line of the cache. */
const LINE_WORDS = 16;
const KNOWN = ['across', 'capacity', 'blockBytes'];

export interface ChannelSize {
  readonly capacity: number;
  readonly slotWords: number;
  /** Of the whole channel. */
  readonly words: number;
  readonly across: Across | undefined;
}

/** @throws SYNC_ARGUMENT. */
export function readSize(call: string, options: ChannelOptions): ChannelSize {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null)
    throw syncError('SYNC_ARGUMENT', `the options of ${call}`, 'an object', show(given));
  for (const name of Object.keys(given))
    if (!KNOWN.includes(name))
      throw syncError('SYNC_ARGUMENT', `an option of ${call}`, `one of ${KNOWN.join(', ')}`, show(name));
  const { capacity = DEFAULT_CAPACITY, blockBytes = DEFAULT_BLOCK_BYTES } = options;
  checkCount('capacity', capacity, 1, MAX_CAPACITY);
  checkCount('blockBytes', blockBytes, MIN_BLOCK_BYTES, MAX_BLOCK_BYTES);
  const slotWords = Math.ceil((SLOT_HEAD_WORDS + blockBytes / WORD_BYTES) / LINE_WORDS) * LINE_WORDS;
  const words = channelWords(capacity, slotWords);
  if (words * WORD_BYTES > MAX_BYTES)
    throw syncError('SYNC_ARGUMENT', 'capacity times blockBytes', `${MAX_BYTES} or less`, show(words * WORD_BYTES));
  return { capacity, slotWords, words, across: readAcross('channel', options.across) };
}
