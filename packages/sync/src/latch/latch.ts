/** The public latch: options, time-outs and signals around its words (latch-words.ts). */
import type { Worker } from 'node:worker_threads';
import { tracked, untilNews, watchedWait } from '../deadlock/async-wait.ts';
import type { OwnCall } from '../deadlock/await-chain.ts';
import { BlockedWait } from '../deadlock/blocked-wait.ts';
import type { WaitSubject } from '../deadlock/subject.ts';
import { FOR_COUNT } from '../deadlock/wait-records.ts';
import { syncError } from '../errors.ts';
import { waitForNews } from '../line/wait.ts';
import {
  BLOCK_OPTIONS,
  checkCount,
  NO_OPTIONS,
  readOptions,
  WAIT_OPTIONS,
  type CreateOptions,
  type LockOptions,
  type LockSyncOptions,
  type OpenOptions,
} from '../options.ts';
import { idOf, refuseToBlock } from '../registry/membership.ts';
import { Holding } from '../registry/holdings.ts';
import { hasSeat, idsInSeats, SEAT_WORDS, takeSeat } from '../registry/seats.ts';
import {
  handleOf,
  makeShared,
  openNamed,
  openShared,
  ownOf,
  type Kind,
  type Opened,
  type SyncHandle,
} from '../registry/shared-memory.ts';
import { IS_BROKEN, sleep, WAIT, type Outcome } from '../registry/sleep.ts';
import { countDown, formatLatch, LATCH_WORDS, leftToCount, lookAtLatch, MAX_COUNT } from './latch-words.ts';

const KIND: Kind = { name: 'latch', magic: 0x68_64_6c_74, layout: 1, words: LATCH_WORDS, bytesAligned: 4 };

/** What another thread opens a latch with: plain data for postMessage, workerData or the arguments of a task. */
export type LatchHandle = SyncHandle<'heddle-latch'>;

/**
 * Opens when something has been counted down to 0, and stays open: threads wait until others are ready, or have finished. It breaks, for all
 * who wait and come later, when a thread that had promised to count ends before it has.
 *
 * Threads: every method may be called in every thread that uses the latch, on an object that it opened itself.
 */
export class Latch {
  /** Elements that a latch needs of an Int32Array. */
  static readonly WORDS: number = LATCH_WORDS;

  readonly #opened: Opened;
  /** What this thread has promised, as far as it knows, is like something that it holds. */
  readonly #promised: Holding;

  private constructor(opened: Opened) {
    this.#opened = opened;
    const { number, label, membership } = opened;
    this.#promised = ownOf(opened, () => new Holding(number, label, label, membership.holdings));
    this.#notePromise();
  }

  /**
   * Makes a latch; where to, see `Mutex.create`.
   *
   * @param count 1 to 2^30 - 1, from which it is counted down.
   * @param options `name` for messages, `memory` to put it in, `across: 'processes'` for other processes too; see `Mutex.create`.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static create(count: number, options?: CreateOptions | Int32Array): Latch {
    checkCount('count of Latch.create()', count, 1, MAX_COUNT);
    return new Latch(makeShared(KIND, options, (words) => formatLatch(words, count)));
  }

  /**
   * Opens a latch of another thread.
   * @throws {SyncError} SYNC_HANDLE, SYNC_NOT_ATTACHED.
   */
  static from(handle: LatchHandle): Latch {
    return new Latch(openShared(KIND, 'heddle-latch', handle));
  }

  /**
   * Opens the latch of this name, and makes it when nobody has opened it before: all threads of the program that say the same name have the
   * same one, without a handle. It stays until the program ends. Names of other kinds are others.
   *
   * @param count as of `create`, for who makes it.
   * @param name 1 to 100 characters. A program can have 64 names.
   * @param options `across: 'processes'`: among all processes of the program that have opened a handle of another process, or made one.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NAMES, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static open(name: string, count: number, options?: OpenOptions): Latch {
    checkCount('count of Latch.open()', count, 1, MAX_COUNT);
    return new Latch(openNamed(KIND, name, options, (words) => formatLatch(words, count)));
  }

  /** For other threads, and processes where it was made for them. */
  get handle(): LatchHandle {
    return handleOf('heddle-latch', this.#opened);
  }

  /** What is left to count; 0: it is open. */
  get count(): number {
    return leftToCount(this.#opened.words);
  }

  /**
   * Promises that this thread, or a worker that it has started, will count down once. Its next `countDown` keeps the promise; when it ends
   * before, the latch breaks. Without promises a death is not noticed, because anybody may count.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_FULL: there are 256 promises already.
   */
  promise(worker?: Worker): void {
    const { words, membership } = this.#opened;
    if (!takeSeat(words, SEAT_WORDS, idOf('promise()', worker, membership))) throw syncError('SYNC_FULL', SEAT_WORDS);
    this.#notePromise();
  }

  /**
   * Counts down, to 0 at least. Nothing when the latch is open or broken.
   * @param amount 1 (default) to 2^30 - 1.
   * @throws {SyncError} SYNC_ARGUMENT.
   */
  countDown(amount = 1): void {
    checkCount('the amount of countDown()', amount, 1, MAX_COUNT);
    const { words, membership } = this.#opened;
    countDown(words, membership.registry, membership.id, amount);
    this.#notePromise();
  }

  /**
   * Waits until the latch is open, without blocking the thread.
   * @throws {SyncError} SYNC_BROKEN, SYNC_TIMEOUT, SYNC_DEADLOCK, SYNC_ARGUMENT; or the reason of `signal`.
   */
  wait(options: LockOptions = NO_OPTIONS): Promise<void> {
    return tracked((call) => this.#wait(options, call));
  }

  async #wait(options: LockOptions, call: OwnCall | undefined): Promise<void> {
    const read = readOptions('wait()', options, WAIT_OPTIONS);
    read.signal?.throwIfAborted();
    const { membership } = this.#opened;
    const begin = untilNews(membership, () => this.#look());
    const watched = watchedWait(membership, this.#awaited(), read, call, 'wait()', begin);
    if (watched !== undefined) {
      await watched;
      return this.#end();
    }
    const over = await waitForNews(this.#opened.membership.news, () => this.#look() !== WAIT, read);
    if (over === undefined || this.#look() !== WAIT) return this.#end();
    throw over === 'aborted' ? read.signal!.reason : syncError('SYNC_TIMEOUT', 'the latch', read.timeoutMs);
  }

  /**
   * Waits until the latch is open and blocks the thread meanwhile; where it may, see `Mutex.lockSync`.
   * @throws {SyncError} SYNC_WOULD_BLOCK, SYNC_BROKEN, SYNC_TIMEOUT, SYNC_DEADLOCK, SYNC_ARGUMENT.
   */
  waitSync(options: LockSyncOptions = NO_OPTIONS): void {
    const { timeoutMs } = readOptions('waitSync()', options, BLOCK_OPTIONS);
    refuseToBlock('waitSync()', this.#opened.membership);
    const { membership } = this.#opened;
    const { registry, id } = membership;
    const endMs = performance.now() + timeoutMs;
    const wait = endMs === Infinity ? new BlockedWait(membership, 'waitSync()', this.#awaited()) : undefined;
    const outcome = sleep(registry, id, endMs, () => this.#look(), wait?.beforeSleep);
    wait?.end(outcome);
    if (outcome === WAIT) throw syncError('SYNC_TIMEOUT', 'the latch', timeoutMs);
    this.#end();
  }

  #notePromise(): void {
    const { words, membership } = this.#opened;
    this.#promised.set(hasSeat(words, membership.id) ? 1 : 0);
  }

  /** It relies on nobody who is not known only if all that is left is promised. */
  #awaited(): WaitSubject {
    const { words, number, label } = this.#opened;
    const isReliant = () => idsInSeats(words).length === leftToCount(words);
    const isWaiting = () => this.#look() === WAIT && isReliant();
    return { kind: FOR_COUNT, number, label, total: 0, want: 0, isReliant, isWaiting };
  }

  #look(): Outcome {
    return lookAtLatch(this.#opened.words, this.#opened.membership.registry);
  }

  /** It is open or broken, for ever. */
  #end(): void {
    if (this.#look() === IS_BROKEN) throw syncError('SYNC_BROKEN', 'the latch');
  }
}
