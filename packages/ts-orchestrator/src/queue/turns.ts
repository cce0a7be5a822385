/**
 * Whose turn it is among calls that wait for the same workers: each map gets one item in, then the others; a single call is like
 * the first item of a map. Items that travel as one task take as many turns. Start-time fair queueing with a time that counts turns.
 */

/** Of one call that brings many tasks. */
export interface Lane {
  /** Of the item that was queued last. Writer: `Turns`. */
  turn: number;
}

export class Turns {
  /** Of the task that left the queue last, the highest. */
  #now = 0;

  /** The turn of a task that begins to wait, of the first of its items if it has several; `lane` undefined: it is alone. */
  next(lane: Lane | undefined, items = 1): number {
    if (lane === undefined) return this.#now + 1;
    const turn = Math.max(this.#now, lane.turn) + 1;
    lane.turn = turn + items - 1;
    return turn;
  }

  /** A task of this turn leaves the queue. */
  serve(turn: number): void {
    if (turn > this.#now) this.#now = turn;
  }
}
