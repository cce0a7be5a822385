/**
 * The public object. Everything it does is one call of the scheduler with checked options.
 */
import { STREAM_WINDOW } from '../clock/deadlines.ts';
import { heddleError, HeddleError } from '../errors/errors.ts';
import { readOptions, booleanOption, show } from '../errors/option-reader.ts';
import { taskRealm } from '../task/task-context.ts';
import { Batch } from '../task/batch.ts';
import { AbortRegistry } from '../task/cancellation.ts';
import {
  checkArguments,
  parseMapOptions,
  parseRunOptions,
  retryRuleOf,
  type MapOptions,
  type RetryRule,
  type RunOptions,
} from '../task/task-options.ts';
import type { Explanation } from './explanation.ts';
import { mapItems, type MapTarget } from './map.ts';
import type { PoolStats } from './pool-stats.ts';
import type { Scheduler } from './scheduler.ts';
import { explainSize } from './size-sentence.ts';
import { streamItems } from './stream.ts';
import { SubmittedBatch, SubmittedCall } from './submitted-call.ts';
import type { PoolTask } from './worker-source.ts';
import type { PackFor, Packed } from '../transport/transport.ts';
import type { CallRest, TaskArgs, TaskItem, TaskName, TaskResult, TaskYield } from '../task/module-types.ts';

/** What `map` yields: by default always a value; with `onError: 'collect'` a value or an error. */
export type MapItem<T, O extends MapOptions | undefined> = O extends { onError: 'collect' }
  ? | { readonly index: number; readonly value: T; readonly error?: undefined }
    | { readonly index: number; readonly value?: undefined; readonly error: unknown }
  : { readonly index: number; readonly value: T };

/** Options of `pool.close`. */
export interface CloseOptions {
  /** Cancels the tasks that wait or run, instead of waiting for them. Default false. */
  readonly cancel?: boolean;
}

/** A pool of workers for one task module. Made by `createPool`. */
export interface Pool<M> extends AsyncDisposable {
  /**
   * Calls one exported function in a worker. Arguments and result travel by value (structured clone), shared arrays by
   * reference where the backend allows it.
   *
   * Rejects with what the function threw, rebuilt (name, message, stack, code, cause, own properties); with `signal.reason`;
   * or with a HeddleError: HEDDLE_TASK_UNKNOWN, HEDDLE_ARGUMENT_UNCLONEABLE, HEDDLE_RESULT_UNCLONEABLE, HEDDLE_SHARED_ARRAY,
   * HEDDLE_TRANSFER, HEDDLE_TASK_TIMEOUT, HEDDLE_TASK_GENERATOR, HEDDLE_WORKER_DIED, HEDDLE_TASK_QUARANTINED,
   * HEDDLE_WORKER_STUCK, HEDDLE_QUEUE_FULL, HEDDLE_POOL_CLOSED, HEDDLE_POOL_FAILED, HEDDLE_OPTION_UNKNOWN, HEDDLE_OPTION_INVALID.
   *
   * A cancelled or timed-out task rejects once it has stopped: at once if it heeds its signal, else when its worker is gone.
   */
  run<K extends TaskName<M>>(name: K, ...rest: CallRest<TaskArgs<M, K>, RunOptions>): Promise<TaskResult<M, K>>;

  /**
   * Calls the function with each item of `source` as its one argument and yields `{ index, value }`, in order unless told
   * otherwise. Pulls from the source only as fast as results are consumed: ahead are two items per worker where an item
   * takes a millisecond or more, else four milliseconds of them, at most 1,024 (inline: as many as run at a time, or up to 128 that take
   * a millisecond together). Maps and single
   * calls that wait for the same workers take turns, item by item, within a priority. Nothing
   * starts before the first `next()`. Ending the iteration early cancels what runs and waits for it.
   */
  map<K extends TaskName<M>, O extends MapOptions | undefined = undefined>(
    name: K,
    source: Iterable<TaskItem<M, K>> | AsyncIterable<TaskItem<M, K>>,
    options?: O,
  ): AsyncGenerator<MapItem<TaskResult<M, K>, O>, void, undefined>;

  /**
   * Yields what a generator function yields, with backpressure: the worker runs at most a few items ahead. The call's
   * arguments are taken over now, the task starts with the first `next()`. Ending the iteration early ends the generator.
   */
  stream<K extends TaskName<M>>(
    name: K,
    ...rest: CallRest<TaskArgs<M, K>, RunOptions>
  ): AsyncGenerator<TaskYield<M, K>, void, undefined>;

  /** Resolves when no task waits or runs. New tasks may come meanwhile, and are waited for too. */
  drain(): Promise<void>;

  /**
   * Takes no further tasks, waits for those it has, runs `teardown` in every worker and ends them. Resolves when nothing of
   * the pool is left. Calling it again waits for the same end. A stream that is neither read on nor left holds it up.
   * @throws {HeddleError} HEDDLE_TEARDOWN, when everything is ended but a teardown failed.
   */
  close(options?: CloseOptions): Promise<void>;

  /** Counters and live workers at this moment. */
  stats(): PoolStats;

  /**
   * Where calls run and why, by function: what they were measured to take, what was predicted for each backend, what was ruled out by
   * which rule, and one sentence. There is something to explain with backend `auto` only.
   */
  explain(): Explanation;
}

export interface PoolParts {
  readonly scheduler: Scheduler;
  /** What tasks that run on this side name as their pool: see `RealmTask`. */
  readonly key: object;
  /** For calls that say nothing about it. */
  readonly retry: RetryRule;
}

const CLOSE_SPECS = { cancel: booleanOption(false) };

/** The pool without its types: names and arguments are checked by TypeScript at the caller and by the scheduler here. */
export class PoolCore {
  readonly #scheduler: Scheduler;
  readonly #parts: PoolParts;
  readonly #aborts = new AbortRegistry();
  #closed: Promise<void> | undefined;

  constructor(parts: PoolParts) {
    this.#scheduler = parts.scheduler;
    this.#parts = parts;
  }

  run(name: string, args?: readonly unknown[], options?: RunOptions): Promise<unknown> {
    return new Promise((resolve, reject) => this.submit(name, args, options, { resolve, reject }));
  }

  /** The same for who waits already. Throws what is wrong with the call; nothing was taken over then. */
  submit(
    name: string,
    args: readonly unknown[] | undefined,
    options: RunOptions | undefined,
    { resolve, reject }: { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void },
  ): void {
    const call = parseRunOptions(options, 'run');
    const retry = retryRuleOf('run', call, this.#parts.retry);
    const list = checkArguments('run', name, args);
    this.#scheduler.assertCanRun(name);
    if (call.signal?.aborted === true) return reject(call.signal.reason);
    this.#submit(new SubmittedCall(name, call, { retry, resolve, reject }), call.signal, (when) =>
      this.#scheduler.pack(name, list, call.transfer, when),
    );
  }

  /** Copies the arguments of a call without options that is to be submitted later. Throws what is wrong with it. */
  packHeld(name: string, args: readonly unknown[] | undefined): Packed {
    const list = checkArguments('run', name, args);
    this.#scheduler.assertCanRun(name);
    return this.#scheduler.pack(name, list, [], 'later');
  }

  /** Submits a call whose arguments were copied by a pool in this process; `isOwn`: by this one. Whoever holds calls bounds them. */
  submitHeld(
    name: string,
    held: Packed,
    isOwn: boolean,
    { resolve, reject }: { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void },
  ): void {
    const call = parseRunOptions(undefined, 'run');
    const retry = retryRuleOf('run', call, this.#parts.retry);
    this.#scheduler.assertCanRun(name);
    const pack = (when: PackFor) =>
      isOwn && when !== 'keep' ? held : this.#scheduler.pack(name, held.value as readonly unknown[], [], when);
    this.#submit(new SubmittedCall(name, call, { retry, resolve, reject }), undefined, pack, true);
  }

  map(name: string, source: Iterable<unknown> | AsyncIterable<unknown>, options?: MapOptions) {
    const call = parseMapOptions(options);
    const target = this.mapTarget(name, call);
    const items = checkSource(name, source);
    this.#scheduler.assertCanRun(name);
    return overItems(name, items, call, target);
  }

  /** Takes items of a map with these options. */
  mapTarget(name: string, call: ParsedMapOptions): MapTarget<unknown> {
    const retry = retryRuleOf('map', call, this.#parts.retry);
    const lane = { turn: 0 };
    return {
      // Inline, a task can map over its own pool: its calls are counted one by one.
      batchItems: () =>
        this.#callerRun() === undefined
          ? this.#scheduler.batchItems(name, { retry, onProgress: call.onProgress as never })
          : 1,
      window: (batchItems) => this.#scheduler.mapWindow(name, batchItems),
      submit: (item, index, onOutcome) => {
        this.#scheduler.assertCanRun(name);
        const task = this.#submit(
          new SubmittedCall(name, call, { retry, index, lane, onOutcome: (outcome) => onOutcome(index, outcome) }),
          undefined,
          (when) => this.#scheduler.pack(name, [item], [], when),
          true,
        );
        return (_index, error) => this.#scheduler.cancel(task, error);
      },
      submitBatch: (items, firstIndex, onOutcome) => {
        this.#scheduler.assertCanRun(name);
        const callOf = (index: number) =>
          new SubmittedCall(name, call, { retry, index, lane, onOutcome: (outcome) => onOutcome(index, outcome) });
        const batch = new Batch({ firstIndex, items, callOf, onOutcome });
        const task = this.#scheduler.submitBatch(new SubmittedBatch(callOf(firstIndex), batch));
        return (index, error) => this.#scheduler.cancelItem(task, batch, index, error);
      },
    };
  }

  stream(name: string, args?: readonly unknown[], options?: RunOptions) {
    const call = parseRunOptions(options, 'stream');
    const { signal, transfer } = call;
    const retry = retryRuleOf('stream', call, this.#parts.retry);
    const list = checkArguments('stream', name, args);
    this.#scheduler.assertCanRun(name);
    const held = this.#scheduler.pack(name, list, transfer, retry.retries > 0 ? 'keep' : 'later');
    return streamItems({
      signal,
      hold: (wait) => this.#scheduler.holdWhile(wait),
      submit: (onItem, onOutcome) => {
        if (signal?.aborted === true) throw signal.reason;
        this.#scheduler.assertCanRun(name);
        const parts = { retry, credit: STREAM_WINDOW, onItem, onOutcome };
        const task = this.#submit(new SubmittedCall(name, call, parts), signal, () => held);
        const reason = 'the iteration over stream ended early';
        return {
          addCredit: (items) => this.#scheduler.addCredit(task, items),
          cancel: () => this.#scheduler.cancel(task, heddleError('HEDDLE_TASK_CANCELLED', { name, reason })),
        };
      },
    });
  }

  drain(): Promise<void> {
    return this.#scheduler.drain();
  }

  async close(options?: CloseOptions): Promise<void> {
    const { cancel } = readOptions('close', options, CLOSE_SPECS);
    this.#scheduler.refuse(
      cancel ? (name) => heddleError('HEDDLE_TASK_CANCELLED', { name, reason: 'the pool is being closed' }) : undefined,
    );
    this.#closed ??= this.#end();
    return this.#closed;
  }

  stats(): PoolStats {
    return this.#scheduler.stats();
  }

  explain(): Explanation {
    const stats = this.#scheduler.stats();
    const { backend } = stats;
    const workers = explainSize(stats);
    const sentence = `Everything runs in backend '${backend}', because the options of the pool say so.`;
    return { backend, sentence, functions: [], unavailable: [], costs: undefined, workers, calibration: undefined };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** `isBounded`: see `Scheduler.submit`. */
  #submit(
    call: SubmittedCall,
    signal: AbortSignal | undefined,
    pack: (when: PackFor) => Packed,
    isBounded = false,
  ): PoolTask {
    const task = this.#scheduler.submit(call, pack, isBounded, this.#callerRun());
    if (signal !== undefined) call.undo = this.#aborts.add(signal, (reason) => this.#scheduler.cancel(task, reason));
    return task;
  }

  /** Is the code that runs now a task of this very pool, which then runs inline? */
  get isCalledFromWithin(): boolean {
    return this.#callerRun() !== undefined;
  }

  /** Inline, a task can reach this very object. It must not wait for the place that it holds itself. */
  #callerRun() {
    const inside = taskRealm.storage.getStore();
    return inside?.poolKey === this.#parts.key ? inside : undefined;
  }

  async #end(): Promise<void> {
    await this.#scheduler.drain();
    const [error] = await this.#scheduler.stopWorkers();
    if (error !== undefined) throw error;
  }
}

export type ParsedMapOptions = ReturnType<typeof parseMapOptions>;

/** @throws {HeddleError} HEDDLE_OPTION_INVALID. */
export function checkSource(name: string, source: unknown): Iterable<unknown> {
  const isIterable =
    source !== null &&
    source !== undefined &&
    (typeof (source as AsyncIterable<unknown>)[Symbol.asyncIterator] === 'function' ||
      typeof (source as Iterable<unknown>)[Symbol.iterator] === 'function');
  if (!isIterable)
    throw heddleError('HEDDLE_OPTION_INVALID', {
      option: `the source of map("${name}")`,
      expected: 'an iterable or an async iterable',
      got: show(source),
    });
  return Object(source) as Iterable<unknown>;
}

/** The iteration over `source`, of which the items go to `target`. */
export function overItems(
  name: string,
  source: Iterable<unknown>,
  { signal, ordered, onError }: ParsedMapOptions,
  target: MapTarget<unknown>,
  onBegin?: (refill: () => void) => () => void,
) {
  return mapItems({ source, ordered, onError, signal, name, isFatal: isPoolEnd, ...target, onBegin });
}

/** The pool takes no more tasks: no use in asking it for the next item. */
function isPoolEnd(error: unknown): boolean {
  return error instanceof HeddleError && (error.code === 'HEDDLE_POOL_CLOSED' || error.code === 'HEDDLE_POOL_FAILED');
}
