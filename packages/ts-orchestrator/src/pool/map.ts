/**
 * `map`: pulls from its source only as fast as results are consumed. At most `window` items are pulled and not yet yielded,
 * whether they wait, run, or are ready out of turn.
 *
 * Ordered, a failure surfaces in its place: everything before it is yielded first, nothing after it is pulled any more.
 * Leaving early, by break, failure or abort, cancels what is under way and waits until it has stopped.
 */
import { heddleError } from '../errors/errors.ts';
import type { Outcome } from '../task/task.ts';

export interface MapParts<Item> {
  readonly source: Iterable<Item> | AsyncIterable<Item>;
  readonly ordered: boolean;
  readonly onError: 'fail' | 'collect';
  readonly signal: AbortSignal | undefined;
  readonly window: number;
  readonly name: string;
  /** Submits one item; the returned function cancels it. Throws when the pool takes nothing any more or the item can't be sent. */
  readonly submit: (item: Item, index: number, onOutcome: (outcome: Outcome) => void) => (error: unknown) => void;
  /** An error of the pool, not of the item: no use in going on. */
  readonly isFatal: (error: unknown) => boolean;
}

export type MapYield = { index: number; value: unknown } | { index: number; error: unknown };

export async function* mapItems<Item>(parts: MapParts<Item>): AsyncGenerator<MapYield, void, undefined> {
  const { source, ordered, onError, signal, window, name, submit } = parts;
  const iterator = (Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()) as
    AsyncIterator<Item> | Iterator<Item>;
  /** Outcomes not yet yielded: by index, or in order of arrival. */
  const ready = new Map<number, Outcome>();
  const running = new Map<number, (error: unknown) => void>();
  let pulled = 0;
  let yielded = 0;
  let isPulling = false;
  /** Nothing more is pulled: it has ended, or what failed ends the iteration. */
  let isSourceDone = false;
  /** It has to be told when it is left early. */
  let isSourceOpen = true;
  /** An end that is not an item's: the source threw, the pool closed. */
  let end: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;

  const notify = () => {
    wake?.();
    wake = undefined;
  };
  const stopPulling = () => {
    isSourceDone = true;
  };
  const cancelled = heddleError('HEDDLE_TASK_CANCELLED', { name, reason: 'the iteration over map ended early' });
  const settle = (index: number, outcome: Outcome) => {
    running.delete(index);
    ready.set(index, outcome);
    if (!outcome.ok && onError === 'fail') {
      stopPulling();
      // What comes after the failure in its order will never be asked for.
      if (ordered) for (const [later, cancel] of [...running]) if (later > index) cancel(cancelled);
    }
    notify();
  };
  const take = (item: Item) => {
    const index = pulled++;
    try {
      running.set(
        index,
        submit(item, index, (outcome) => settle(index, outcome)),
      );
    } catch (error) {
      if (parts.isFatal(error)) {
        end ??= { error };
        stopPulling();
        notify();
      } else settle(index, { ok: false, error });
    }
  };
  const pull = async () => {
    if (isPulling) return;
    isPulling = true;
    try {
      while (!isSourceDone && pulled - yielded < window) {
        let step: IteratorResult<Item> | Promise<IteratorResult<Item>> = iterator.next();
        if (isThenable(step)) step = await step;
        if (step.done === true) {
          isSourceOpen = false;
          return stopPulling();
        }
        // A plain iterable may hold promises, as `for await` allows.
        const item = isThenable(step.value) ? await step.value : step.value;
        if (isSourceDone) return;
        take(item);
      }
    } catch (error) {
      isSourceOpen = false;
      end ??= { error };
      stopPulling();
    } finally {
      isPulling = false;
      notify();
    }
  };
  const onAbort = () => {
    end = { error: signal!.reason };
    stopPulling();
    notify();
  };
  signal?.throwIfAborted();
  signal?.addEventListener('abort', onAbort, { once: true });

  try {
    for (;;) {
      void pull();
      signal?.throwIfAborted();
      const next = ordered ? (ready.has(yielded) ? yielded : undefined) : ready.keys().next().value;
      if (next !== undefined) {
        const outcome = ready.get(next)!;
        ready.delete(next);
        if (!outcome.ok && (onError === 'fail' || parts.isFatal(outcome.error))) throw outcome.error;
        yielded++;
        yield outcome.ok ? { index: next, value: outcome.value } : { index: next, error: outcome.error };
        continue;
      }
      if (end !== undefined && (!ordered || running.size === 0)) throw end.error;
      if (isSourceDone && !isPulling && running.size === 0 && end === undefined) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    isSourceDone = true;
    signal?.removeEventListener('abort', onAbort);
    for (const cancel of [...running.values()]) cancel(cancelled);
    while (running.size > 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    // A source that is being asked for an item answers `return` only after that: not waited for.
    if (isSourceOpen) {
      const closing = Promise.resolve(iterator.return?.());
      if (isPulling) closing.catch(() => {});
      else await closing;
    }
  }
}

function isThenable<T>(value: unknown): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
