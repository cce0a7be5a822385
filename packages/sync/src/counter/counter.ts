/**
 * A counter in as many parts as there can be threads: each adds to its own, so that no two write the same line of the cache, and
 * whoever wants the value adds them up.
 *
 * A part is written by `Atomics.add` alone and never set back: an addition is in it as a whole or not at all, also when its thread
 * ends in it, and the next thread in the same slot goes on from there.
 */
import { show, syncError } from '../errors.ts';
import type { CreateOptions } from '../options.ts';
import { MAX_THREADS, slotOf, usedSlots } from '../registry/lives.ts';
import {
  handleOf,
  makeShared,
  openShared,
  type Kind,
  type Opened,
  type SyncHandle,
} from '../registry/shared-memory.ts';

/** In 64-bit words, one line of the cache for each part; the header has the first. */
const PART_STRIDE = 8;
const partOf = (slot: number): number => (slot + 1) * PART_STRIDE;

const KIND: Kind = {
  name: 'counter',
  magic: 0x68_64_63_6e,
  layout: 1,
  words: (MAX_THREADS + 1) * PART_STRIDE * 2,
  bytesAligned: 8,
};

/** What another thread opens a counter with: plain data for postMessage, workerData or the arguments of a task. */
export type AtomicCounterHandle = SyncHandle<'heddle-counter'>;

/** A sum of integers that threads of one process, or of several, add to without waiting for each other. */
export class AtomicCounter {
  /** Elements that a counter needs of an Int32Array. */
  static readonly WORDS: number = KIND.words;

  readonly #opened: Opened;
  readonly #parts: BigInt64Array;
  readonly #part: number;

  private constructor(opened: Opened) {
    this.#opened = opened;
    const { words, membership } = opened;
    this.#parts = new BigInt64Array(words.buffer, words.byteOffset, words.length / 2);
    this.#part = partOf(slotOf(membership.id));
  }

  /**
   * Makes a counter at 0; where to, see `Mutex.create`. Takes 16 KiB.
   *
   * @param options `across: 'processes'` for other processes too, or `memory` to put it in, from a multiple of 8 bytes on; see `Mutex.create`.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static create(options?: CreateOptions | Int32Array): AtomicCounter {
    return new AtomicCounter(makeShared(KIND, options));
  }

  /**
   * Opens a counter of another thread.
   * @throws {SyncError} SYNC_HANDLE, SYNC_NOT_ATTACHED.
   */
  static from(handle: AtomicCounterHandle): AtomicCounter {
    return new AtomicCounter(openShared(KIND, 'heddle-counter', handle));
  }

  /** For other threads, and processes where it was made for them. */
  get handle(): AtomicCounterHandle {
    return handleOf('heddle-counter', this.#opened);
  }

  /**
   * Adds a safe integer, default 1; may be negative. One atomic access.
   * @throws {SyncError} SYNC_ARGUMENT.
   */
  add(amount = 1): void {
    if (!Number.isSafeInteger(amount))
      throw syncError('SYNC_ARGUMENT', 'the amount of add()', 'a safe integer', show(amount));
    Atomics.add(this.#parts, this.#part, BigInt(amount));
  }

  /**
   * The sum: every addition that came before the call, none twice, and of those under way meanwhile any. A bigint, exact to 64 bits, beyond
   * which it wraps. Cost: one access for each thread that there has been at the same time.
   */
  value(): bigint {
    let sum = 0n;
    for (let slot = 0; slot < usedSlots(this.#opened.membership.registry); slot++)
      sum += Atomics.load(this.#parts, partOf(slot));
    return BigInt.asIntN(64, sum);
  }
}
