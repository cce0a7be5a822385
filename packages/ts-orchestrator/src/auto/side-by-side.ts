/**
 * Calls of one function while some of its workers are there and not all: they go to those, and beside them to this thread, whichever has
 * room. A worker takes as long to start as many jobs last; with one worker and this thread two cores have work by then.
 *
 * Another worker is started as long as a core is left for it. The last one would only take this thread's place, and its start takes a core
 * from those that work: it comes when what is left would hold this thread for long.
 */
import type { Part } from './part.ts';
import type { FunctionMeasures } from './run-measures.ts';

/** So much work is under way here, that this thread hears soon what workers tell, and they never stand still for it. */
const HERE_MS = 1;
/** One runs, the other is behind it. */
const AWAY_CALLS_MIN = 2;
/** For so long this thread may be busy with what workers could do. A guess. */
const HOLD_MS_MAX = 1_000;

export class SideBySide {
  readonly part: Part;
  readonly #workers: number;
  readonly #measures: FunctionMeasures;

  /** `workers` make sense in all. The first is started. */
  constructor(part: Part, workers: number, measures: FunctionMeasures) {
    this.part = part;
    this.#workers = workers;
    this.#measures = measures;
    part.keepTo(this, 1);
    part.warm(1);
  }

  /** All are there: this thread has nothing to do any more. */
  get isComplete(): boolean {
    return this.part.readyWorkers >= this.#workers;
  }

  /** Calls that may be under way here. */
  get hereMax(): number {
    return Math.max(1, Math.floor(HERE_MS / this.#itemMs));
  }

  /** Calls that workers may have. */
  get awayMax(): number {
    return this.part.readyWorkers * Math.max(AWAY_CALLS_MIN, 2 * this.hereMax);
  }

  /** With so many calls to come: starts the next worker if that is worth it. */
  grow(calls: number): void {
    const ready = this.part.readyWorkers;
    const leftMs = (calls * this.#itemMs) / (ready + 1);
    const workers = ready + 1 < this.#workers || leftMs > HOLD_MS_MAX ? ready + 1 : ready;
    this.part.keepTo(this, Math.max(1, workers));
    if (ready > 0) this.part.warm(workers);
  }

  /** They go where there is one place for all. */
  end(): void {
    this.part.keepTo(this, undefined);
  }

  get #itemMs(): number {
    return this.#measures.itemMs ?? HERE_MS;
  }
}
