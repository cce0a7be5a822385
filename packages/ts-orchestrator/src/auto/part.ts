/**
 * One backend of a pool that chooses: a pool of its own, which is assembled when it is first wanted.
 */
import { monotonicMs } from '../clock/clock.ts';
import type { PoolCore } from '../pool/pool.ts';
import type { Scheduler } from '../pool/scheduler.ts';
import type { Backend } from '../transport/transport.ts';

export interface Assembled {
  readonly scheduler: Scheduler;
  readonly core: PoolCore;
}

export class Part {
  readonly backend: Backend;
  readonly scheduler: Scheduler;
  readonly core: PoolCore;
  /** When workers were asked for that are not there yet. */
  #askedAt: number | undefined;
  readonly #onStarted: (ms: number) => void;
  /** Who wants no more workers than so many, for now. */
  readonly #limits = new Map<object, number>();
  #isUnlimited = false;

  /** `onStarted`: its first worker took so long to be there. */
  constructor(backend: Backend, { scheduler, core }: Assembled, onStarted: (ms: number) => void) {
    this.backend = backend;
    this.scheduler = scheduler;
    this.core = core;
    this.#onStarted = onStarted;
  }

  get isReady(): boolean {
    return this.readyWorkers > 0;
  }

  get readyWorkers(): number {
    return this.scheduler.readyWorkers;
  }

  /** Workers that there may be: as many as the one wants who wants most. */
  get workersLimit(): number {
    return this.#isUnlimited || this.#limits.size === 0 ? Infinity : Math.max(...this.#limits.values());
  }

  /** For `who`, no more workers are to be started than so many; undefined: it says nothing any more. */
  keepTo(who: object, workers: number | undefined): void {
    if (workers === undefined) this.#limits.delete(who);
    else this.#limits.set(who, workers);
  }

  /** Calls come that have no other place: from now on it has the workers that they need. */
  letGrow(): void {
    this.#isUnlimited = true;
  }

  /** Opens it as the first of its pool: what its start takes counts too. */
  open(): Promise<void> {
    if (this.backend !== 'inline') this.#askedAt = monotonicMs();
    return this.scheduler.open();
  }

  /** Starts workers in the background. */
  warm(workers: number): void {
    if (!this.isReady) this.#askedAt ??= monotonicMs();
    this.scheduler.warm(workers);
  }

  /** A worker came or went. */
  onWorkers(): void {
    if (this.#askedAt === undefined || !this.isReady) return;
    this.#onStarted(monotonicMs() - this.#askedAt);
    this.#askedAt = undefined;
  }
}
