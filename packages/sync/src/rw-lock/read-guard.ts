/** The right to read what a lock guards, from `read` until `release()`. Belongs to one thread. */
import { syncError } from '../errors.ts';

/** Yours until you release it, also over awaits. `using guard = await lock.read()` releases it at the end of the block. */
export class ReadGuard {
  /**
   * The last writer ended while it had the lock, and nobody has repaired since: what is read may be half changed. Every reader is told,
   * until a writer repairs or poisons.
   */
  readonly abandoned: boolean;
  readonly #giveUp: () => void;
  #isHeld = true;

  /** Made by `RwLock` alone. */
  constructor(giveUp: () => void, abandoned: boolean) {
    this.#giveUp = giveUp;
    this.abandoned = abandoned;
  }

  /** False once it was released. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /**
   * Reads no more.
   * @throws {SyncError} SYNC_NOT_HELD: released before.
   */
  release(): void {
    if (!this.#isHeld) throw syncError('SYNC_NOT_HELD', 'release()');
    this.#isHeld = false;
    this.#giveUp();
  }

  /** {@link release}, but nothing when it was released before. */
  [Symbol.dispose](): void {
    if (this.#isHeld) this.release();
  }
}
