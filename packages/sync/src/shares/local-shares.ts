/** One thing of shares in one thread: the words (share-words.ts), the thread's own line before them, and how many shares it has. */
import { inLine, watchedWait } from '../deadlock/async-wait.ts';
import type { OwnCall } from '../deadlock/await-chain.ts';
import { BlockedWait } from '../deadlock/blocked-wait.ts';
import type { WaitSubject } from '../deadlock/subject.ts';
import { FOR_SHARES } from '../deadlock/wait-records.ts';
import { syncError } from '../errors.ts';
import { LocalLine, type SharedPlace } from '../line/local-line.ts';
import { waitInLine } from '../line/wait.ts';
import type { WaitOptions } from '../options.ts';
import { isOrderChecked, noteOrder, type Taking } from '../order/lock-order.ts';
import { Holding } from '../registry/holdings.ts';
import type { Membership } from '../registry/membership.ts';
import type { Opened } from '../registry/shared-memory.ts';
import { IS_POISONED, TAKEN, TAKEN_ABANDONED, TIMED_OUT, WAIT, type Outcome } from '../registry/sleep.ts';
import {
  isPoisoned,
  look,
  placeOf,
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
  readonly #membership: Membership;
  readonly holding: Holding;

  /** `what` is for messages. */
  constructor({ words, number, name, label, membership }: Opened, what: string) {
    this.total = totalShares(words);
    this.#what = what;
    this.#words = words;
    this.#registry = membership.registry;
    this.#me = membership.id;
    this.#membership = membership;
    this.#line = new LocalLine(this, membership.news);
    this.holding = new Holding(number, label, name ?? label, membership.holdings);
  }

  /** Of this thread. */
  get has(): number {
    return this.holding.amount;
  }

  /** Takes shares if that needs no wait; gives whether they are of a dead one, undefined when they were not to be had. @throws SYNC_POISONED. */
  tryTake(amount: number, how: Taking = 'tries'): { abandoned: boolean } | undefined {
    if (this.#line.isEmpty && takeAtOnce(this.#words, this.#registry, this.#me, amount))
      return this.#taken(this.#note(TAKEN, amount), how);
    if (isPoisoned(this.#words)) throw syncError('SYNC_POISONED');
    if (!this.#line.isEmpty || this.has + amount > this.total) return undefined;
    // The process of who has them may have ended, and nobody waits who would find out.
    this.#membership.outside?.check();
    this.enter(amount);
    const outcome = this.look(amount);
    if (outcome !== WAIT) return this.#taken(outcome, how);
    this.leave(amount);
    return undefined;
  }

  /** Waits without blocking. @throws SYNC_POISONED, SYNC_TIMEOUT, SYNC_DEADLOCK, or the reason of the signal. */
  async take(amount: number, options: WaitOptions, call?: OwnCall, name = ''): Promise<{ abandoned: boolean }> {
    const taken = this.tryTake(amount, 'waits');
    if (taken !== undefined) return taken;
    if (options.timeoutMs === 0) throw syncError('SYNC_TIMEOUT', this.#what, 0);
    const begin = inLine(this.#line, amount);
    const watched = watchedWait(this.#membership, this.#awaited(amount), options, call, name, begin);
    return this.#taken(await (watched ?? waitInLine(this.#line, this.#what, amount, options)), 'waits');
  }

  /** Blocks. @throws SYNC_POISONED, SYNC_TIMEOUT, SYNC_DEADLOCK. */
  takeSync(amount: number, timeoutMs: number, call: string): { abandoned: boolean } {
    if (this.#line.isEmpty && takeAtOnce(this.#words, this.#registry, this.#me, amount))
      return this.#taken(this.#note(TAKEN, amount), 'blocks');
    const endMs = performance.now() + timeoutMs;
    const place = () => placeOf(this.#words, this.#me);
    const subject = (): WaitSubject => ({ ...this.#awaited(amount), place, isWaiting: () => place() !== undefined });
    const wait = endMs === Infinity ? new BlockedWait(this.#membership, call, subject()) : undefined;
    const outcome = this.#line.lend(amount, () =>
      sleepForShares(this.#words, this.#registry, this.#me, amount, endMs, wait?.beforeSleep),
    );
    try {
      wait?.end(outcome);
      this.#note(outcome, amount);
    } finally {
      this.#line.goOn();
    }
    if (outcome === TIMED_OUT) throw syncError('SYNC_TIMEOUT', this.#what, timeoutMs);
    return this.#taken(outcome, 'blocks');
  }

  giveUp(amount: number): void {
    this.holding.set(this.has - amount);
    release(this.#words, this.#registry, this.#me, amount);
    this.#line.lookNow();
  }

  repair(): void {
    repair(this.#words);
  }

  poison(): void {
    this.holding.set(0);
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

  #awaited(amount: number): WaitSubject {
    const { number, label } = this.holding;
    return { kind: FOR_SHARES, number, label, total: this.total, want: amount };
  }

  #note(outcome: Outcome, amount: number): Outcome {
    if (outcome === TAKEN || outcome === TAKEN_ABANDONED) this.holding.set(this.has + amount);
    return outcome;
  }

  #taken(outcome: Outcome, how: Taking): { abandoned: boolean } {
    if (outcome === IS_POISONED) throw syncError('SYNC_POISONED');
    if (isOrderChecked) noteOrder(this.#membership, this.holding, how);
    return { abandoned: outcome === TAKEN_ABANDONED };
  }
}
