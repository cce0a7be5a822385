/**
 * Sleep of the asynchronous waiters of one thread: all of them share one `Atomics.waitAsync` on the thread's word in the registry, and
 * each looks for itself when there is news.
 *
 * No news is lost: the word is loaded before everybody looks, and the sleep begins only if it is still unchanged (lives.ts). Who
 * joins while the thread sleeps looks once: what came before that look is seen by it, what comes after it ends the sleep.
 */

/** ECMAScript 2024; every supported version of Node has it. */
const { waitAsync } = Atomics as typeof Atomics & {
  waitAsync(
    words: Int32Array,
    index: number,
    value: number,
  ): { readonly async: false } | { readonly async: true; readonly value: Promise<unknown> };
};

/** The longest interval there is: its handle keeps the program alive, the call does nothing. */
const KEEP_ALIVE_MS = 2 ** 31 - 1;

/** How threads of several processes sleep and are woken, in place of `Atomics`. */
export interface AsyncOutside {
  waitAsync: (
    word: number,
    value: number,
  ) => { readonly async: false } | { readonly async: true; readonly value: Promise<unknown> };
  /** To be called so often as long as somebody waits. */
  tick: () => void;
  readonly tickMs: number;
}

export class News {
  readonly #registry: Int32Array;
  readonly #park: number;
  readonly #outside: AsyncOutside | undefined;
  readonly #waiters = new Set<() => boolean>();
  #isAsleep = false;
  /** A sleep in `waitAsync` alone doesn't keep the program alive, a waiter has to. */
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(registry: Int32Array, park: number, outside?: AsyncOutside) {
    this.#registry = registry;
    this.#park = park;
    this.#outside = outside;
  }

  /** Calls `look` now and whenever there is news, until it gives true. */
  wait(look: () => boolean): void {
    this.#waiters.add(look);
    if (!this.#isAsleep) this.#lookAndSleep();
    else if (look()) this.leave(look);
    if (this.#waiters.size > 0)
      this.#keepAlive ??= setInterval(() => this.#outside?.tick(), this.#outside?.tickMs ?? KEEP_ALIVE_MS);
  }

  /** Everybody looks now: this thread is blocked, and the sleep ends later. */
  lookNow(): void {
    for (const look of this.#waiters) if (look()) this.leave(look);
  }

  /** `look` waits no longer. */
  leave(look: () => boolean): void {
    this.#waiters.delete(look);
    this.#mayEnd();
  }

  #lookAndSleep(): void {
    while (this.#waiters.size > 0) {
      const news = Atomics.load(this.#registry, this.#park);
      for (const look of this.#waiters) if (look()) this.#waiters.delete(look);
      if (this.#waiters.size === 0) break;
      const sleep =
        this.#outside === undefined
          ? waitAsync(this.#registry, this.#park, news)
          : this.#outside.waitAsync(this.#park, news);
      if (!sleep.async) continue;
      void this.#sleep(sleep.value);
      break;
    }
    this.#mayEnd();
  }

  async #sleep(end: Promise<unknown>): Promise<void> {
    this.#isAsleep = true;
    await end;
    this.#isAsleep = false;
    this.#lookAndSleep();
  }

  /** With nobody left the sleep goes on, for whoever waits next: it holds neither the program nor more than its promise. */
  #mayEnd(): void {
    if (this.#waiters.size > 0) return;
    clearInterval(this.#keepAlive);
    this.#keepAlive = undefined;
  }
}
