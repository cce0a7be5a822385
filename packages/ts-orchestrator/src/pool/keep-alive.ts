/**
 * One ref'd handle per pool while anything is promised (a start, a task, a drain, a close), none otherwise: an idle pool never
 * holds the program, and a program never ends before what it waits for.
 *
 * The handle stays from the first promise on and is only marked: a pool whose calls are awaited one by one comes here twice for each.
 */
export class KeepAlive {
  #holds = 0;
  #handle: NodeJS.Timeout | undefined;

  /** `count`: promises, each with a `release` of its own. */
  hold(count = 1): void {
    const wasHeld = this.#holds > 0;
    this.#holds += count;
    if (wasHeld) return;
    // A timer that has nothing to do: it fires every 24 days.
    if (this.#handle === undefined) this.#handle = setInterval(() => {}, 2 ** 31 - 1);
    else this.#handle.ref();
  }

  release(): void {
    if (--this.#holds === 0) this.#handle!.unref();
  }

  async holdWhile<T>(wait: Promise<T>): Promise<T> {
    this.hold();
    try {
      return await wait;
    } finally {
      this.release();
    }
  }

  /** Nothing is promised any more, for good. */
  end(): void {
    clearInterval(this.#handle);
  }
}
