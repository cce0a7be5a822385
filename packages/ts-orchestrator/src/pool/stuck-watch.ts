/**
 * Tells once of every attempt at a task that runs longer than `stuckAfterMs`, with what its worker is at. Ends nothing.
 *
 * One timer per pool: it is set for the oldest attempt that was not told, and looks at all when it fires. It is set only while
 * someone listens when a task starts, so a pool that nobody watches pays one comparison per task.
 */
import type { Clock, Timer } from '../clock/clock.ts';
import type { TaskEvents } from './task-events.ts';
import type { PoolTask, PoolWorker } from './worker-source.ts';

export interface StuckWatchParts {
  readonly clock: Clock;
  readonly events: TaskEvents;
  /** Milliseconds; Infinity: never. */
  readonly stuckAfterMs: number;
  readonly workers: () => Iterable<PoolWorker>;
}

export class StuckWatch {
  readonly #parts: StuckWatchParts;
  /** Told, and still in the same attempt. */
  #told = new WeakSet<PoolTask>();
  #timer: Timer | undefined;

  constructor(parts: StuckWatchParts) {
    this.#parts = parts;
  }

  /** An attempt has begun, while someone listens. */
  onStart(task: PoolTask): void {
    const { clock, stuckAfterMs } = this.#parts;
    if (stuckAfterMs === Infinity) return;
    this.#told.delete(task);
    this.#timer ??= clock.after(stuckAfterMs, () => this.#look());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    const { clock, stuckAfterMs, workers } = this.#parts;
    const now = clock.now();
    let nextMs = Infinity;
    this.#timer = undefined;
    for (const worker of workers()) {
      for (const task of worker.tasks.values()) {
        if (this.#told.has(task)) continue;
        // A stream that waits for its consumer is not stuck, nor is a task that waits for others in its worker.
        const isPaused = task.call.credit > 0 && task.creditLeft === 0;
        const leftMs = isPaused || task.state === 'sent' ? stuckAfterMs : task.startedAt! + stuckAfterMs - now;
        if (leftMs > 0) nextMs = Math.min(nextMs, leftMs);
        else this.#tell(task, worker);
      }
    }
    if (nextMs < Infinity) this.#timer = clock.after(nextMs, () => this.#look());
  }

  #tell(task: PoolTask, worker: PoolWorker): void {
    const { clock, events } = this.#parts;
    this.#told.add(task);
    if (!events.isHeard) return;
    const { startedAt } = task;
    worker.examine((examination) => {
      // It may have settled meanwhile, or begun another attempt.
      if (worker.tasks.get(task.id) !== task || task.startedAt !== startedAt) return;
      events.stuck(task, worker.id, clock.now() - startedAt!, examination);
    });
  }
}
