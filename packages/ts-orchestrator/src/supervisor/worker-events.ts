/**
 * Tells on the channel `heddle:worker` what becomes of one worker. Nothing is made while nobody listens.
 */
import { workerEvents, type RecycleReason, type WorkerIdentity } from '../diagnostics/events.ts';
import type { Examination } from '../errors/examination.ts';
import type { WorkerEnd } from '../pool/worker-source.ts';

export class WorkerEvents {
  readonly #identity: () => WorkerIdentity;

  /** `identity` is asked for each event: a worker may get another thread or process before it is ready. */
  constructor(identity: () => WorkerIdentity) {
    this.#identity = identity;
  }

  started(): void {
    if (workerEvents.hasSubscribers) workerEvents.publish({ ...this.#identity(), type: 'started' });
  }

  ready(elapsedMs: number): void {
    if (workerEvents.hasSubscribers) workerEvents.publish({ ...this.#identity(), type: 'ready', elapsedMs });
  }

  recycled(why: RecycleReason, tasksGiven: number): void {
    if (workerEvents.hasSubscribers) workerEvents.publish({ ...this.#identity(), type: 'recycled', why, tasksGiven });
  }

  killed(examination: Examination | undefined): void {
    if (workerEvents.hasSubscribers) workerEvents.publish({ ...this.#identity(), type: 'killed', examination });
  }

  ended(end: WorkerEnd, isWanted: boolean): void {
    if (!workerEvents.hasSubscribers) return;
    const identity = this.#identity();
    if (end.isStuck) workerEvents.publish({ ...identity, type: 'stuck', examination: end.examination });
    else if (isWanted) workerEvents.publish({ ...identity, type: 'stopped' });
    else {
      const { exitCode = null, signal = null } = end.exit ?? {};
      workerEvents.publish({ ...identity, type: 'died', exitCode, signal, error: end.errorFor(undefined) });
    }
  }
}
