/**
 * Workers that are kept ready beyond those that work. A spare has no task and takes none until it is taken.
 */
import type { PoolWorker } from './worker-source.ts';

export class Spares {
  readonly #workers = new Set<PoolWorker>();

  /** Those that could work at once. */
  get ready(): number {
    return [...this.#workers].filter(({ state }) => state === 'ready').length;
  }

  /** Those that start, too. */
  get size(): number {
    return this.#workers.size;
  }

  has(worker: PoolWorker): boolean {
    return this.#workers.has(worker);
  }

  add(worker: PoolWorker): void {
    this.#workers.add(worker);
  }

  delete(worker: PoolWorker): boolean {
    return this.#workers.delete(worker);
  }

  /** One to work from now on: a ready one, else one that has begun to start. */
  take(): PoolWorker | undefined {
    let taken: PoolWorker | undefined;
    for (const worker of this.#workers) {
      if (worker.state === 'ready') taken = worker;
      else if (worker.state === 'starting') taken ??= worker;
      if (taken?.state === 'ready') break;
    }
    if (taken !== undefined) this.#workers.delete(taken);
    return taken;
  }
}
