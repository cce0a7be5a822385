/** The right to go on, from `acquire` until `release()`. Belongs to one thread. */
import { syncError } from '../errors.ts';

/** Yours until you release it, also over awaits. `using permit = await semaphore.acquire()` releases it at the end of the block. */
export class Permit {
  /** How many permits it stands for. */
  readonly permits: number;
  readonly #giveUp: (permits: number) => void;
  #isHeld = true;

  /** Made by `Semaphore` alone. */
  constructor(permits: number, giveUp: (permits: number) => void) {
    this.permits = permits;
    this.#giveUp = giveUp;
  }

  /** False once it was released. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /**
   * Gives the permits back, to who is first in line.
   * @throws {SyncError} SYNC_NOT_HELD: released before.
   */
  release(): void {
    if (!this.#isHeld) throw syncError('SYNC_NOT_HELD', 'release()');
    this.#isHeld = false;
    this.#giveUp(this.permits);
  }

  /** {@link release}, but nothing when it was released before. */
  [Symbol.dispose](): void {
    if (this.#isHeld) this.release();
  }
}
