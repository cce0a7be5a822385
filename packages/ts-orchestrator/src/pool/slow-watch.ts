/**
 * Finds workers that are slow: they answer nothing for SLOW_MS while others wait behind what they have, or are so long at one batch.
 * What waits there could be elsewhere before. One timer per pool, set only while something may wait behind another.
 */
import type { Clock, Timer } from '../clock/clock.ts';
import { SLOW_MS } from './send-ahead.ts';
import type { PoolTask, PoolWorker } from './worker-source.ts';

export interface SlowWatchParts {
  readonly clock: Clock;
  readonly workers: () => Iterable<PoolWorker>;
  /** Of each that is slow, with the first that it has. */
  readonly onSlow: (worker: PoolWorker, first: PoolTask) => void;
  /** After every look; it is the last, unless `start` is called. */
  readonly onLooked: () => void;
}

export class SlowWatch {
  readonly #parts: SlowWatchParts;
  #timer: Timer | undefined;
  /** Workers whose task is slow, and how many they had answered before it. */
  readonly #slow = new WeakMap<PoolWorker, number>();

  constructor(parts: SlowWatchParts) {
    this.#parts = parts;
  }

  /** Something waits behind another from now on, or as part of a batch that has begun. */
  start(): void {
    this.#timer ??= this.#lookLater();
  }

  /** Has it answered nothing since it was slow? */
  isSlow(worker: PoolWorker): boolean {
    return this.#slow.get(worker) === worker.answered;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #lookLater(): Timer {
    const { clock, workers, onSlow, onLooked } = this.#parts;
    const before = new Map([...workers()].map((worker) => [worker, [worker.answered, worker.firstTask] as const]));
    return clock.after(SLOW_MS, () => {
      this.#timer = undefined;
      for (const [worker, [answered, firstBefore]] of before) {
        const first = worker.firstTask;
        if (first === undefined || first !== firstBefore) continue;
        // A batch is sent for a fraction of this time: whatever it has answered, its items take longer than was known.
        if (first.batch === undefined && (worker.answered !== answered || worker.tasks.size < 2)) continue;
        this.#slow.set(worker, worker.answered);
        onSlow(worker, first);
      }
      onLooked();
    });
  }
}
