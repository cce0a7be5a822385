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
