/** The public semaphore: permits are shares (share-words.ts). */
import { syncError } from '../errors.ts';
import { tracked } from '../deadlock/async-wait.ts';
import type { OwnCall } from '../deadlock/await-chain.ts';
import { heldByCaller, runHolding } from '../line/holding.ts';
import {
  BLOCK_OPTIONS,
  checkCount,
  checkFunction,
  checkSame,
  NO_OPTIONS,
  readOptions,
  WAIT_OPTIONS,
  type CreateOptions,
  type LockOptions,
  type LockSyncOptions,
  type OpenOptions,
  type WaitOptions,
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
import { formatShares, MAX_SHARES, SHARE_WORDS, totalShares } from '../shares/share-words.ts';
import { Permit } from './permit.ts';

const KIND: Kind = { name: 'semaphore', magic: 0x68_64_73_6d, layout: 1, words: SHARE_WORDS, bytesAligned: 4 };

/** What another thread opens a semaphore with: plain data for postMessage, workerData or the arguments of a task. */
export type SemaphoreHandle = SyncHandle<'heddle-semaphore'>;

/** Without options. */
const ONE = Object.freeze({ timeoutMs: Infinity, signal: undefined, permits: 1 });

/** How many permits at once: 1 (default) to all there are. */
interface Permits {
  readonly permits?: number | undefined;
}
export interface AcquireOptions extends LockOptions, Permits {}
export interface AcquireSyncOptions extends LockSyncOptions, Permits {}

/**
 * A number of permits for the threads of one process, or of several: as many as there are can be held at once. They go to the threads in the order in which
 * they asked, and a request for many is not passed by one for few; the requests of one thread stand in one place, so threads take turns.
 * When a thread ends, the permits that it held return.
 *
 * Threads: every method may be called in every thread that uses the semaphore, on an object that it opened itself. `acquire` and
 * `withPermit` wait without blocking, and keep the program alive while they do.
 */
export class Semaphore {
  /** Elements that a semaphore needs of an Int32Array. */
  static readonly WORDS: number = SHARE_WORDS;
  /** The most permits there can be. */
  static readonly MAX_PERMITS: number = MAX_SHARES;

  readonly #opened: Opened;
  readonly #shares: LocalShares;
  readonly #giveUp = (permits: number): void => this.#shares.giveUp(permits);

  private constructor(opened: Opened) {
    this.#opened = opened;
    this.#shares = ownOf(opened, () => new LocalShares(opened, 'the permits'));
  }

  /**
   * Makes a semaphore with all its permits free; where to, see `Mutex.create`.
   *
   * @param permits 1 to `Semaphore.MAX_PERMITS`, how many can be held at once.
   * @param options `name` for messages, `memory` to put it in, `across: 'processes'` for other processes too; see `Mutex.create`.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static create(permits: number, options?: CreateOptions | Int32Array): Semaphore {
    checkCount('permits of Semaphore.create()', permits, 1, MAX_SHARES);
    return new Semaphore(makeShared(KIND, options, (words) => formatShares(words, permits)));
  }

  /**
   * Opens a semaphore of another thread. Opened twice in a thread it is the same.
   * @throws {SyncError} SYNC_HANDLE, SYNC_NOT_ATTACHED.
   */
  static from(handle: SemaphoreHandle): Semaphore {
    return new Semaphore(openShared(KIND, 'heddle-semaphore', handle));
  }

  /**
   * Opens the semaphore of this name, and makes it when nobody has opened it before: all threads of the program that say the same name have the
   * same one, without a handle. It stays until the program ends. Names of other kinds are others.
   *
   * @param permits as of `create`; everybody says the same.
   * @param name 1 to 100 characters. A program can have 64 names.
   * @param options `across: 'processes'`: among all processes of the program that have opened a handle of another process, or made one.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NAMES, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static open(name: string, permits: number, options?: OpenOptions): Semaphore {
    checkCount('permits of Semaphore.open()', permits, 1, MAX_SHARES);
    const opened = openNamed(KIND, name, options, (words) => formatShares(words, permits));
    checkSame('permits of Semaphore.open()', totalShares(opened.words), opened.label, permits);
    return new Semaphore(opened);
  }

  /** For other threads, and processes where it was made for them. */
  get handle(): SemaphoreHandle {
    return handleOf('heddle-semaphore', this.#opened);
  }

  /** How many permits there are in all. */
  get permits(): number {
    return this.#shares.total;
  }

  /**
   * Waits for permits without blocking the thread.
   *
   * Cost: some atomic accesses, and two for each thread that there has been at the same time; a wake-up of this thread when it has to wait.
   *
   * @throws {SyncError} SYNC_TIMEOUT, SYNC_RELOCK (inside of `withPermit`, for more than there are with what that holds),
   *   SYNC_DEADLOCK, SYNC_ARGUMENT; or the reason of `signal`.
   */
  acquire(options: AcquireOptions = NO_OPTIONS): Promise<Permit> {
    return tracked((call) => this.#take(options, call));
  }

  /**
   * Waits for permits and blocks the thread meanwhile; where it may, see `Mutex.lockSync`.
   *
   * @throws {SyncError} SYNC_WOULD_BLOCK, SYNC_RELOCK (what this thread holds leaves too few), SYNC_TIMEOUT, SYNC_DEADLOCK,
   *   SYNC_ARGUMENT.
   */
  acquireSync(options: AcquireSyncOptions = NO_OPTIONS): Permit {
    const { permits, timeoutMs } = this.#read('acquireSync()', options, BLOCK_OPTIONS);
    refuseToBlock('acquireSync()', this.#opened.membership);
    if (this.#shares.has + permits > this.permits) throw syncError('SYNC_RELOCK', 'acquireSync()');
    this.#shares.takeSync(permits, timeoutMs, 'acquireSync()');
    return new Permit(permits, this.#giveUp);
  }

  /**
   * Permits if they are free and nobody waits, else undefined. Never waits, so it may also give undefined at an instant at which
   * another thread is given something.
   * @throws {SyncError} SYNC_ARGUMENT.
   */
  tryAcquire(options: Permits = NO_OPTIONS): Permit | undefined {
    const { permits } = this.#read('tryAcquire()', options, []);
    return this.#shares.tryTake(permits) && new Permit(permits, this.#giveUp);
  }

  /**
   * Runs `fn` with permits and gives what it gives. They are released when it returns, throws, or its promise settles.
   * @throws what `acquire` throws, and what `fn` throws.
   */
  withPermit<T>(fn: (permit: Permit) => T | PromiseLike<T>, options: AcquireOptions = NO_OPTIONS): Promise<T> {
    return tracked(async (call) => {
      checkFunction('fn of withPermit()', fn);
      const permit = await this.#take(options, call);
      return await runHolding(this.#shares, permit, permit.permits, fn, call);
    });
  }

  async #take(options: AcquireOptions, call: OwnCall | undefined): Promise<Permit> {
    const { permits, timeoutMs, signal } = this.#read('acquire()', options, WAIT_OPTIONS);
    signal?.throwIfAborted();
    if (heldByCaller(this.#shares) + permits > this.permits) throw syncError('SYNC_RELOCK', 'acquire()');
    await this.#shares.take(permits, { timeoutMs, signal }, call, 'acquire()');
    return new Permit(permits, this.#giveUp);
  }

  #read(call: string, options: AcquireOptions, known: readonly string[]): WaitOptions & { permits: number } {
    if (options === NO_OPTIONS) return ONE;
    const { timeoutMs, signal } = readOptions(call, options, [...known, 'permits']);
    const { permits = 1 } = options;
    checkCount(`permits of ${call}`, permits, 1, this.permits);
    return { timeoutMs, signal, permits };
  }
}
