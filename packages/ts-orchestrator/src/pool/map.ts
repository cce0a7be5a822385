/**
 * `map`: pulls from its source only as fast as results are consumed. At most `window()` items are pulled and not yet yielded,
 * whether they wait, run, or are ready out of turn.
 *
 * Ordered, a failure surfaces in its place: everything before it is yielded first, nothing after it is pulled any more.
 * Leaving early, by break, failure or abort, cancels what is under way and waits until it has stopped.
 */
import { heddleError, type HeddleError } from '../errors/errors.ts';
import { NumberMap } from '../queue/number-map.ts';
import type { Outcome } from '../task/task.ts';

export interface MapParts<Item> {
  readonly source: Iterable<Item> | AsyncIterable<Item>;
  readonly ordered: boolean;
  readonly onError: 'fail' | 'collect';
  readonly signal: AbortSignal | undefined;
  /** It changes with what is known of how long the function takes. */
  readonly window: () => number;
  readonly name: string;
  /** Submits one item; the returned function cancels it. Throws when the pool takes nothing any more or the item can't be sent. */
  readonly submit: (item: Item, index: number, onOutcome: (outcome: Outcome) => void) => (error: unknown) => void;
  /** An error of the pool, not of the item: no use in going on. */
  readonly isFatal: (error: unknown) => boolean;
}

export type MapYield = { index: number; value: unknown } | { index: number; error: unknown };

export async function* mapItems<Item>(parts: MapParts<Item>): AsyncGenerator<MapYield, void, undefined> {
  const { signal, onError, isFatal } = parts;
  signal?.throwIfAborted();
  const run = new MapRun(parts);
  const onAbort = () => run.end(signal!.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      void run.pull();
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
  readonly #running = new NumberMap<(error: unknown) => void>();
  readonly #cancelled: HeddleError;
  #pulled = 0;
  #isPulling = false;
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

  /** Fills the window. Never rejects. */
  async pull(): Promise<void> {
    if (this.#isPulling) return;
    this.#isPulling = true;
    try {
      while (this.#wantsMore()) {
        let step: IteratorResult<Item> | Promise<IteratorResult<Item>> = this.#source.next();
        if (isThenable(step)) step = await step;
        if (step.done === true) {
          this.#isSourceOpen = false;
          this.#isDone = true;
          break;
        }
        // A plain iterable may hold promises, as `for await` allows.
        const item = isThenable<Item>(step.value) ? await step.value : step.value;
        if (!this.#isDone) this.#take(item);
      }
    } catch (error) {
      this.#isSourceOpen = false;
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
    for (const cancel of this.#running.values()) cancel(this.#cancelled);
    while (this.#running.size > 0) await this.change();
    if (!this.#isSourceOpen) return;
    const closing = (async () => this.#source.return?.())();
    // A source that is being asked for an item answers `return` only after that: not waited for.
    if (this.#isPulling) closing.catch(() => {});
    else await closing;
  }

  #wantsMore(): boolean {
    return !this.#isDone && this.#pulled - this.yielded < this.#parts.window();
  }

  #take(item: Item): void {
    const index = this.#pulled++;
    try {
      this.#running.set(
        index,
        this.#parts.submit(item, index, (outcome) => this.#settle(index, outcome)),
      );
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
      // What comes after the failure in its order will never be asked for.
      if (this.#parts.ordered)
        for (const later of this.#running.numbers()) if (later > index) this.#running.get(later)?.(this.#cancelled);
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
