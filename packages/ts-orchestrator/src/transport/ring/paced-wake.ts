/**
 * Wake-ups of another thread, at most two in one turn of this one: the first at once, all others together when the turn ends.
 *
 * A reader that is faster than its writer sleeps again after every record, and each wake-up costs the writer several microseconds:
 * of a host that sent 1,000 small tasks in a turn, 30 % of its time. What comes before the end of the turn finds more to do.
 *
 * Owned by the writer's thread. The reader's flag was set back by who asks (see ring.ts), so until the late wake-up nobody asks
 * again; the reader itself looks once more SECOND_LOOK_MS after it went to sleep, so that a turn that computes for long holds nothing
 * up. A wake-up that comes after that look wakes a reader that finds nothing, which it must stand anyway.
 */
export const SECOND_LOOK_MS = 1;

export class PacedWake {
  readonly #wake: (words: Int32Array) => void;
  /** Woken already in this turn. */
  #hasWoken = false;
  /** To be woken at its end. */
  #waiting: Int32Array | undefined;

  constructor(wake: (words: Int32Array) => void) {
    this.#wake = wake;
  }

  readonly ask = (words: Int32Array): void => {
    if (this.#hasWoken) {
      this.#waiting = words;
      return;
    }
    this.#hasWoken = true;
    process.nextTick(this.#endTurn);
    this.#wake(words);
  };

  readonly #endTurn = (): void => {
    this.#hasWoken = false;
    const words = this.#waiting;
    if (words === undefined) return;
    this.#waiting = undefined;
    this.#wake(words);
  };
}
