/** The public once: a mutex around what is to be done, and a word that says so (once-words.ts). */
import { syncError } from '../errors.ts';
import { tracked } from '../deadlock/async-wait.ts';
import type { OwnCall } from '../deadlock/await-chain.ts';
import { heldByCaller, heldGuard, runHeld } from '../line/holding.ts';
import type { MutexGuard } from '../line/guard.ts';
import { LocalLock } from '../mutex/local-lock.ts';
import { MUTEX_WORDS } from '../mutex/lock-word.ts';
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
import { isDone, setDone } from './once-words.ts';

const KIND: Kind = { name: 'once', magic: 0x68_64_6f_6e, layout: 1, words: MUTEX_WORDS, bytesAligned: 4 };

/** What another thread opens it with: plain data for postMessage, workerData or the arguments of a task. */
export type OnceHandle = SyncHandle<'heddle-once'>;

/**
 * Something that one of the threads of a process does, while the others who need it wait until it is done. When that one fails, throws or
 * ends, the next who waits does it.
 *
 * Threads: every method may be called in every thread that uses it, on an object that it opened itself.
 */
export class Once {
  /** Elements that it needs of an Int32Array. */
  static readonly WORDS: number = MUTEX_WORDS;

  readonly #opened: Opened;
  readonly #lock: LocalLock;

  private constructor(opened: Opened) {
    this.#opened = opened;
    this.#lock = ownOf(opened, () => new LocalLock(opened));
  }

  /**
   * Makes it, not done; where to, see `Mutex.create`.
   *
   * @param options `name` for messages, `memory` to put it in, `across: 'processes'` for other processes too; see `Mutex.create`.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static create(options?: CreateOptions | Int32Array): Once {
    return new Once(makeShared(KIND, options));
  }

  /**
   * Opens that of another thread. Opened twice in a thread it is the same.
   * @throws {SyncError} SYNC_HANDLE, SYNC_NOT_ATTACHED.
   */
  static from(handle: OnceHandle): Once {
    return new Once(openShared(KIND, 'heddle-once', handle));
  }

  /**
   * Opens the one of this name, and makes it when nobody has opened it before: all threads of the program that say the same name have the
   * same one, without a handle. It stays until the program ends. Names of other kinds are others.
   *
   * @param name 1 to 100 characters. A program can have 64 names.
   * @param options `across: 'processes'`: among all processes of the program that have opened a handle of another process, or made one.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NAMES, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static open(name: string, options?: OpenOptions): Once {
    return new Once(openNamed(KIND, name, options));
  }

  /** For other threads, and processes where it was made for them. */
  get handle(): OnceHandle {
    return handleOf('heddle-once', this.#opened);
  }

  /** Whether it is done. */
  get isDone(): boolean {
    return isDone(this.#opened.words);
  }

  /**
   * Runs `fn` unless that is done, and gives true when this call has done it. Waits meanwhile, without blocking the thread, for whoever does it
   * now. It is done when `fn` has returned, or its promise resolved.
   *
   * @param fn is given whether somebody died at it before, so that what is half done may be cleared away.
   * @throws {SyncError} SYNC_TIMEOUT (of the wait, not of `fn`), SYNC_RELOCK (inside of its own `fn`), SYNC_DEADLOCK, SYNC_ARGUMENT; or the reason of
   *   `signal`; or what `fn` throws, and then the next call runs its own.
   */
  run(fn: (isAgain: boolean) => unknown, options: LockOptions = NO_OPTIONS): Promise<boolean> {
    return tracked((call) => this.#run(fn, options, call));
  }

  async #run(fn: (isAgain: boolean) => unknown, options: LockOptions, call: OwnCall | undefined): Promise<boolean> {
    checkFunction('fn of run()', fn);
    const read = readOptions('run()', options, WAIT_OPTIONS);
    if (this.isDone) return false;
    read.signal?.throwIfAborted();
    if (heldByCaller(this.#lock) > 0) throw syncError('SYNC_RELOCK', 'run()');
    const guard = this.#lock.tryLock('waits') ?? (await this.#wait(read, call));
    const held = heldGuard(this.#lock, guard, 1, fn, call, false);
    return await runHeld(held, guard, async () => {
      const isAgain = this.#begin(guard);
      if (isAgain === undefined) return false;
      await (held.given = fn(isAgain));
      return this.#end();
    });
  }

  /**
   * As `run`, and blocks the thread while it waits; where it may, see `Mutex.lockSync`. `fn` must not give a promise.
   * @throws {SyncError} SYNC_WOULD_BLOCK, SYNC_RELOCK, SYNC_TIMEOUT, SYNC_DEADLOCK, SYNC_ARGUMENT; or what `fn` throws.
   */
  runSync(fn: (isAgain: boolean) => unknown, options: LockSyncOptions = NO_OPTIONS): boolean {
    checkFunction('fn of runSync()', fn);
    const { timeoutMs } = readOptions('runSync()', options, BLOCK_OPTIONS);
    if (this.isDone) return false;
    refuseToBlock('runSync()', this.#lock.membership);
    if (this.#lock.isHeld) throw syncError('SYNC_RELOCK', 'runSync()');
    const guard = this.#lock.lockSync(timeoutMs, 'runSync()');
    if (guard === undefined) throw syncError('SYNC_TIMEOUT', 'the turn', timeoutMs);
    try {
      const isAgain = this.#begin(guard);
      if (isAgain === undefined) return false;
      if (isThenable(fn(isAgain))) throw syncError('SYNC_ARGUMENT', 'what fn of runSync() gives', 'no promise', 'one');
      return this.#end();
    } finally {
      guard.release();
    }
  }

  async #wait(options: WaitOptions, call: OwnCall | undefined): Promise<MutexGuard> {
    if (options.timeoutMs === 0) throw syncError('SYNC_TIMEOUT', 'the turn', 0);
    return await this.#lock.wait('the turn', options, call, 'run()');
  }

  /** With the mutex: whether somebody died at it, undefined when it is done. */
  #begin(guard: MutexGuard): boolean | undefined {
    const { abandoned } = guard;
    if (abandoned) guard.repair();
    return this.isDone ? undefined : abandoned;
  }

  #end(): true {
    setDone(this.#opened.words);
    return true;
  }
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
