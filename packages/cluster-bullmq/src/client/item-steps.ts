/**
 * The items of a map out of its chunks, one step each.
 *
 * What is there is handed out past the generator: its steps would be most of what an item costs a client. The short way is taken
 * only while the generator stands at its `yield` inside a chunk, where it would do the same. Everything else is its own: the first step,
 * waiting, failures, an abort, the end, and steps that are asked for before the last was answered.
 */
import type { Decoded } from '../values/items.ts';

/** A chunk whose outcomes are there: of the inputs from number `first` on. */
export interface DoneChunk {
  readonly first: number;
  readonly outcomes: readonly Decoded[];
}

export type ItemYield =
  { readonly index: number; readonly value: unknown } | { readonly index: number; readonly error: unknown };

type Step = Promise<IteratorResult<ItemYield, void>>;

export class ItemSteps implements AsyncGenerator<ItemYield, void, undefined> {
  readonly #steps: AsyncGenerator<ItemYield, void, undefined>;
  readonly #signal: AbortSignal | undefined;
  /** The chunk inside of which the generator stands, and the next of its items. */
  #chunk: DoneChunk | undefined;
  #place = 0;
  /** Steps that the generator was asked for and has not answered. */
  #open = 0;

  constructor(chunks: AsyncIterable<DoneChunk>, onError: 'fail' | 'collect', signal: AbortSignal | undefined) {
    this.#steps = this.#iterate(chunks, onError);
    this.#signal = signal;
  }

  next(): Step {
    if (this.#open === 0 && this.#chunk !== undefined && this.#signal?.aborted !== true) {
      const { first, outcomes } = this.#chunk;
      const outcome = outcomes[this.#place];
      if (outcome?.isThrown === false)
        return Promise.resolve({ done: false, value: { index: first + this.#place++, value: outcome.value } });
    }
    return this.#step(this.#steps.next());
  }

  return(): Step {
    return this.#step(this.#steps.return());
  }

  throw(error: unknown): Step {
    return this.#step(this.#steps.throw(error));
  }

  /** Counts as open until just before its asker hears of it. */
  async #step(step: Step): Step {
    this.#open++;
    try {
      return await step;
    } finally {
      this.#open--;
    }
  }

  async *#iterate(chunks: AsyncIterable<DoneChunk>, onError: 'fail' | 'collect') {
    try {
      for await (const chunk of chunks) {
        this.#chunk = chunk;
        this.#place = 0;
        while (this.#place < chunk.outcomes.length) {
          this.#signal?.throwIfAborted();
          const { isThrown, value } = chunk.outcomes[this.#place]!;
          const index = chunk.first + this.#place++;
          if (!isThrown) yield { index, value };
          else if (onError === 'collect') yield { index, error: value };
          else throw value;
        }
        this.#chunk = undefined;
      }
    } finally {
      this.#chunk = undefined;
    }
  }

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
