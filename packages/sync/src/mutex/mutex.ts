/** The public mutex: options, time-outs and signals around a lock (local-lock.ts). */
import { syncError } from '../errors.ts';
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
import type { MutexGuard } from '../line/guard.ts';
import { LocalLock } from './local-lock.ts';
import { MUTEX_WORDS } from './lock-word.ts';

const KIND: Kind = { name: 'mutex', magic: 0x68_64_6d_78, layout: 1, words: MUTEX_WORDS, bytesAligned: 4 };

/** What another thread opens a mutex with: plain data for postMessage, workerData or the arguments of a task. */
export type MutexHandle = SyncHandle<'heddle-mutex'>;

/** For what is built on a mutex. */
export let localLockOf: (mutex: Mutex) => LocalLock;

/**
 * A lock for the threads of one process, or of several. It goes to the threads in the order in which they asked; the requests of one thread stand in one
 * place, so threads take turns. When a thread ends while it has the lock, the next one gets it with `guard.abandoned` set.
 *
 * Threads: every method may be called in every thread that uses the lock, on an object that it opened itself. `lock` and `withLock` wait
 * without blocking, and keep the program alive while they do.
 */
export class Mutex {
  static {
    localLockOf = (mutex) => mutex.#lock;
  }

  /** Elements that a mutex needs of an Int32Array. */
  static readonly WORDS: number = MUTEX_WORDS;

  readonly #opened: Opened;
  readonly #lock: LocalLock;

  private constructor(opened: Opened) {
    this.#opened = opened;
    this.#lock = ownOf(opened, () => new LocalLock(opened));
  }

  /**
   * Makes a mutex, unlocked.
   *
   * The first mutex or counter of a program is made or opened in the thread that starts the workers, before it starts them: from then on
   * it watches every worker it starts. Those that it had started before it attaches by `attach`.
   *
   * @param options `across: 'processes'` for other processes too, else for the threads of this one; `name` for messages; `memory` to put it
   *   in, `Mutex.WORDS` zeros over a SharedArrayBuffer, or over a shared array across processes, which may also be given alone; default:
   *   memory of its own. Nobody else may write there.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static create(options?: CreateOptions | Int32Array): Mutex {
    return new Mutex(makeShared(KIND, options));
  }

  /**
   * Opens a mutex of another thread. Opened twice in a thread it is the same lock.
   * In a worker that was not attached yet it blocks until it is, for seconds at most.
   *
   * @throws {SyncError} SYNC_HANDLE: it is none, or of another version; SYNC_NOT_ATTACHED: nobody watches this thread.
   */
  static from(handle: MutexHandle): Mutex {
    return new Mutex(openShared(KIND, 'heddle-mutex', handle));
  }

  /**
   * Opens the mutex of this name, and makes it when nobody has opened it before: all threads of the program that say the same name have the
   * same one, without a handle. It stays until the program ends. Names of other kinds are others.
   *
   * @param name 1 to 100 characters. A program can have 64 names.
   * @param options `across: 'processes'`: among all processes of the program that have opened a handle of another process, or made one.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NAMES, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static open(name: string, options?: OpenOptions): Mutex {
    return new Mutex(openNamed(KIND, name, options));
  }

  /** For other threads, and processes where it was made for them. */
  get handle(): MutexHandle {
    return handleOf('heddle-mutex', this.#opened);
  }

  /**
   * Waits for the lock without blocking the thread; several calls in one thread are served in their order. Locking again while a guard is
   * held waits for its release, and can't be told from another request of the same thread: only inside of `withLock` it is an error.
   *
   * Cost: nothing but one atomic access and a promise when the lock is free, else a wake-up of this thread.
   *
   * @throws {SyncError} SYNC_TIMEOUT, SYNC_POISONED, SYNC_RELOCK, SYNC_DEADLOCK, SYNC_ARGUMENT; or the reason of `signal`.
   */
  lock(options: LockOptions = NO_OPTIONS): Promise<MutexGuard> {
    return tracked((call) => this.#take(options, call));
  }

  /**
   * Waits for the lock and blocks the thread meanwhile: not on the main thread, nor in a thread that has workers of its own, which would not
   * notice that the owner has ended.
   *
   * @throws {SyncError} SYNC_WOULD_BLOCK, SYNC_RELOCK (this thread has the lock), SYNC_TIMEOUT, SYNC_POISONED, SYNC_DEADLOCK, SYNC_ARGUMENT.
   */
  lockSync(options: LockSyncOptions = NO_OPTIONS): MutexGuard {
    const { timeoutMs } = readOptions('lockSync()', options, BLOCK_OPTIONS);
    refuseToBlock('lockSync()', this.#lock.membership);
    if (this.#lock.isHeld) throw syncError('SYNC_RELOCK', 'lockSync()');
    const guard = this.#lock.lockSync(timeoutMs, 'lockSync()');
    if (guard === undefined) throw syncError('SYNC_TIMEOUT', 'the lock', timeoutMs);
    return guard;
  }

  /**
   * The lock if it is free and no request of this thread waits for it, else undefined. Never waits.
   * @throws {SyncError} SYNC_POISONED.
   */
  tryLock(): MutexGuard | undefined {
    return this.#lock.tryLock();
  }

  /**
   * Runs `fn` with the lock and gives what it gives. The lock is released when it returns, throws, or its promise settles, unless it has
   * released the guard by itself. An abandoned lock that `fn` does not repair is poisoned.
   *
   * Locking the same mutex again in `fn`, or in what it starts, is SYNC_RELOCK while the guard is held.
   *
   * @throws what `lock` throws, and what `fn` throws.
   */
  withLock<T>(fn: (guard: MutexGuard) => T | PromiseLike<T>, options: LockOptions = NO_OPTIONS): Promise<T> {
    return tracked(async (call) => {
      checkFunction('fn of withLock()', fn);
      return await runHolding(this.#lock, await this.#take(options, call), 1, fn, call);
    });
  }

  async #take(options: LockOptions, call: OwnCall | undefined): Promise<MutexGuard> {
    const { timeoutMs, signal } = readOptions('lock()', options, WAIT_OPTIONS);
    signal?.throwIfAborted();
    if (heldByCaller(this.#lock) > 0) throw syncError('SYNC_RELOCK', 'lock()');
    const guard = this.#lock.tryLock('waits');
    if (guard !== undefined) return guard;
    if (timeoutMs === 0) throw syncError('SYNC_TIMEOUT', 'the lock', 0);
    return await this.#lock.wait('the lock', { timeoutMs, signal }, call, 'lock()');
  }
}
