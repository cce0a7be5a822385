/** The public condition: to wait, with a mutex, until another thread says that something has changed. */
import type { MutexGuard } from '../line/guard.ts';
import { localLockOf, Mutex, type MutexHandle } from '../mutex/mutex.ts';
import {
  BLOCK_OPTIONS,
  NO_OPTIONS,
  readOptions,
  WAIT_OPTIONS,
  type CreateOptions,
  type LockOptions,
  type LockSyncOptions,
} from '../options.ts';
import { show, syncError } from '../errors.ts';
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
import { CONDITION_WORDS, MUTEX_NUMBER } from './condition-words.ts';
import { LocalCondition } from './local-condition.ts';

const KIND: Kind = { name: 'condition', magic: 0x68_64_63_76, layout: 1, words: CONDITION_WORDS, bytesAligned: 4 };

/** What another thread opens a condition with, and its mutex: plain data for postMessage, workerData or the arguments of a task. */
export interface ConditionHandle extends SyncHandle<'heddle-condition'> {
  readonly mutex: MutexHandle;
}

/**
 * Where threads that have a mutex wait until another says that what it guards has changed. While they wait they don't have it, and when
 * the wait ends they have it again, in whichever way it ends, except that it was poisoned.
 *
 *     const guard = await condition.mutex.lock();
 *     while (queue.isEmpty()) await condition.wait(guard);
 *     …
 *     guard.release();
 *
 * Calls go to threads in the order in which they began to wait; the requests of one thread stand in one place, so threads take turns. A call
 * is not lost when the thread that it went to ends before it has the mutex back: another gets it. When a thread ends while it has the mutex,
 * the first of all who wait, or want the mutex, is told by `guard.abandoned`; then `wait` ends without a call.
 *
 * Threads: every method may be called in every thread that uses the condition, on an object that it opened itself.
 */
export class Condition {
  /** Elements that a condition needs of an Int32Array. */
  static readonly WORDS: number = CONDITION_WORDS;

  /** The mutex of this condition. It may have several. */
  readonly mutex: Mutex;
  readonly #opened: Opened;
  readonly #local: LocalCondition;

  private constructor(opened: Opened, mutex: Mutex) {
    this.mutex = mutex;
    this.#opened = opened;
    this.#local = ownOf(opened, () => new LocalCondition(opened.words, localLockOf(mutex)));
  }

  /**
   * Makes a condition of `mutex`, on which nobody waits.
   *
   * @param options `name` for messages, `memory` to put it in, of the kind that its mutex is in; see `Mutex.create`. It is shared across
   *   what its mutex is.
   * @throws {SyncError} SYNC_ARGUMENT.
   */
  static create(mutex: Mutex, options?: CreateOptions | Int32Array): Condition {
    const given: unknown = mutex;
    if (!(given instanceof Mutex))
      throw syncError('SYNC_ARGUMENT', 'mutex of Condition.create()', 'a Mutex', show(given));
    const { number, membership } = localLockOf(mutex);
    const opened = makeShared(KIND, options, (words) => void (words[MUTEX_NUMBER] = number), membership);
    return new Condition(opened, mutex);
  }

  /**
   * Opens a condition of another thread, and its mutex. Opened twice in a thread it is the same.
   * @throws {SyncError} SYNC_HANDLE, SYNC_NOT_ATTACHED.
   */
  static from(handle: ConditionHandle): Condition {
    const opened = openShared(KIND, 'heddle-condition', handle);
    const mutex = Mutex.from(handle.mutex);
    const { number, membership } = localLockOf(mutex);
    if (membership !== opened.membership || number !== opened.words[MUTEX_NUMBER])
      throw syncError('SYNC_HANDLE', KIND.name, 'its mutex is that of another');
    return new Condition(opened, mutex);
  }

  /** For other threads, and processes where its mutex was made for them. */
  get handle(): ConditionHandle {
    return { ...handleOf('heddle-condition', this.#opened), mutex: this.mutex.handle };
  }

  /**
   * Gives the mutex up, waits for a call without blocking the thread, and has the mutex again. Look then whether what you wait for is so:
   * another thread may have had the mutex in between.
   *
   * @param guard of the mutex; it holds nothing meanwhile, and again when the promise has settled.
   * @throws {SyncError} SYNC_POISONED (the guard then holds nothing), SYNC_TIMEOUT, SYNC_NOT_HELD, SYNC_ABANDONED, SYNC_ARGUMENT; or the
   *   reason of `signal`. After a time-out or an abort the mutex is waited for without a limit.
   */
  async wait(guard: MutexGuard, options: LockOptions = NO_OPTIONS): Promise<void> {
    const read = readOptions('wait()', options, WAIT_OPTIONS);
    this.#checkToWait('wait()', guard);
    read.signal?.throwIfAborted();
    return this.#local.wait(guard, read);
  }

  /**
   * As `wait`, and blocks the thread meanwhile; where it may, see `Mutex.lockSync`.
   * @throws {SyncError} SYNC_WOULD_BLOCK, SYNC_POISONED (the guard then holds nothing), SYNC_TIMEOUT, SYNC_NOT_HELD, SYNC_ABANDONED, SYNC_ARGUMENT.
   */
  waitSync(guard: MutexGuard, options: LockSyncOptions = NO_OPTIONS): void {
    const { timeoutMs } = readOptions('waitSync()', options, BLOCK_OPTIONS);
    refuseToBlock('waitSync()', this.#opened.membership);
    this.#checkToWait('waitSync()', guard);
    this.#local.waitSync(guard, timeoutMs);
  }

  /**
   * Ends the wait of who is first in line, once it has the mutex. Nothing when nobody waits.
   * @param guard of the mutex, which shows that the caller has it.
   * @throws {SyncError} SYNC_NOT_HELD, SYNC_ARGUMENT.
   */
  notifyOne(guard: MutexGuard): void {
    this.#local.check('notifyOne()', guard);
    this.#local.callOne();
  }

  /**
   * Ends the wait of all who wait now, one after the other.
   * @param guard of the mutex, which shows that the caller has it.
   * @throws {SyncError} SYNC_NOT_HELD, SYNC_ARGUMENT.
   */
  notifyAll(guard: MutexGuard): void {
    this.#local.check('notifyAll()', guard);
    this.#local.callAll();
  }

  #checkToWait(call: string, guard: MutexGuard): void {
    this.#local.check(call, guard);
    // Giving it up would poison the mutex.
    if (guard.abandoned) throw syncError('SYNC_ABANDONED', call);
  }
}
