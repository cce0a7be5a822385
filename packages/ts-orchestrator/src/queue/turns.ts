/**
 * Whose turn it is among calls that wait for the same workers: each map gets one item in, then the others; a single call is like
 * the first item of a map. Start-time fair queueing with a time that counts turns.
 */

/** Of one call that brings many tasks. */
export interface Lane {
  /** Of the task that was queued last. Writer: `Turns`. */
  turn: number;
}

export class Turns {
  /** Of the task that left the queue last, the highest. */
  #now = 0;

  /** The turn of a task that begins to wait; `lane` undefined: it is alone. */
  next(lane: Lane | undefined): number {
    if (lane === undefined) return this.#now + 1;
    lane.turn = Math.max(this.#now, lane.turn) + 1;
    return lane.turn;
  }

  /** A task of this turn leaves the queue. */
  serve(turn: number): void {
    if (turn > this.#now) this.#now = turn;
  }
}
