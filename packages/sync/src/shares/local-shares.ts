/** One thing of shares in one thread: the words (share-words.ts), the thread's own line before them, and how many shares it has. */
import { syncError } from '../errors.ts';
import { LocalLine, type SharedPlace } from '../line/local-line.ts';
import { waitInLine } from '../line/wait.ts';
import type { WaitOptions } from '../options.ts';
import type { Opened } from '../registry/shared-memory.ts';
import { IS_POISONED, TAKEN, TAKEN_ABANDONED, TIMED_OUT, WAIT, type Outcome } from '../registry/sleep.ts';
import {
  isPoisoned,
  look,
  poison,
  release,
  repair,
  request,
  sleepForShares,
  takeAtOnce,
  totalShares,
  withdraw,
} from './share-words.ts';

export class LocalShares implements SharedPlace {
  readonly total: number;
  readonly #what: string;
  readonly #words: Int32Array;
  readonly #registry: Int32Array;
  readonly #me: number;
  readonly #line: LocalLine;
  #has = 0;

  /** `what` is for messages. */
  constructor({ words, membership }: Opened, what: string) {
    this.total = totalShares(words);
    this.#what = what;
    this.#words = words;
    this.#registry = membership.registry;
    this.#me = membership.id;
    this.#line = new LocalLine(this, membership.news);
  }

  /** Of this thread. */
  get has(): number {
    return this.#has;
  }

  /** Takes shares if that needs no wait; gives whether they are of a dead one, undefined when they were not to be had. @throws SYNC_POISONED. */
  tryTake(amount: number): { abandoned: boolean } | undefined {
    if (this.#line.isEmpty && takeAtOnce(this.#words, this.#registry, this.#me, amount))
      return this.#taken(this.#note(TAKEN, amount));
    if (isPoisoned(this.#words)) throw syncError('SYNC_POISONED');
    if (!this.#line.isEmpty || this.#has + amount > this.total) return undefined;
    this.enter(amount);
    const outcome = this.look(amount);
    if (outcome !== WAIT) return this.#taken(outcome);
    this.leave(amount);
    return undefined;
  }

  /** Waits without blocking. @throws SYNC_POISONED, SYNC_TIMEOUT, or the reason of the signal. */
  async take(amount: number, options: WaitOptions): Promise<{ abandoned: boolean }> {
    const taken = this.tryTake(amount);
    if (taken !== undefined) return taken;
    if (options.timeoutMs === 0) throw syncError('SYNC_TIMEOUT', this.#what, 0);
    return this.#taken(await waitInLine(this.#line, this.#what, amount, options));
  }

  /** Blocks. @throws SYNC_POISONED, SYNC_TIMEOUT. */
  takeSync(amount: number, timeoutMs: number): { abandoned: boolean } {
    if (this.#line.isEmpty && takeAtOnce(this.#words, this.#registry, this.#me, amount))
      return this.#taken(this.#note(TAKEN, amount));
    const endMs = performance.now() + timeoutMs;
    const outcome = this.#line.lend(amount, () => {
      const outcome = sleepForShares(this.#words, this.#registry, this.#me, amount, endMs);
      return this.#note(outcome, amount);
    });
    this.#line.goOn();
    if (outcome === TIMED_OUT) throw syncError('SYNC_TIMEOUT', this.#what, timeoutMs);
    return this.#taken(outcome);
  }

  giveUp(amount: number): void {
    this.#has -= amount;
    release(this.#words, this.#registry, this.#me, amount);
    this.#line.lookNow();
  }

  repair(): void {
    repair(this.#words);
  }

  poison(): void {
    this.#has = 0;
    poison(this.#words, this.#registry, this.#me);
    this.#line.lookNow();
  }

  // The place in the shared line, for the thread's own.

  enter(amount: number): void {
    request(this.#words, this.#registry, this.#me, amount);
  }

  look(amount: number): Outcome {
    return this.#note(look(this.#words, this.#registry, this.#me, amount), amount);
  }

  leave(amount: number): void {
    withdraw(this.#words, this.#registry, this.#me, amount);
  }

  /** A wish of another size begins at the end of the line. */
  change(from: number, to: number): void {
    if (from === to) return;
    this.leave(from);
    this.enter(to);
  }

  #note(outcome: Outcome, amount: number): Outcome {
    if (outcome !== WAIT && outcome !== TIMED_OUT && outcome !== IS_POISONED) this.#has += amount;
    return outcome;
  }

  #taken(outcome: Outcome): { abandoned: boolean } {
    if (outcome === IS_POISONED) throw syncError('SYNC_POISONED');
    return { abandoned: outcome === TAKEN_ABANDONED };
  }
}
