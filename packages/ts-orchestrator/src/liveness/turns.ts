/** Lets a few at a time; the others wait in the order they came. */
export class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(atATime: number) {
    this.#free = atATime;
  }

  /** Calls `begin` when it is its turn, maybe at once. The returned function ends the turn, or the wait for it. */
  take(begin: () => void): () => void {
    let state: 'waiting' | 'begun' | 'over' = 'waiting';
    const start = () => {
      this.#free--;
      state = 'begun';
      begin();
    };
    if (this.#free > 0) start();
    else this.#waiting.add(start);
    return () => {
      const was = state;
      state = 'over';
      if (was === 'waiting') this.#waiting.delete(start);
      if (was !== 'begun') return;
      this.#free++;
      const [next] = this.#waiting;
      if (next === undefined) return;
      this.#waiting.delete(next);
      next();
    };
  }
}
