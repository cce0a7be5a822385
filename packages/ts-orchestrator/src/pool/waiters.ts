/**
 * Those who wait until something is so, and look again whenever anything has changed.
 */
export class Waiters {
  #waiters: Array<() => void> = [];

  /** Resolves with the next change. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Something has changed. Cost: none where nobody waits. */
  wake(): void {
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
