/**
 * `map`: pulls from its source only as fast as results are consumed. At most `window()` items are pulled and not yet yielded,
 * whether they wait, run, or are ready out of turn.
 *
 * Ordered, a failure surfaces in its place: everything before it is yielded first, nothing after it is pulled any more.
 * Leaving early, by break, failure or abort, cancels what is under way and waits until it has stopped.
 */
import { isPrimitive } from '@heddle/codec';
import { heddleError, type HeddleError } from '../errors/errors.ts';
import { NumberMap } from '../queue/number-map.ts';
import type { Outcome } from '../task/task.ts';

/** Where the items of a map go: a pool, or what chooses between pools. */
export interface MapTarget<Item> {
  /** Items that may be submitted together now; 1: none. It changes with what is known of how long the function takes, and so does
   *  the window; `ready` items are in it that have an outcome and not their turn. */
  readonly batchItems: () => number;
  readonly window: (batchItems: number, ready: number) => number;
  /** Submits one item; the returned function cancels it. Throws when the pool takes nothing any more or the item can't be sent. */
  readonly submit: (item: Item, index: number, onOutcome: OnOutcome) => CancelItem;
  /** The same for several primitive items, of which the first has this index. The list is taken over. */
  readonly submitBatch: (items: readonly Item[], firstIndex: number, onOutcome: OnOutcome) => CancelItem;
}

export interface MapParts<Item> extends MapTarget<Item> {
  readonly source: Iterable<Item> | AsyncIterable<Item>;
  readonly ordered: boolean;
  readonly onError: 'fail' | 'collect';
  readonly signal: AbortSignal | undefined;
  readonly name: string;
  /** The first step was asked for. `refill`: to be called when `window` gives more than it gave last. Returns what to do at the end. */
  readonly onBegin?: ((refill: () => void) => () => void) | undefined;
  /** An error of the pool, not of the item: no use in going on. */
  readonly isFatal: (error: unknown) => boolean;
}

export type OnOutcome = (index: number, outcome: Outcome) => void;
export type CancelItem = (index: number, error: unknown) => void;

/** Characters up to which a text may travel with others: so many of them, too, are few bytes. */
const BATCH_TEXT_LENGTH_MAX = 64;

export type MapYield = { index: number; value: unknown } | { index: number; error: unknown };

export function mapItems<Item>(parts: MapParts<Item>): AsyncGenerator<MapYield, void, undefined> {
  return new MapIteration(parts);
}

/**
 * The generator below, with a short way past it: what is ready is handed out at once. A step of an async generator costs about twice as
 * much, and of a map over short items the steps are most of the time.
 *
 * The short way is taken only while the generator stands at its `yield`, where it would do the same. Everything else is its own:
 * the first step, waiting, failures, the end, and steps that are asked for before the last was answered.
 */
class MapIteration<Item> implements AsyncGenerator<MapYield, void, undefined> {
  readonly #parts: MapParts<Item>;
  readonly #steps: AsyncGenerator<MapYield, void, undefined>;
  /** Set from the first step to the end. */
  #run: MapRun<Item> | undefined;
  /** Steps that the generator was asked for and has not answered. */
  #open = 0;

  constructor(parts: MapParts<Item>) {
    this.#parts = parts;
    this.#steps = iterate(parts, (run) => {
      this.#run = run;
    });
  }

  next(): Promise<IteratorResult<MapYield, void>> {
    const run = this.#run;
    if (this.#open === 0 && run !== undefined && !this.#isAborted) {
      run.pull();
      // The source may have aborted or ended it.
      const value = this.#isAborted || this.#run !== run ? undefined : run.takeValue();
      if (value !== undefined) return Promise.resolve({ done: false, value });
    }
    return this.#step(this.#steps.next());
  }

  get #isAborted(): boolean {
    return this.#parts.signal?.aborted === true;
  }

  return(value?: void | PromiseLike<void>): Promise<IteratorResult<MapYield, void>> {
    return this.#step(this.#steps.return(value as void));
  }

  throw(error: unknown): Promise<IteratorResult<MapYield, void>> {
    return this.#step(this.#steps.throw(error));
  }

  /** Counts as open until just before its asker hears of it. */
  async #step(step: Promise<IteratorResult<MapYield, void>>): Promise<IteratorResult<MapYield, void>> {
    this.#open++;
    try {
      return await step;
    } finally {
      this.#open--;
    }
  }

  /** What it is by its looks: a task that returns one has returned a generator, not a value. */
  get [Symbol.toStringTag](): string {
    return 'AsyncGenerator';
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

async function* iterate<Item>(
  parts: MapParts<Item>,
  onRun: (run: MapRun<Item> | undefined) => void,
): AsyncGenerator<MapYield, void, undefined> {
  const { signal, onError, isFatal } = parts;
  signal?.throwIfAborted();
  const run = new MapRun(parts);
  onRun(run);
  const onEnd = parts.onBegin?.(() => run.refill());
  const onAbort = () => {
    run.end(signal!.reason);
    run.cancel(signal!.reason);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      run.pull();
      signal?.throwIfAborted();
      const next = run.next();
      if (next !== undefined) {
        const { index, outcome } = next;
        if (!outcome.ok && (onError === 'fail' || isFatal(outcome.error))) throw outcome.error;
        run.yielded++;
        yield outcome.ok ? { index, value: outcome.value } : { index, error: outcome.error };
      } else if (run.isOver()) return;
      else await run.change();
    }
  } finally {
    onRun(undefined);
    onEnd?.();
    signal?.removeEventListener('abort', onAbort);
    await run.leave();
  }
}

class MapRun<Item> {
  /** Items handed to the consumer. Writer: the generator above. */
  yielded = 0;
  readonly #parts: MapParts<Item>;
  readonly #source: Iterator<Item> | AsyncIterator<Item>;
  /** Outcomes not yet yielded, by their turn: the index if ordered, else the order of arrival. */
  readonly #ready = new NumberMap<{ readonly index: number; readonly outcome: Outcome }>();
  #arrived = 0;
  /** Items submitted and not settled: how to cancel each. */
  readonly #running = new NumberMap<CancelItem>();
  readonly #onOutcome: OnOutcome = (index, outcome) => this.#settle(index, outcome);
  /** Pulled, and to be submitted together before anything is waited for. */
  #batch: Item[] = [];
  readonly #cancelled: HeddleError;
  #pulled = 0;
  /** With so many items pulled and not yielded, or fewer, the window is filled. As it was when last filled. */
  #refillAt = 0;
  #isPulling = false;
  /** All after this index were cancelled. */
  #firstFailed = Infinity;
  /** Nothing more is pulled: the source has ended, or the iteration is about to. */
  #isDone = false;
  /** The source has not ended by itself and is to be told when it is left. */
  #isSourceOpen = true;
  /** What ends the iteration and is no item's: the source threw, the pool closed. First cause wins. */
  #end: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(parts: MapParts<Item>) {
    const { source, name } = parts;
    this.#parts = parts;
    this.#source = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    this.#cancelled = heddleError('HEDDLE_TASK_CANCELLED', { name, reason: 'the iteration over map ended early' });
  }

  /** Fills the window, when there is room in it for a batch: one that is refilled for each item makes batches of one. */
  pull(): void {
    if (this.#pulled - this.yielded <= this.#refillAt && !this.#isPulling && !this.#isDone) void this.#fill();
  }

  /** Fills the window, which may have become larger. */
  refill(): void {
    this.#refillAt = Infinity;
    this.pull();
  }

  /** Never rejects. */
  async #fill(): Promise<void> {
    const batchItems = this.#parts.batchItems();
    const window = this.#parts.window(batchItems, this.#ready.size);
    this.#refillAt = window - batchItems;
    if (this.#pulled - this.yielded > this.#refillAt) return;
    this.#isPulling = true;
    try {
      while (!this.#isDone && this.#pulled - this.yielded < window) {
        let step: IteratorResult<Item> | Promise<IteratorResult<Item>> = this.#source.next();
        if (isThenable(step)) {
          this.#flush();
          step = await step;
        }
        if (step.done === true) {
          this.#isSourceOpen = false;
          this.#isDone = true;
          break;
        }
        // A plain iterable may hold promises, as `for await` allows.
        let item = step.value;
        if (isThenable<Item>(item)) {
          this.#flush();
          item = await item;
        }
        if (!this.#isDone) this.#take(item, batchItems);
      }
      this.#flush();
    } catch (error) {
      this.#isSourceOpen = false;
      this.#flush();
      this.end(error);
    } finally {
      this.#isPulling = false;
      this.#notify();
    }
  }

  /** The outcome to yield now, if there is one. */
  next(): { index: number; outcome: Outcome } | undefined {
    const next = this.#ready.get(this.yielded);
    if (next !== undefined) this.#ready.delete(this.yielded);
    return next;
  }

  /** The value to yield now, if it is the turn of one: yielded with that. */
  takeValue(): MapYield | undefined {
    const next = this.#ready.get(this.yielded);
    if (next === undefined || !next.outcome.ok) return undefined;
    this.#ready.delete(this.yielded++);
    return { index: next.index, value: next.outcome.value };
  }

  /** Nothing to yield now or later. Throws what ended the iteration; ordered, only after all that came before it. */
  isOver(): boolean {
    if (this.#end !== undefined && (!this.#parts.ordered || this.#running.size === 0)) throw this.#end.error;
    return this.#isDone && !this.#isPulling && this.#running.size === 0;
  }

  end(error: unknown): void {
    this.#end ??= { error };
    this.#isDone = true;
    this.#notify();
  }

  /** Resolves at the next event. One waiter. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Cancels what is under way, waits for it, and tells the source. */
  async leave(): Promise<void> {
    this.#isDone = true;
    this.#firstFailed = -1;
    this.cancel(this.#cancelled);
    while (this.#running.size > 0) await this.change();
    if (!this.#isSourceOpen) return;
    const closing = (async () => this.#source.return?.())();
    // A source that is being asked for an item answers `return` only after that: not waited for.
    if (this.#isPulling) closing.catch(() => {});
    else await closing;
  }

  /** Stops all that is under way. */
  cancel(error: unknown): void {
    for (const index of this.#running.numbers()) this.#running.get(index)?.(index, error);
  }

  #take(item: Item, batchItems: number): void {
    if (batchItems > 1 && mayTravelInBatch(item)) {
      this.#pulled++;
      if (this.#batch.push(item) >= batchItems) this.#flush();
      return;
    }
    this.#flush();
    this.#submit(item, this.#pulled++);
  }

  /** Submits what was pulled so far. */
  #flush(): void {
    const items = this.#batch;
    if (items.length === 0) return;
    this.#batch = [];
    const first = this.#pulled - items.length;
    if (items.length === 1) return this.#submit(items[0]!, first);
    let cancel: CancelItem;
    try {
      cancel = this.#parts.submitBatch(items, first, this.#onOutcome);
    } catch (error) {
      // Nothing of what may be in a batch can fail by itself: the pool takes nothing any more.
      if (!this.#parts.isFatal(error)) throw error;
      return this.end(error);
    }
    for (let index = first; index < this.#pulled; index++) this.#running.set(index, cancel);
  }

  #submit(item: Item, index: number): void {
    try {
      this.#running.set(index, this.#parts.submit(item, index, this.#onOutcome));
    } catch (error) {
      if (this.#parts.isFatal(error)) this.end(error);
      else this.#settle(index, { ok: false, error });
    }
  }

  #settle(index: number, outcome: Outcome): void {
    this.#running.delete(index);
    this.#ready.set(this.#parts.ordered ? index : this.#arrived++, { index, outcome });
    if (!outcome.ok && this.#parts.onError === 'fail') {
      this.#isDone = true;
      // What comes after the failure in its order will never be asked for. Each that is cancelled here fails too.
      if (this.#parts.ordered && index < this.#firstFailed) {
        this.#firstFailed = index;
        for (const later of this.#running.numbers())
          if (later > index) this.#running.get(later)?.(later, this.#cancelled);
      }
    }
    this.#notify();
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

function isThenable<T>(value: unknown): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** Taken over by being listed, and small for certain. */
function mayTravelInBatch(item: unknown): boolean {
  return (
    isPrimitive(item) && (typeof item !== 'string' || item.length <= BATCH_TEXT_LENGTH_MAX) && typeof item !== 'bigint'
  );
}
