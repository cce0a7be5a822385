/** The public lock of readers and writers: a reader has one share of it, a writer all (share-words.ts). */
import { syncError } from '../errors.ts';
import { MutexGuard } from '../line/guard.ts';
import { tracked } from '../deadlock/async-wait.ts';
import type { OwnCall } from '../deadlock/await-chain.ts';
import { heldByCaller, runHolding } from '../line/holding.ts';
import {
  BLOCK_OPTIONS,
  checkFunction,
  NO_OPTIONS,
  readOptions,
  WAIT_OPTIONS,
  type CreateOptions,
  type LockOptions,
  type LockSyncOptions,
  type OpenOptions,
} from '../options.ts';
import { refuseToBlock } from '../registry/membership.ts';
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
import { LocalShares } from '../shares/local-shares.ts';
import { formatShares, MAX_SHARES, SHARE_WORDS } from '../shares/share-words.ts';
import { ReadGuard } from './read-guard.ts';

const KIND: Kind = { name: 'rw-lock', magic: 0x68_64_72_77, layout: 1, words: SHARE_WORDS, bytesAligned: 4 };

/** As many readers at once as shares fit, the others wait. */
const ALL = MAX_SHARES;

/** What another thread opens the lock with: plain data for postMessage, workerData or the arguments of a task. */
export type RwLockHandle = SyncHandle<'heddle-rw-lock'>;

/** The same as of a mutex. */
export type WriteGuard = MutexGuard;

/**
 * A lock for the threads of one process, or of several that many may read at the same time, or one may write. Threads get it in the order in which they
 * asked, so a reader that comes after a waiting writer waits for it, and no one is starved; the requests of one thread stand in one
 * place, so threads take turns. A reader that ends holds up nobody. When a writer ends while it has the lock, everybody who gets it is told
 * (`guard.abandoned`) until a writer has repaired what it guards.
 *
 * Threads: every method may be called in every thread that uses the lock, on an object that it opened itself. The calls that give a promise
 * wait without blocking, and keep the program alive while they do.
 */
export class RwLock {
  /** Elements that the lock needs of an Int32Array. */
  static readonly WORDS: number = SHARE_WORDS;

  readonly #opened: Opened;
  readonly #shares: LocalShares;
  readonly #endRead = (): void => this.#shares.giveUp(1);
  readonly #writers = {
    giveUp: () => this.#shares.giveUp(ALL),
    repair: () => this.#shares.repair(),
    poison: () => this.#shares.poison(),
  };

  private constructor(opened: Opened) {
    this.#opened = opened;
    this.#shares = ownOf(opened, () => new LocalShares(opened, 'the lock'));
  }

  /**
   * Makes a lock, free; where to, see `Mutex.create`.
   *
   * @param options `name` for messages, `memory` to put it in, `across: 'processes'` for other processes too; see `Mutex.create`.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static create(options?: CreateOptions | Int32Array): RwLock {
    return new RwLock(makeShared(KIND, options, (words) => formatShares(words, ALL)));
  }

  /**
   * Opens a lock of another thread. Opened twice in a thread it is the same.
   * @throws {SyncError} SYNC_HANDLE, SYNC_NOT_ATTACHED.
   */
  static from(handle: RwLockHandle): RwLock {
    return new RwLock(openShared(KIND, 'heddle-rw-lock', handle));
  }

  /**
   * Opens the lock of this name, and makes it when nobody has opened it before: all threads of the program that say the same name have the
   * same one, without a handle. It stays until the program ends. Names of other kinds are others.
   *
   * @param name 1 to 100 characters. A program can have 64 names.
   * @param options `across: 'processes'`: among all processes of the program that have opened a handle of another process, or made one.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NAMES, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static open(name: string, options?: OpenOptions): RwLock {
    return new RwLock(openNamed(KIND, name, options, (words) => formatShares(words, ALL)));
  }

  /** For other threads, and processes where it was made for them. */
  get handle(): RwLockHandle {
    return handleOf('heddle-rw-lock', this.#opened);
  }

  /**
   * Waits until it may read, without blocking the thread. Asking again for the lock while holding it waits for whoever stands between, and
   * is an error only inside of `withRead` and `withWrite`, like `Mutex.lock`.
   *
   * Cost: some atomic accesses, and two for each thread that there has been at the same time; a wake-up of this thread when it has to wait.
   *
   * @throws {SyncError} SYNC_TIMEOUT, SYNC_POISONED, SYNC_RELOCK, SYNC_DEADLOCK, SYNC_ARGUMENT; or the reason of `signal`.
   */
  read(options: LockOptions = NO_OPTIONS): Promise<ReadGuard> {
    return tracked((call) => this.#read(options, call));
  }

  /**
   * Waits until nobody else has the lock, without blocking the thread.
   * @throws {SyncError} as `read`.
   */
  write(options: LockOptions = NO_OPTIONS): Promise<WriteGuard> {
    return tracked((call) => this.#write(options, call));
  }

  /**
   * Waits until it may read and blocks the thread meanwhile; where it may, see `Mutex.lockSync`.
   * @throws {SyncError} SYNC_WOULD_BLOCK, SYNC_RELOCK (this thread has the lock, for reading or writing), SYNC_TIMEOUT, SYNC_POISONED,
   *   SYNC_DEADLOCK, SYNC_ARGUMENT.
   */
  readSync(options: LockSyncOptions = NO_OPTIONS): ReadGuard {
    return this.#reader(this.#takeSync('readSync()', 1, options));
  }

  /**
   * Waits until nobody else has the lock and blocks the thread meanwhile.
   * @throws {SyncError} as `readSync`.
   */
  writeSync(options: LockSyncOptions = NO_OPTIONS): WriteGuard {
    return this.#writer(this.#takeSync('writeSync()', ALL, options));
  }

  /**
   * The right to read if it can be had at once and nobody waits, else undefined. Never waits, so it may also give undefined at an instant at
   * which another thread is given something.
   * @throws {SyncError} SYNC_POISONED.
   */
  tryRead(): ReadGuard | undefined {
    const taken = this.#shares.tryTake(1);
    return taken && this.#reader(taken);
  }

  /**
   * The right to write, as `tryRead`.
   * @throws {SyncError} SYNC_POISONED.
   */
  tryWrite(): WriteGuard | undefined {
    const taken = this.#shares.tryTake(ALL);
    return taken && this.#writer(taken);
  }

  /**
   * Runs `fn` while it may read and gives what it gives. Asking for the same lock in `fn`, or in what it starts, is SYNC_RELOCK while
   * the guard is held, also for reading: a writer that waits would stand between.
   * @throws what `read` throws, and what `fn` throws.
   */
  withRead<T>(fn: (guard: ReadGuard) => T | PromiseLike<T>, options: LockOptions = NO_OPTIONS): Promise<T> {
    return tracked(async (call) => {
      checkFunction('fn of withRead()', fn);
      return await runHolding(this.#shares, await this.#read(options, call), 1, fn, call);
    });
  }

  /**
   * Runs `fn` while nobody else has the lock and gives what it gives, like `Mutex.withLock`.
   * @throws what `write` throws, and what `fn` throws.
   */
  withWrite<T>(fn: (guard: WriteGuard) => T | PromiseLike<T>, options: LockOptions = NO_OPTIONS): Promise<T> {
    return tracked(async (call) => {
      checkFunction('fn of withWrite()', fn);
      return await runHolding(this.#shares, await this.#write(options, call), ALL, fn, call);
    });
  }

  async #read(options: LockOptions, call: OwnCall | undefined): Promise<ReadGuard> {
    return this.#reader(await this.#take('read()', 1, options, call));
  }

  async #write(options: LockOptions, call: OwnCall | undefined): Promise<WriteGuard> {
    return this.#writer(await this.#take('write()', ALL, options, call));
  }

  #take(
    name: string,
    amount: number,
    options: LockOptions,
    call: OwnCall | undefined,
  ): Promise<{ abandoned: boolean }> {
    const read = readOptions(name, options, WAIT_OPTIONS);
    read.signal?.throwIfAborted();
    if (heldByCaller(this.#shares) > 0) throw syncError('SYNC_RELOCK', name);
    return this.#shares.take(amount, read, call, name);
  }

  #takeSync(call: string, amount: number, options: LockSyncOptions): { abandoned: boolean } {
    const { timeoutMs } = readOptions(call, options, BLOCK_OPTIONS);
    refuseToBlock(call, this.#opened.membership);
    if (this.#shares.has > 0) throw syncError('SYNC_RELOCK', call);
    return this.#shares.takeSync(amount, timeoutMs, call);
  }

  #reader({ abandoned }: { abandoned: boolean }): ReadGuard {
    return new ReadGuard(this.#endRead, abandoned);
  }

  #writer({ abandoned }: { abandoned: boolean }): WriteGuard {
    return new MutexGuard(this.#writers, abandoned);
  }
}
