/** The right to what a mutex or the writer of a lock guards, from locking it until `release()` or `poison()`. Belongs to one thread. */
import { syncError } from '../errors.ts';

/** What a guard asks of its lock, while it holds it. */
export interface GuardedLock {
  giveUp(): void;
  repair(): void;
  poison(): void;
}

/** What a guard is of; undefined: it is no guard. */
export let lockOf: (guard: MutexGuard) => GuardedLock | undefined;
/** For the length of a wait the guard has nothing. @throws SYNC_NOT_HELD. */
export let lendOut: (guard: MutexGuard) => void;
/** The guard holds its lock again. */
export let giveBack: (guard: MutexGuard, isAbandoned: boolean) => void;

/**
 * The lock is yours until you release it, also over awaits. `using guard = await mutex.lock()` releases it at the end of the block,
 * `mutex.withLock` at the end of a function. That of `RwLock.write()` is the same. All methods are synchronous and only for the thread that locked.
 */
export class MutexGuard {
  static {
    lockOf = (guard) => (#lock in guard ? guard.#lock : undefined);
    lendOut = (guard) => guard.#end('wait()');
    giveBack = (guard, isAbandoned) => {
      guard.#isHeld = true;
      guard.#isRepaired = false;
      guard.#wasAbandoned = isAbandoned;
    };
  }

  readonly #lock: GuardedLock;
  #wasAbandoned: boolean;
  #isHeld = true;
  #isRepaired = false;

  /** Made by `Mutex` and `RwLock` alone. */
  constructor(lock: GuardedLock, wasAbandoned: boolean) {
    this.#lock = lock;
    this.#wasAbandoned = wasAbandoned;
  }

  /** The thread that had the lock ended while it held it, and what it guards may be half changed: `repair()` or `poison()`. */
  get abandoned(): boolean {
    return this.#wasAbandoned && !this.#isRepaired;
  }

  /** False once it was released or has poisoned the lock. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /**
   * Gives the lock to the first in line. An abandoned lock that was not repaired is poisoned by it: what is not known to be whole is
   * given to nobody.
   * @throws {SyncError} SYNC_NOT_HELD: released before.
   */
  release(): void {
    this.#end('release()');
    if (this.abandoned) this.#lock.poison();
    else this.#lock.giveUp();
  }

  /**
   * Says that what the lock guards is whole again; the guard holds on.
   * @throws {SyncError} SYNC_NOT_HELD, SYNC_NOT_ABANDONED: there is nothing to repair.
   */
  repair(): void {
    if (!this.#isHeld) throw syncError('SYNC_NOT_HELD', 'repair()');
    if (!this.abandoned) throw syncError('SYNC_NOT_ABANDONED');
    this.#lock.repair();
    this.#isRepaired = true;
  }

  /**
   * Says that what the lock guards can't be used any more. Everybody who waits for the lock, and whoever asks for it later, gets
   * SYNC_POISONED. Ends the guard.
   * @throws {SyncError} SYNC_NOT_HELD.
   */
  poison(): void {
    this.#end('poison()');
    this.#lock.poison();
  }

  /** {@link release}, but nothing when it was released before. */
  [Symbol.dispose](): void {
    if (this.#isHeld) this.release();
  }

  #end(call: string): void {
    if (!this.#isHeld) throw syncError('SYNC_NOT_HELD', call);
    this.#isHeld = false;
  }
}
