/**
 * Tasks that run: what they tell, their time-outs, and how they are stopped.
 */
import type { Clock } from '../clock/clock.ts';
import { workerEvents } from '../diagnostics/events.ts';
import { heddleError, HeddleError } from '../errors/errors.ts';
import type { Batch } from '../task/batch.ts';
import { decodeThrow } from '../task/error-codec.ts';
import type { Fleet } from './fleet.ts';
import type { NestedCalls } from './nested-calls.ts';
import type { Outcomes } from './outcomes.ts';
import type { ResolvedPoolOptions } from './pool-options.ts';
import type { Sending } from './sending.ts';
import type { StuckWatch } from './stuck-watch.ts';
import type { TaskEvents } from './task-events.ts';
import type { PoolTask, PoolWorker, TaskMessage } from './worker-source.ts';

export interface UnderWayParts {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly options: ResolvedPoolOptions;
  readonly events: TaskEvents;
  readonly watch: StuckWatch;
  /** Can a busy worker be ended from outside? */
  readonly canKill: boolean;
  readonly sending: Sending;
  readonly outcomes: Outcomes;
  readonly onCall: NestedCalls['call'];
  readonly onUncall: NestedCalls['uncall'];
}

export class UnderWay {
  readonly #parts: UnderWayParts;

  constructor(parts: UnderWayParts) {
    this.#parts = parts;
  }

  onStarted(task: PoolTask, worker: PoolWorker): void {
    const { clock, events, watch } = this.#parts;
    task.start(clock);
    this.#armTimeout(task);
    events.started(task, worker.id);
    if (events.isHeard) watch.onStart(task);
  }

  // ---- time-outs ----

  #armTimeout(task: PoolTask): void {
    const timeoutMs = task.call.timeoutMs ?? this.#parts.options.taskTimeoutMs;
    if (timeoutMs !== undefined) this.#timeOutAfter(task, timeoutMs, timeoutMs);
  }

  #timeOutAfter(task: PoolTask, delayMs: number, timeoutMs: number): void {
    const { clock } = this.#parts;
    const { name, credit } = task.call;
    task.setTimer(
      clock.after(delayMs, () => {
        // A reply that arrived while the host was busy counts.
        task.setTimer(
          clock.afterArrivals(() => {
            // It may have begun later than it was sent, or not yet. The time-out of a stream counts from its last item.
            const elapsedMs = () => (credit > 0 ? timeoutMs : (task.worker!.elapsedMs(task) ?? 0));
            if (task.state !== 'running') return;
            let leftMs = timeoutMs - elapsedMs();
            // Of a batch it is the one item that is stopped: the last that has begun, which may be another by then.
            if (leftMs <= 0 && task.batch !== undefined) {
              this.#closeBatch(task);
              if (task.state !== 'running') return;
              leftMs = timeoutMs - elapsedMs();
            }
            if (leftMs > 0) return this.#timeOutAfter(task, leftMs, timeoutMs);
            this.#stop(task, heddleError('HEDDLE_TASK_TIMEOUT', { name, timeoutMs, gap: credit > 0 }), true);
          }),
        );
      }),
    );
  }

  // ---- what they tell ----

  /** The consumer of a stream has room for more items. */
  addCredit(task: PoolTask, items: number): void {
    if (task.state !== 'running') return;
    const wasPaused = task.creditLeft === 0;
    task.creditLeft += items;
    task.worker!.addCredit(task, items);
    if (wasPaused) this.#armTimeout(task);
  }

  onMessage(worker: PoolWorker, message: TaskMessage): void {
    const { outcomes, onCall, onUncall } = this.#parts;
    const task = worker.tasks.get(message.id)!;
    if ('cost' in message) outcomes.received(task, message.cost!);
    if (task.batch !== undefined && this.#onItemMessage(worker, task, task.batch, message)) return;
    switch (message.t) {
      case 'item':
        if (task.state !== 'running') return;
        task.creditLeft--;
        task.hasDelivered = true;
        if (task.creditLeft > 0) this.#armTimeout(task);
        else task.setTimer(undefined);
        task.call.onItem?.(message.value);
        return;
      case 'progress':
        if (task.state !== 'running') return;
        try {
          task.call.onProgress?.(message.value);
        } catch (error) {
          this.cancel(task, error);
        }
        return;
      case 'call':
        return onCall(worker, task, message);
      case 'uncall':
        return onUncall(task, message);
      case 'value':
        return outcomes.reply(task, worker, { ok: true, value: message.value });
      case 'end':
        return outcomes.reply(task, worker, { ok: true, value: undefined });
      case 'error':
        return outcomes.reply(task, worker, { ok: false, error: decodeThrow(message.error) });
      case 'skipped':
        return outcomes.skipped(task, worker);
      case 'given-back':
        // It was closed before.
        return;
    }
  }

  /** False: it is for the task itself. */
  #onItemMessage(worker: PoolWorker, task: PoolTask, batch: Batch, message: TaskMessage): boolean {
    const { outcomes, sending } = this.#parts;
    switch (message.t) {
      case 'value':
        outcomes.replyItem(task, batch, worker, { ok: true, value: message.value });
        return true;
      case 'end':
        outcomes.replyItem(task, batch, worker, { ok: true, value: undefined });
        return true;
      case 'error':
        outcomes.replyItem(task, batch, worker, { ok: false, error: decodeThrow(message.error) });
        return true;
      case 'skipped':
        // Said of a batch only after the host has taken it back, and closed it with that.
        if (!batch.isClosed) return this.#givenBack(task, worker);
        outcomes.skippedItems(task, batch, worker);
        return true;
      case 'given-back':
        return this.#givenBack(task, worker);
      case 'call':
        // The item that calls may run long, and what waits behind it in its batch could be what it waits for.
        sending.neverBatch(task.call.name);
        this.#closeBatch(task);
        // It was not the last that has begun, so its answer is on its way, and ends its calls.
        return task.batch !== undefined || worker.tasks.get(message.id) !== task;
      default:
        return false;
    }
  }

  #givenBack(task: PoolTask, worker: PoolWorker): true {
    const { outcomes, sending } = this.#parts;
    sending.neverBatch(task.call.name);
    if (sending.closeBatch(task, true) === undefined) sending.dispatch();
    else outcomes.goOn(worker);
    return true;
  }

  #closeBatch(task: PoolTask): void {
    const { sending } = this.#parts;
    const freed = sending.closeBatch(task);
    if (freed !== undefined) sending.fill(freed);
    sending.dispatch();
  }

  // ---- stopping ----

  /** Stops a task for `error`, the first reason only. It settles once it has stopped. */
  cancel(task: PoolTask, error: unknown): void {
    const { batch } = task;
    if (batch !== undefined && !batch.isClosed) return this.#cancelBatch(task, batch, error);
    task.isUnwanted = true;
    this.#stop(task, error, false);
  }

  #cancelBatch(task: PoolTask, batch: Batch, error: unknown): void {
    const wasInWorker = task.state !== 'queued';
    const freed = this.#takeApart(task);
    for (const single of batch.alone.values()) this.cancel(single as PoolTask, error);
    if (task.state !== 'settled') this.cancel(task, error);
    this.#goOnAfter(freed, wasInWorker);
  }

  /** Stops one item of a batch, by its index in its map. */
  cancelItem(task: PoolTask, batch: Batch, index: number, error: unknown): void {
    const isInside = !batch.alone.has(index) && index >= batch.indexOf(batch.answered) && !batch.isClosed;
    const wasInWorker = task.state !== 'queued';
    const freed = isInside ? this.#takeApart(task) : undefined;
    const single = batch.alone.get(index);
    if (single !== undefined) this.cancel(single as PoolTask, error);
    // Those between are answered, and the answers on their way.
    else if (batch.isClosed && task.call.index === index) this.cancel(task, error);
    this.#goOnAfter(freed, isInside && wasInWorker);
  }

  /** Makes tasks of what has not begun. A worker that has nothing left is returned: it is filled when it is known what is still wanted. */
  #takeApart(task: PoolTask): PoolWorker | undefined {
    const { sending } = this.#parts;
    // It may begin at this moment, and run then.
    if (task.state === 'sent' && sending.revoke(task)) {
      task.move('queued');
      sending.push(task);
    }
    sending.takeApart(task);
    return sending.closeBatch(task);
  }

  #goOnAfter(freed: PoolWorker | undefined, isMoreWaiting: boolean): void {
    const { sending } = this.#parts;
    if (freed !== undefined) sending.fill(freed);
    if (isMoreWaiting) sending.dispatch();
  }

  #stop(task: PoolTask, error: unknown, isTimeout: boolean): void {
    const { clock, options, sending, outcomes } = this.#parts;
    if (outcomes.removeWaiting(task)) {
      task.cause = { error, isTimeout };
      return outcomes.refuse(task, error);
    }
    if (task.state === 'sent') {
      const worker = task.worker!;
      if (sending.revoke(task)) {
        task.cause = { error, isTimeout };
        outcomes.refuse(task, error);
        return sending.fill(worker);
      }
    }
    if (!isRunning(task)) return;
    const worker = task.worker!;
    task.cause = { error, isTimeout };
    task.move('cancelling');
    task.setTimer(undefined);
    worker.cancel(task, error);
    // Inline, a task that had not begun is answered at once.
    if (!isCancelling(task)) return;
    outcomes.cancelCalls(task);
    // What waits behind it would wait for its end, which may be forced.
    if (sending.takeBack(worker) > 0) sending.dispatch();
    if (options.cancelGraceMs === 0) return this.#endByForce(task, worker);
    const half = Math.floor(options.cancelGraceMs / 2);
    task.setTimer(
      clock.after(half, () => {
        // A task that heeds its signal has settled by now. What this one is at is found out while the grace lasts.
        if (this.#parts.canKill && isTold(task)) worker.prepareInterrupt();
        task.setTimer(
          clock.after(options.cancelGraceMs - half, () => {
            task.setTimer(clock.afterArrivals(() => this.#endByForce(task, worker)));
          }),
        );
      }),
    );
  }

  #endByForce(task: PoolTask, worker: PoolWorker): void {
    if (task.state !== 'cancelling') return;
    if (this.#parts.canKill) return this.#parts.fleet.kill(worker, isTold(task));
    // Inline nothing can be ended: the task is left to itself and its late answer goes nowhere.
    this.#parts.outcomes.reply(task, worker, { ok: false, error: task.cause!.error });
  }
}

/** Will someone hear what its worker was at? A caller's own reason is handed back as it is. */
function isTold({ cause }: PoolTask): boolean {
  return cause?.error instanceof HeddleError || workerEvents.hasSubscribers;
}

function isRunning(task: PoolTask): boolean {
  return task.state === 'running';
}

function isCancelling(task: PoolTask): boolean {
  return task.state === 'cancelling';
}
