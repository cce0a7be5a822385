/**
 * What becomes of a task: it was answered, or its worker is gone, and it settles, goes to another worker, or runs again.
 */
import { backoffMs } from '../clock/backoff.ts';
import type { Clock } from '../clock/clock.ts';
import { RESENDS_MAX, RETRY_DELAY_MS_MAX } from '../clock/deadlines.ts';
import type { Random } from '../clock/random.ts';
import { addExamination, heddleError, HeddleError, quarantinedError, type TracedWorker } from '../errors/errors.ts';
import type { Batch } from '../task/batch.ts';
import type { Outcome } from '../task/task.ts';
import type { CloneCost } from '../task/clone-cost.ts';
import type { Callers } from './callers.ts';
import type { CloneCosts } from './clone-costs.ts';
import { TaskCounters } from './pool-stats.ts';
import { allowsAnother, type FailureKind } from './retry-rule.ts';
import type { Sending } from './sending.ts';
import type { TaskEvents } from './task-events.ts';
import type { PoolTask, PoolWorker, WorkerEnd } from './worker-source.ts';

export interface OutcomesParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly events: TaskEvents;
  /** Can a busy worker be ended from outside? */
  readonly canKill: boolean;
  readonly sending: Sending;
  readonly callers: Callers;
  readonly costs: CloneCosts;
  readonly cancel: (task: PoolTask, error: unknown) => void;
  /** A task has its outcome, and was told. */
  readonly onSettled: (task: PoolTask) => void;
}

export class Outcomes {
  readonly counters = new TaskCounters();
  /** Those that failed and wait for their next attempt. */
  readonly delayed = new Set<PoolTask>();
  readonly #parts: OutcomesParts;
  /** Makes the error for what would have to wait; set once the pool has failed. */
  #refusal: (() => unknown) | undefined;

  constructor(parts: OutcomesParts) {
    this.#parts = parts;
  }

  reply(task: PoolTask, worker: PoolWorker, outcome: Outcome): void {
    this.#leave(task, worker);
    // First the outcome: who waits for it may cancel what would be sent next.
    if (task.cause !== undefined) this.#stopped(task, worker);
    else if (outcome.ok) this.#settle(task, outcome);
    else this.#failed(task, 'error', outcome.error, worker);
    this.goOn(worker);
  }

  /** The worker left it out: it was stopped, or taken back at the moment when it began. */
  skipped(task: PoolTask, worker: PoolWorker): void {
    this.#leave(task, worker);
    if (task.cause !== undefined) this.#stopped(task, worker);
    else this.#queueAgain(task);
    this.goOn(worker);
  }

  // ---- items of batches ----

  /** The next item of a batch is answered. */
  replyItem(task: PoolTask, batch: Batch, worker: PoolWorker, outcome: Outcome): void {
    if (!outcome.ok) task.trace(outcome.error, worker, this.#parts.clock, batch.indexOf(batch.answered));
    worker.onItem();
    this.#settleItem(task, batch, outcome);
    // Who hears of it may have taken the batch apart.
    if (task.batch !== batch) return;
    if (batch.isClosed) {
      // All that comes before its own answer is settled.
      if (batch.left === 1) task.batch = undefined;
    } else if (batch.left === 0) {
      this.#leave(task, worker);
      task.dissolve();
      this.goOn(worker);
    }
  }

  /** The worker left out all that it had not answered of a batch that was closed: the words had told of more. */
  skippedItems(task: PoolTask, batch: Batch, worker: PoolWorker): void {
    this.#leave(task, worker);
    for (const single of this.#parts.sending.tasksOf(task, batch, batch.answered)) this.requeue(single);
    task.dissolve();
    this.goOn(worker);
  }

  #settleItem(task: PoolTask, batch: Batch, outcome: Outcome): void {
    if (outcome.ok) this.counters.succeeded++;
    else this.counters.failed++;
    // Who hears of the cost may cancel what is left.
    const index = batch.settle();
    if (task.hasCost) this.#tellCost(task);
    task.hasCost = false;
    batch.tell(index, outcome);
    this.#parts.onSettled(task);
  }

  /**
   * The worker of a batch is gone. What had not begun goes to others. False: nothing else is left; true: the task is from now on the
   * item that had begun last.
   */
  #loseItems(task: PoolTask, batch: Batch, gone: TracedWorker, end: WorkerEnd): boolean {
    const { sending, clock } = this.#parts;
    if (!batch.isClosed) {
      const begun = Math.min(batch.end, Math.max(batch.answered, end.itemsBegun(task)));
      const rest = sending.tasksOf(task, batch, begun);
      const isLeft = begun > batch.answered;
      // Before anybody hears of anything: who does may cancel any of these, and finds each where it belongs.
      if (!isLeft) task.dissolve();
      else {
        sending.becomeItem(task, batch, begun);
        if (task.state === 'sent') task.move('running');
      }
      this.#resendItems(rest, gone, end);
      if (!isLeft) return false;
    }
    // Answers that were lost with it: not by a death, which leaves the rings as they were.
    if (task.call.retry.retries > 0 && !end.isStuck) this.#loseAnswers(task, batch, gone, end);
    while (batch.left > 1) {
      const error = end.errorFor(task, true);
      task.trace(error, gone, clock, batch.indexOf(batch.answered));
      this.#settleItem(task, batch, { ok: false, error });
    }
    task.batch = undefined;
    return true;
  }

  /** Items that had begun, of a map whose items may run again after a crash: each is from now on a task that waits for its next run. */
  #loseAnswers(task: PoolTask, batch: Batch, gone: TracedWorker, end: WorkerEnd): void {
    const lost = this.#parts.sending.tasksOf(task, batch, batch.answered, batch.end - 1);
    // Before anybody hears of anything: who does may cancel any of these.
    for (const single of lost) {
      batch.settle();
      single.move('running');
      single.move('delayed');
      this.delayed.add(single);
    }
    for (const single of lost) {
      if (single.state !== 'delayed') continue;
      const error = end.errorFor(single, true);
      this.#trace(single, gone, error);
      single.failures = [error];
      single.deaths = 1;
      if (this.#refusal === undefined) this.#runAgain(single, error);
      else if (this.delayed.delete(single)) this.#settle(single, { ok: false, error });
    }
  }

  /** The same as `#resend` for tasks that were items of a batch, which no worker has had alone. */
  #resendItems(items: readonly PoolTask[], gone: TracedWorker, end: WorkerEnd): void {
    for (const item of items) {
      const error = end.errorFor(item, false);
      this.#trace(item, gone, error);
      item.failures = [error];
      item.resends = 1;
      this.counters.resent++;
      this.requeue(item);
    }
    for (const item of items) if (item.state === 'queued') this.#parts.events.again(item, 'resent', item.failures[0]);
  }

  // ---- the rest of a task's life ----

  #leave(task: PoolTask, worker: PoolWorker): void {
    this.#parts.sending.release(task, worker);
    this.#endRun(task);
    this.#parts.sending.moveUp(worker);
  }

  /** The worker has room for more. */
  goOn(worker: PoolWorker): void {
    const { sending } = this.#parts;
    sending.fill(worker);
    if (sending.waiting === 0) return;
    // It may have to run again, or have left its place to another task, and this worker be one that is ending.
    if (worker.state !== 'ready' && worker.state !== 'busy') sending.dispatch();
    else sending.growFleet();
  }

  /** Its worker is gone, for certain. What it had begun is known from the worker's own word, not from messages. */
  lose(task: PoolTask, worker: PoolWorker, end: WorkerEnd): void {
    this.#parts.sending.release(task, worker);
    this.#endRun(task);
    const { id, pid, threadId, stderrTail } = worker;
    const gone: TracedWorker = { id, pid, threadId, stderrTail, ...end.exit };
    if (task.batch !== undefined && !this.#loseItems(task, task.batch, gone, end)) return;
    if (end.isStuck) {
      const error = end.errorFor(task);
      this.#trace(task, gone, error);
      this.#settle(task, { ok: false, error });
    } else if (task.cause !== undefined) {
      if (task.cause.error instanceof HeddleError) addExamination(task.cause.error, end.examination);
      this.#stopped(task, gone);
    } else if (end.hasBegun(task)) {
      // Its answer, and those before it, were lost with the worker.
      if (task.state === 'sent') task.move('running');
      this.#failed(task, 'crash', end.errorFor(task), gone);
    } else this.#resend(task, end.errorFor(task), gone);
  }

  /** Stopped for a reason, which is its outcome. A time-out may be followed by another attempt, a cancel never. */
  #stopped(task: PoolTask, worker: TracedWorker): void {
    const { error, isTimeout } = task.cause!;
    if (isTimeout) return this.#failed(task, 'timeout', error, worker);
    this.#trace(task, worker, error);
    this.#settle(task, { ok: false, error });
  }

  /** Not begun: to another worker, untouched, as if nothing had happened. Bounded, because this may be what ended the worker. */
  #resend(task: PoolTask, error: unknown, worker: TracedWorker): void {
    this.#trace(task, worker, error);
    if (!task.packed!.canResend) return this.#settle(task, { ok: false, error });
    task.failures = [...task.failures, error];
    if (++task.resends > RESENDS_MAX) return this.#quarantine(task, false, worker);
    this.counters.resent++;
    this.#parts.events.again(task, 'resent', error);
    this.#queueAgain(task);
  }

  #queueAgain(task: PoolTask): void {
    task.rewind();
    task.move('queued');
    this.requeue(task);
  }

  /** An attempt failed. Another follows when the caller allows it. */
  #failed(task: PoolTask, kind: FailureKind, error: unknown, worker: TracedWorker): void {
    const { retry } = task.call;
    this.#trace(task, worker, error);
    if (retry.retries === 0) return this.#settle(task, { ok: false, error });
    task.failures = [...task.failures, error];
    if (kind === 'crash') task.deaths++;
    if (task.attempt > retry.retries) {
      if (task.deaths === task.attempt) return this.#quarantine(task, true, worker);
      return this.#settle(task, { ok: false, error });
    }
    // What was handed out can't be taken back, and inline a task that was timed out may still be running.
    const isUndone = !task.hasDelivered && (kind !== 'timeout' || this.#parts.canKill);
    if (!isUndone || task.isUnwanted || this.#refusal !== undefined) return this.#settle(task, { ok: false, error });
    // The predicate is the caller's code: it may throw, cancel this task, or close the pool.
    task.move('delayed');
    this.delayed.add(task);
    this.#parts.callers.countUnderWay(task, -1);
    let outcome: unknown = error;
    let isAllowed = false;
    try {
      isAllowed = allowsAnother(retry, kind, error, task.attempt);
    } catch (thrown) {
      outcome = thrown;
    }
    if (task.state !== 'delayed') return;
    if (isAllowed) return this.#runAgain(task, error);
    this.delayed.delete(task);
    this.#settle(task, { ok: false, error: outcome });
  }

  #runAgain(task: PoolTask, error: unknown): void {
    const { clock, random, events, callers, sending } = this.#parts;
    const delayMs = backoffMs(task.call.retry.retryDelayMs, task.attempt, RETRY_DELAY_MS_MAX, random);
    const again = () => {
      this.delayed.delete(task);
      task.setTimer(undefined);
      task.move('queued');
      callers.countUnderWay(task, 1);
      this.requeue(task);
    };
    events.again(task, 'retried', error);
    task.rewind();
    task.attempt++;
    this.counters.retried++;
    if (delayMs === 0) return again();
    task.setTimer(
      clock.after(delayMs, () => {
        again();
        sending.dispatch();
      }),
    );
  }

  /** Waits again. The caller hands out what waits when it is done. */
  requeue(task: PoolTask): void {
    if (this.#refusal === undefined) this.#parts.sending.push(task);
    else this.#settle(task, { ok: false, error: this.#refusal() });
  }

  #quarantine(task: PoolTask, hasBegun: boolean, worker: TracedWorker): void {
    this.counters.quarantined++;
    const times = hasBegun ? task.attempt : task.resends;
    const error = quarantinedError({ name: task.call.name, times, hasBegun }, task.failures);
    this.#trace(task, worker, error);
    this.#settle(task, { ok: false, error });
  }

  /** Tells an error what it belongs to. A reason to stop is the caller's own object and may end many tasks: it stays as it is. */
  #trace(task: PoolTask, worker: TracedWorker | undefined, error: unknown): void {
    if (task.cause === undefined || error instanceof HeddleError) task.trace(error, worker, this.#parts.clock);
  }

  /** Takes a task out of those that wait, for a worker or for their next attempt. False: it does not wait. */
  removeWaiting(task: PoolTask): boolean {
    return this.#parts.sending.remove(task) || this.delayed.delete(task);
  }

  /** A task that no worker has fails for `error`. */
  refuse(task: PoolTask, error: unknown): void {
    const { batch } = task;
    if (batch !== undefined) {
      task.dissolve();
      for (const single of this.#parts.sending.tasksOf(task, batch, batch.answered)) this.refuse(single, error);
      return;
    }
    this.#trace(task, undefined, error);
    this.#settle(task, { ok: false, error });
  }

  /** The pool has failed: settles all that wait, now and later, with the error that `reason` makes. */
  refuseWaiting(reason: () => unknown): void {
    this.#refusal = reason;
    for (const task of [...this.#parts.sending.queue, ...this.delayed]) {
      // One that was refused before may have cancelled it.
      if (this.removeWaiting(task)) this.refuse(task, reason());
    }
  }

  #settle(task: PoolTask, outcome: Outcome): void {
    const { counters } = this;
    if (outcome.ok) counters.succeeded++;
    else if (task.cause === undefined) counters.failed++;
    else if (task.cause.isTimeout) counters.timedOut++;
    else counters.cancelled++;
    if (task.state !== 'delayed') this.#parts.callers.countUnderWay(task, -1);
    const cost = task.packed?.cost;
    if (cost !== undefined) this.#parts.costs.sent(task.call.name, cost);
    if (cost !== undefined || task.hasCost) this.#tellCost(task);
    task.settle(outcome);
    this.#parts.events.settled(task, outcome);
    this.#parts.onSettled(task);
  }

  /** A large value of a task has been read. */
  received(task: PoolTask, cost: CloneCost): void {
    task.hasCost = true;
    this.#parts.costs.received(task.call.name, cost);
  }

  #tellCost(task: PoolTask): void {
    const warning = this.#parts.costs.settled(task.call.name);
    if (warning !== undefined) this.#parts.events.cloning(task, warning);
  }

  #endRun(task: PoolTask): void {
    if (!this.#parts.callers.endRun(task)) return;
    this.cancelCalls(task);
    task.family = undefined;
  }

  /** What a task has called ends with its run. */
  cancelCalls({ family, call }: PoolTask): void {
    for (const child of family?.children.values() ?? []) {
      const reason = `"${call.name}", which called it, has ended or was stopped`;
      this.#parts.cancel(child, heddleError('HEDDLE_TASK_CANCELLED', { name: child.call.name, reason }));
    }
  }
}
