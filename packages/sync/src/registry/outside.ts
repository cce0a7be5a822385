/**
 * Sleep and wake-up across processes, for one thread in one registry, and its part in finding out which processes have ended.
 *
 * A thread that blocks sleeps on the word itself (futex), in slices: after each one it looks at the processes, if it is time to, and a slice is
 * also how long `terminate()` may take, which can't end a sleep of the system. A thread that waits has a helper of the addon that
 * sleeps for it and tells its event loop; it starts with the first wait and stays. Nobody sleeps, and nothing was started, as
 * long as all locks are free.
 *
 * Why no news is lost: as in lives.ts; the kernel compares the word in one step with falling asleep, and the helper tells of every value that
 * it has not told of before. A thread for which the system has no helper looks again after each slice.
 */
import { originIn, slotOf, type Outside } from './lives.ts';
import type { AsyncOutside } from './news.ts';
import { osServices } from './os-services.ts';
import { hasEnded, pidOf } from './process-life.ts';
import { CHECK_MS, endEnded, mayCheck, type ProcessWords } from './processes.ts';

export class ProcessOutside implements Outside, AsyncOutside {
  readonly tickMs = CHECK_MS;
  readonly #words: ProcessWords;
  readonly #identity: bigint;
  readonly #services = osServices();
  #hasHelper: boolean | undefined;
  /** Ends the sleep of this thread's asynchronous waiters. */
  #wake: () => void = () => {};

  constructor(words: ProcessWords, identity: bigint) {
    this.#words = words;
    this.#identity = identity;
  }

  wake(word: number): void {
    this.#services.wakeWord(this.#words.registry, word);
  }

  wait(word: number, value: number, timeoutMs: number): 'ok' | 'not-equal' | 'timed-out' {
    const { registry } = this.#words;
    const endMs = performance.now() + timeoutMs;
    for (;;) {
      this.check();
      if (Atomics.load(registry, word) !== value) return 'not-equal';
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) return 'timed-out';
      if (this.#services.waitOnWord(registry, word, value, Math.min(leftMs, CHECK_MS)) === 'ok') return 'ok';
    }
  }

  /** As `Atomics.waitAsync`, for one sleep at a time. `word` is the same each time. */
  waitAsync(
    word: number,
    value: number,
  ): { readonly async: false } | { readonly async: true; readonly value: Promise<unknown> } {
    this.#hasHelper ??= this.#startHelper(word);
    if (Atomics.load(this.#words.registry, word) !== value) return { async: false };
    return { async: true, value: new Promise<void>((resolve) => (this.#wake = resolve)) };
  }

  /** Every CHECK_MS while somebody waits. */
  tick(): void {
    this.check();
    if (this.#hasHelper === false) this.#wake();
  }

  /** Looks at the processes, if nobody has done so for a while. True: one had ended. */
  check(): boolean {
    return mayCheck(this.#words, nowMs()) && this.endEnded();
  }

  endEnded(): boolean {
    return endEnded(this.#words, this.#identity, hasEnded);
  }

  /** The number of the process of the thread `id`, for messages. */
  pidOf(id: number): number {
    const { registry, identities } = this.#words;
    return pidOf(Atomics.load(identities, slotOf(originIn(registry, id))));
  }

  #startHelper(word: number): boolean {
    try {
      const event = this.#services.createEventFd();
      this.#services.forwardWord(this.#words.registry, word, event);
      event.watch(() => this.#wake());
      // Waiters keep the program alive (news.ts), not this.
      event.unref();
      return true;
    } catch {
      // Out of descriptors or threads.
      return false;
    }
  }
}

/** Of the clock that all processes of a machine share. */
function nowMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return Math.floor(seconds * 1e3 + nanoseconds / 1e6) | 0;
}
