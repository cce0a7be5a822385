/**
 * Tells on the channel `heddle:task` what becomes of the tasks of one pool. Nothing is made while nobody listens. The same moments are
 * those at which times are taken, where they are recorded.
 */
import { taskEvents, type TaskEvent } from '../diagnostics/events.ts';
import type { Examination } from '../errors/examination.ts';
import type { Outcome } from '../task/task.ts';
import type { CloneWarning } from './clone-costs.ts';
import type { TaskTimes } from './task-times.ts';
import type { PoolTask } from './worker-source.ts';

export class TaskEvents {
  readonly #pool: string;
  readonly #times: TaskTimes | undefined;

  constructor(pool: string, times: TaskTimes | undefined) {
    this.#pool = pool;
    this.#times = times;
  }

  get isHeard(): boolean {
    return taskEvents.hasSubscribers;
  }

  /** Does it matter what becomes of every single task? */
  get isTold(): boolean {
    return this.#times !== undefined || taskEvents.hasSubscribers;
  }

  submitted(task: PoolTask): void {
    this.#times?.waits(task);
    if (taskEvents.hasSubscribers) taskEvents.publish({ ...this.#about(task), type: 'submitted' });
  }

  started(task: PoolTask, workerId: number): void {
    this.#times?.started(task);
    // A batch, from before somebody listened, does not settle as one task.
    if (task.batch === undefined && taskEvents.hasSubscribers)
      taskEvents.publish({ ...this.#about(task), type: 'started', workerId });
  }

  /** Before it waits again, for another worker or for its next attempt. */
  again(task: PoolTask, type: 'resent' | 'retried', error: unknown): void {
    this.#times?.waits(task);
    if (taskEvents.hasSubscribers) taskEvents.publish({ ...this.#about(task), type, error });
  }

  stuck(task: PoolTask, workerId: number, elapsedMs: number, examination: Examination | undefined): void {
    taskEvents.publish({ ...this.#about(task), type: 'stuck', workerId, elapsedMs, examination });
  }

  cloning(task: PoolTask, { calls, bytes, cloneMs, runMs, advice }: CloneWarning): void {
    if (!taskEvents.hasSubscribers) return;
    taskEvents.publish({ ...this.#about(task), type: 'cloning', calls, bytes, cloneMs, runMs, advice });
  }

  settled(task: PoolTask, outcome: Outcome): void {
    this.#times?.settled(task);
    if (!taskEvents.hasSubscribers) return;
    const error = outcome.ok ? undefined : outcome.error;
    taskEvents.publish({ ...this.#about(task), type: 'settled', ok: outcome.ok, error });
  }

  #about(task: PoolTask): Pick<TaskEvent, 'pool' | 'task' | 'name' | 'attempt'> {
    return { pool: this.#pool, task: task.number, name: task.call.name, attempt: task.attempt };
  }
}
