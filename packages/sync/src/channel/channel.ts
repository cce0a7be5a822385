/** The public channel: options, time-outs and signals around the ring (local-channel.ts). */
import { SyncError } from '../errors.ts';
import {
  BLOCK_OPTIONS,
  NO_OPTIONS,
  readOptions,
  WAIT_OPTIONS,
  type LockOptions,
  type LockSyncOptions,
} from '../options.ts';
import { refuseToBlock } from '../registry/membership.ts';
import {
  handleOf,
  makeShared,
  openShared,
  ownOf,
  type Kind,
  type Opened,
  type SyncHandle,
} from '../registry/shared-memory.ts';
import { readSize, type ChannelOptions } from './channel-options.ts';
import {
  capacityOf,
  CHANNEL_BASE_WORDS,
  channelWords,
  close,
  filled,
  formatChannel,
  isClosed,
  RECEIVERS,
  SENDERS,
  skipped,
  slotWordsOf,
  waiting,
} from './channel-words.ts';
import { LocalChannel } from './local-channel.ts';

export type { ChannelOptions } from './channel-options.ts';

/** What every channel has, whatever its size. */
const KIND: Kind = { name: 'channel', magic: 0x68_64_63_68, layout: 1, words: CHANNEL_BASE_WORDS, bytesAligned: 8 };

/** What another thread opens a channel with: plain data for postMessage, workerData or the arguments of a task. */
export type ChannelHandle = SyncHandle<'heddle-channel'>;

/** What is in a channel, at about the same instant. */
export interface ChannelStats {
  /** Values in it, and those that are being written. */
  readonly size: number;
  /** Threads that wait for room, and for a value. */
  readonly sendersWaiting: number;
  readonly receiversWaiting: number;
  /** Values that were never whole, because the thread that wrote them ended. */
  readonly skipped: number;
}

/**
 * A queue of values that any number of threads send to and receive from, over shared memory: no event loop is needed on either side. It
 * holds `capacity` values; who sends more waits. Values are copied, as structured clone copies them; bytes and typed arrays
 * straight into the shared memory and out of it (of a view only the part that it shows).
 *
 * Order: values are received in the order in which they were sent. Threads that wait are told in the order in which they began to wait, and for
 * each of them a value (or room) is left; one that comes meanwhile takes only what is more. Requests of one thread stand in one place.
 *
 * A thread that ends while it sends has not sent: `stats().skipped` counts it. A value that a thread was receiving when it ended goes to the next that
 * receives, perhaps after later ones. No other thread waits for a dead one.
 *
 * Threads: every method may be called in every thread that uses the channel, on an object that it opened itself. What waits without
 * blocking keeps the program alive meanwhile.
 */
export class Channel<T = unknown> implements AsyncIterable<T> {
  readonly #opened: Opened;
  readonly #local: LocalChannel;

  private constructor(opened: Opened) {
    this.#opened = opened;
    this.#local = ownOf(opened, () => new LocalChannel(opened));
  }

  /**
   * Makes a channel, empty and open. Make it in the thread that starts the workers, before it starts them, as the first lock: see `Mutex.create`.
   *
   * @param memory zeros to put it in, `Channel.words(options)` elements, see `Mutex.create`; default: memory of its own. Nobody else may write there.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static create<T = unknown>(options: ChannelOptions = NO_OPTIONS, memory?: Int32Array): Channel<T> {
    const { capacity, slotWords, words, across } = readSize('Channel.create()', options);
    const place = { memory, across };
    return new Channel<T>(makeShared({ ...KIND, words }, place, (all) => formatChannel(all, capacity, slotWords)));
  }

  /** Elements that a channel needs of an Int32Array. @throws {SyncError} SYNC_ARGUMENT. */
  static words(options: ChannelOptions = NO_OPTIONS): number {
    return readSize('Channel.words()', options).words;
  }

  /**
   * Opens a channel of another thread. Opened twice in a thread it is the same.
   * @throws {SyncError} SYNC_HANDLE, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static from<T = unknown>(handle: ChannelHandle): Channel<T> {
    const { words } = openShared(KIND, 'heddle-channel', handle);
    const all = channelWords(capacityOf(words), slotWordsOf(words));
    return new Channel<T>(openShared({ ...KIND, words: all }, 'heddle-channel', handle));
  }

  /** For other threads, and processes where it was made for them. */
  get handle(): ChannelHandle {
    return handleOf('heddle-channel', this.#opened);
  }

  get capacity(): number {
    return capacityOf(this.#opened.words);
  }

  /** Bytes of the largest value: what was asked for, rounded up. */
  get blockBytes(): number {
    return this.#local.blockBytes;
  }

  /** Nobody can send any more; there may still be values to receive. */
  get isClosed(): boolean {
    return isClosed(this.#opened.words);
  }

  /** Cost: a look at every thread that uses locks. */
  stats(): ChannelStats {
    const { words, membership } = this.#opened;
    return {
      size: filled(words),
      sendersWaiting: waiting(words, membership.registry, SENDERS),
      receiversWaiting: waiting(words, membership.registry, RECEIVERS),
      skipped: skipped(words),
    };
  }

  /**
   * Sends a value, and waits for room without blocking the thread. The value is taken over before this returns its promise. After a time-out or an
   * abort it was not sent.
   *
   * @throws {SyncError} SYNC_CLOSED, SYNC_UNSENDABLE, SYNC_VALUE_BYTES, SYNC_TIMEOUT, SYNC_ARGUMENT; or the reason of `signal`.
   */
  async send(value: T, options: LockOptions = NO_OPTIONS): Promise<void> {
    const read = readOptions('send()', options, WAIT_OPTIONS);
    read.signal?.throwIfAborted();
    return this.#local.send(value, read);
  }

  /**
   * Receives a value, and waits for one without blocking the thread.
   *
   * @throws {SyncError} SYNC_CLOSED (it was closed and everything was received), SYNC_TIMEOUT, SYNC_ARGUMENT; or the reason of `signal`.
   */
  async receive(options: LockOptions = NO_OPTIONS): Promise<T> {
    const read = readOptions('receive()', options, WAIT_OPTIONS);
    read.signal?.throwIfAborted();
    return (await this.#local.receive(read)) as T;
  }

  /**
   * As `send`, and blocks the thread meanwhile; where it may, see `Mutex.lockSync`.
   * @throws {SyncError} SYNC_WOULD_BLOCK and those of `send`.
   */
  sendSync(value: T, options: LockSyncOptions = NO_OPTIONS): void {
    const { timeoutMs } = readOptions('sendSync()', options, BLOCK_OPTIONS);
    refuseToBlock('sendSync()', this.#opened.membership);
    this.#local.sendSync(value, timeoutMs);
  }

  /**
   * As `receive`, and blocks the thread meanwhile; where it may, see `Mutex.lockSync`.
   * @throws {SyncError} SYNC_WOULD_BLOCK and those of `receive`.
   */
  receiveSync(options: LockSyncOptions = NO_OPTIONS): T {
    const { timeoutMs } = readOptions('receiveSync()', options, BLOCK_OPTIONS);
    refuseToBlock('receiveSync()', this.#opened.membership);
    return this.#local.receiveSync(timeoutMs) as T;
  }

  /**
   * Sends if there is room that is not left for others; gives whether it did. Never waits.
   * @throws {SyncError} SYNC_CLOSED, SYNC_UNSENDABLE, SYNC_VALUE_BYTES.
   */
  trySend(value: T): boolean {
    return this.#local.trySend('trySend()', value);
  }

  /**
   * A value if there is one that is not left for others, as `{ value }`; else undefined. Never waits.
   * @throws {SyncError} SYNC_CLOSED: it was closed and everything was received.
   */
  tryReceive(): { readonly value: T } | undefined {
    return this.#local.tryReceive('tryReceive()') as { readonly value: T } | undefined;
  }

  /** Nobody sends any more: SYNC_CLOSED for who tries to or waits for room. Values that are in the channel can be received. Twice is once. */
  close(): void {
    const { words, membership } = this.#opened;
    close(words, membership.registry);
  }

  /** {@link close}, for all threads. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Receives until the channel is closed and empty; `options` hold for each value. @throws what `receive` throws, but SYNC_CLOSED. */
  async *values(options: LockOptions = NO_OPTIONS): AsyncGenerator<T, void, undefined> {
    for (;;) {
      let value: T;
      try {
        value = await this.receive(options);
      } catch (error) {
        if (error instanceof SyncError && error.code === 'SYNC_CLOSED') return;
        throw error;
      }
      yield value;
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return this.values();
  }
}
