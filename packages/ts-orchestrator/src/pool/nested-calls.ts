/**
 * Tasks that call their own pool.
 *
 * Who waits for a call holds a worker and does nothing with it. With as many workers as such callers, the called would wait for
 * ever. So a caller doesn't count: as long as one of its calls waits or runs, another task may run beside it, in a worker of its own
 * (the dispatcher and the fleet read that from `Dispatcher.capacity`). The deepest calls go first. Then whatever is started while
 * something deeper waits is impossible, every caller that waits has a descendant that runs, and of these there are at most as many as
 * workers were asked for: there are never more workers than `workers` times the depth plus one, and the depth is bounded. Sending ahead
 * keeps to that: what a worker has behind a call are calls of the same caller (`mayFollow`), and behind a caller there is nothing.
 *
 * A call ends with the run that made it: when that is answered, cancelled, or its worker dies, its open calls are cancelled.
 */
import { NESTED_CALLS_MAX, NESTED_DEPTH_MAX } from '../clock/deadlines.ts';
import { heddleError, type TaskTrace } from '../errors/errors.ts';
import { decodeThrow } from '../task/error-codec.ts';
import { retryRuleOf, type RetryRule } from '../task/task-options.ts';
import { Task, type Outcome } from '../task/task.ts';
import type { WorkerMessage } from '../transport/protocol.ts';
import type { Packed, Transport } from '../transport/transport.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { PoolTask, PoolWorker } from './worker-source.ts';

export interface NestedCallsParts {
  readonly dispatcher: Dispatcher;
  readonly transport: Pick<Transport, 'pack' | 'repack'>;
  readonly retry: RetryRule;
  /** Throws when the pool can't run a task of this name. */
  readonly assertServes: (name: string) => void;
  /** Numbers the tasks of the pool. */
  readonly nextNumber: () => number;
  /** The pool has one more task. */
  readonly onSubmitted: (task: PoolTask) => void;
}

export class NestedCalls {
  readonly #parts: NestedCallsParts;

  constructor(parts: NestedCallsParts) {
    this.#parts = parts;
  }

  call(worker: PoolWorker, caller: PoolTask, message: Extract<WorkerMessage, { t: 'call' }>): void {
    const { dispatcher, transport, retry, assertServes, nextNumber, onSubmitted } = this.#parts;
    const { call, name, args, options } = message;
    const answer = (outcome: Outcome) => this.#answer(worker, caller, call, name, outcome);
    // It was told to stop, and knows it or will: its calls are of no use any more.
    if (caller.state !== 'running') return;
    try {
      assertServes(name);
      assertRoom(caller);
      const rule = retryRuleOf('currentTask().run', options, retry);
      const family = dispatcher.familyOf(caller);
      const task = new Task<Packed, PoolWorker>(
        nextNumber(),
        {
          name,
          credit: 0,
          index: undefined,
          priority: options.priority,
          timeoutMs: options.timeoutMs,
          retry: rule,
          onProgress: undefined,
          onOutcome(outcome) {
            family.children.delete(call);
            // A caller that was stopped has given all its calls up.
            if (!family.isOver && caller.state === 'running') answer(outcome);
          },
        },
        transport.repack(args),
        family,
      );
      family.children.set(call, task);
      onSubmitted(task);
      dispatcher.enqueue(task);
    } catch (error) {
      answer({ ok: false, error });
    }
  }

  /** The caller gave the call up. */
  uncall(caller: PoolTask, message: Extract<WorkerMessage, { t: 'uncall' }>): void {
    const task = caller.family?.children.get(message.call);
    if (task !== undefined) this.#parts.dispatcher.cancel(task, decodeThrow(message.reason));
  }

  #answer(worker: PoolWorker, caller: PoolTask, call: number, name: string, outcome: Outcome): void {
    if (!outcome.ok) return worker.answerCall(caller, call, { error: outcome.error, task: traceOf(outcome.error) });
    try {
      const role = { name, subject: 'result', isList: true } as const;
      worker.answerCall(caller, call, { value: this.#parts.transport.pack([outcome.value], [], role, 'now').value });
    } catch (error) {
      worker.answerCall(caller, call, { error, task: undefined });
    }
  }
}

function assertRoom(caller: PoolTask): void {
  const { name } = caller.call;
  if (caller.depth >= NESTED_DEPTH_MAX)
    throw heddleError('HEDDLE_NESTED_LIMIT', { name, limit: NESTED_DEPTH_MAX, what: 'levels' });
  if ((caller.family?.children.size ?? 0) >= NESTED_CALLS_MAX)
    throw heddleError('HEDDLE_NESTED_LIMIT', { name, limit: NESTED_CALLS_MAX, what: 'calls' });
}

function traceOf(error: unknown): TaskTrace | undefined {
  return error instanceof Error && Object.hasOwn(error, 'task') ? (error as { task?: TaskTrace }).task : undefined;
}
