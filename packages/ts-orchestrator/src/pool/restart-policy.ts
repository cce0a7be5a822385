/**
 * When to start a worker again, and when to give up. Pure: no timers, no workers.
 *
 * What counts is a worker that ended by itself before it was of any use: its start failed, or it died without having answered a
 * task and without a task to blame. A worker that died of a task it had begun counts for that task, which has its own bound
 * (`retries`), not for the pool; one that had answered tasks was of use.
 *
 * Workers started together fail together, of one cause: a failure counts only if its worker was started after the last that
 * counted. So what is counted are restarts, one by one. The pool has failed when more than `count` of them fall into `windowMs`,
 * or as many starts in a row failed, however slowly. The reason it gives is the first of them.
 */
import { backoffMs } from '../clock/backoff.ts';
import { RESTART_DELAY_MS, RESTART_DELAY_MS_MAX } from '../clock/deadlines.ts';
import type { Random } from '../clock/random.ts';

export interface RestartLimit {
  readonly count: number;
  readonly windowMs: number;
}

export interface RestartFailure {
  readonly workerId: number;
  /** Id of the worker that was started last. */
  readonly lastStartedId: number;
  readonly isStart: boolean;
  readonly atMs: number;
  readonly cause: unknown;
}

export class RestartPolicy {
  readonly #limit: RestartLimit;
  readonly #random: Random;
  /** Those that counted and are not older than the window, oldest first. */
  #recent: RestartFailure[] = [];
  #startsInRow: RestartFailure[] = [];
  #lastCountedId = 0;

  constructor(limit: RestartLimit, random: Random) {
    this.#limit = limit;
    this.#random = random;
  }

  onReady(): void {
    this.#startsInRow = [];
  }

  /** What to do now: wait so long before the next start, or give up for the first cause. */
  onFailure(failure: RestartFailure): { readonly delayMs: number } | { readonly giveUpFor: unknown } {
    const { count, windowMs } = this.#limit;
    this.#recent = this.#recent.filter(({ atMs }) => failure.atMs - atMs < windowMs);
    if (failure.workerId > this.#lastCountedId) {
      this.#lastCountedId = failure.lastStartedId;
      this.#recent.push(failure);
      if (failure.isStart) this.#startsInRow.push(failure);
    }
    for (const row of [this.#recent, this.#startsInRow]) if (row.length > count) return { giveUpFor: row[0]!.cause };
    // The first restart is immediate: most deaths come alone.
    const n = Math.max(this.#recent.length, this.#startsInRow.length) - 1;
    return { delayMs: n < 1 ? 0 : backoffMs(RESTART_DELAY_MS, n, RESTART_DELAY_MS_MAX, this.#random) };
  }
}
