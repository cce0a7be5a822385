/**
 * The inputs of a map, pulled one by one and kept as bytes until a chunk is made of them. Pulls no further than asked.
 *
 * A source that gives no next input within LINGER_MS does not hold back those that are there: its `next()` stays open, and what it gives
 * is the first of the next chunk.
 */
import { LINGER_MS } from '../deadlines.ts';

type Next = IteratorResult<unknown>;
const isThenable = <T>(given: unknown): given is PromiseLike<T> =>
  typeof given === 'object' && given !== null && typeof (given as { then?: unknown }).then === 'function';

/** A plain iterable may hold promises, as `for await` allows. */
function settled(next: Next): Next | Promise<Next> {
  const { done, value } = next;
  return done !== true && isThenable(value)
    ? Promise.resolve(value).then((item) => ({ done: false, value: item }))
    : next;
}

export class Source {
  readonly #next: () => Next | Promise<Next>;
  readonly #return: () => void;
  readonly #encode: (value: unknown, index: number) => Buffer;
  readonly #held: Buffer[] = [];
  #open: Promise<Next> | undefined;
  #pulled = 0;
  #isDone = false;

  constructor(items: Iterable<unknown> | AsyncIterable<unknown>, encode: (value: unknown, index: number) => Buffer) {
    this.#encode = encode;
    const iterator =
      Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : (items as Iterable<unknown>)[Symbol.iterator]();
    this.#next = Symbol.asyncIterator in items ? () => iterator.next() : () => settled(iterator.next() as Next);
    this.#return = () => {
      // Who made it may clean up; nobody waits for that.
      void (async () => iterator.return?.())().catch(() => undefined);
    };
  }

  /**
   * Resolves when `count` inputs are held, or all there are, or `bytesMax` of them. `isExact`: neither bytes nor a slow source end it
   * earlier. @throws what the source throws, and what is wrong with an input.
   */
  async hold(count: number, isExact: boolean, bytesMax: number): Promise<void> {
    const bytesLimit = isExact ? Number.POSITIVE_INFINITY : bytesMax;
    let bytes = this.#held.reduce((sum, item) => sum + item.length, 0);
    while (!this.#isDone && this.#held.length < count && bytes < bytesLimit) {
      const next = this.#pullNow() ?? (await this.#pulledSoon(isExact || this.#held.length === 0));
      if (next === undefined) return;
      if (next.done === true) {
        this.#isDone = true;
        return;
      }
      let item: Buffer;
      try {
        item = this.#encode(next.value, this.#pulled++);
      } catch (error) {
        this.end();
        throw error;
      }
      this.#held.push(item);
      bytes += item.length;
    }
  }

  /** The next one, where the source gives it at once; else its `next()` is open. A source that throws is done. */
  #pullNow(): Next | undefined {
    if (this.#open !== undefined) return undefined;
    try {
      const given = this.#next();
      if (!isThenable<Next>(given)) return given;
      this.#open = Promise.resolve(given);
      return undefined;
    } catch (error) {
      this.#isDone = true;
      throw error;
    }
  }

  /** The first ones that are held, as many and as many bytes as fit; always one if there is one. They stay until `drop`. */
  peek(count: number, bytesMax: number): Buffer[] {
    const taken: Buffer[] = [];
    let bytes = 0;
    for (const item of this.#held) {
      bytes += item.length;
      if (taken.length >= count || (taken.length > 0 && bytes > bytesMax)) break;
      taken.push(item);
    }
    return taken;
  }

  drop(count: number): void {
    this.#held.splice(0, count);
  }

  /** Is there nothing more, and nothing held? */
  get isEmpty(): boolean {
    return this.#isDone && this.#held.length === 0;
  }

  end(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#open?.catch(() => undefined);
    this.#return();
  }

  /** The open `next()`; undefined when it takes longer than LINGER_MS and `canWait` is false. */
  async #pulledSoon(canWait: boolean): Promise<Next | undefined> {
    const open = this.#open!;
    let timer: NodeJS.Timeout | undefined;
    try {
      const next = canWait
        ? await open
        : await Promise.race([
            open,
            new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), LINGER_MS))),
          ]);
      if (next !== undefined) this.#open = undefined;
      return next;
    } catch (error) {
      this.#isDone = true;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
