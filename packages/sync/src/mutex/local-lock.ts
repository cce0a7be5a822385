/** One mutex in one thread: the lock (lock-word.ts) and the thread's own line before it. */
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
import { IS_POISONED, TAKEN_ABANDONED, TIMED_OUT, WAIT, type Outcome } from '../registry/sleep.ts';
import { MutexGuard, type GuardedLock } from '../line/guard.ts';
import {
  isOutOfReach,
  isPoisoned,
  look,
  poison,
  release,
  repair,
  request,
  sleepForLock,
  tryTake,
  withdraw,
} from './lock-word.ts';

export class LocalLock implements GuardedLock, SharedPlace {
  readonly words: Int32Array;
  readonly number: number;
  readonly membership: Membership;
  readonly holding: Holding;
  readonly #registry: Int32Array;
  readonly #me: number;
  /** The requests of this thread. */
  readonly line: LocalLine;
  readonly #awaited: WaitSubject;

  constructor({ words, number, name, label, membership }: Opened) {
    this.words = words;
    this.number = number;
    this.membership = membership;
    this.#registry = membership.registry;
    this.#me = membership.id;
    this.line = new LocalLine(this, membership.news);
    this.holding = new Holding(number, label, name ?? label, membership.holdings);
    this.#awaited = { kind: FOR_SHARES, number, label, total: 1, want: 1 };
  }

  get isHeld(): boolean {
    return this.holding.amount !== 0;
  }

  /** Takes the lock if that needs no wait. @throws SYNC_POISONED. */
  tryLock(how: Taking = 'tries'): MutexGuard | undefined {
    if (!this.line.isEmpty || this.isHeld) return undefined;
    if (tryTake(this.words, this.#me)) return this.#guard(false, how);
    if (isPoisoned(this.words)) throw syncError('SYNC_POISONED');
    // Its owner's process may have ended, and nobody waits who would find out.
    this.membership.outside?.check();
    if (isOutOfReach(this.words, this.#registry)) return undefined;
    request(this.words, this.#me);
    const outcome = this.look();
    if (outcome !== WAIT) return this.taken(outcome, how);
    this.leave();
    return undefined;
  }

  /** Waits without blocking. @throws SYNC_POISONED, SYNC_TIMEOUT, SYNC_DEADLOCK, or the reason of the signal. */
  async wait(what: string, options: WaitOptions, call?: OwnCall, name = ''): Promise<MutexGuard> {
    const watched = watchedWait(this.membership, this.#awaited, options, call, name, inLine(this.line, 1));
    return this.taken(await (watched ?? waitInLine(this.line, what, 1, options)));
  }

  /**
   * Blocks for `timeoutMs` at most. Undefined: it was not to be had until then.
   * @throws SYNC_POISONED; SYNC_DEADLOCK, if it `canFail`.
   */
  lockSync(timeoutMs: number, call: string, canFail = true): MutexGuard | undefined {
    if (this.line.isEmpty && tryTake(this.words, this.#me)) return this.#guard(false, 'blocks');
    const endMs = performance.now() + timeoutMs;
    const awaited = canFail ? this.#awaited : { ...this.#awaited, canFail };
    const wait = endMs === Infinity ? new BlockedWait(this.membership, call, awaited) : undefined;
    const outcome = this.line.lend(1, () =>
      sleepForLock(this.words, this.#registry, this.#me, endMs, wait?.beforeSleep),
    );
    try {
      wait?.end(outcome);
      return outcome === TIMED_OUT ? undefined : this.taken(outcome, 'blocks');
    } finally {
      this.line.goOn();
    }
  }

  /** The guard of who was given the lock. @throws SYNC_POISONED. */
  taken(outcome: Outcome, how: Taking = 'waits'): MutexGuard {
    if (outcome === IS_POISONED) throw syncError('SYNC_POISONED');
    return this.#guard(outcome === TAKEN_ABANDONED, how);
  }

  giveUp(): void {
    this.holding.set(0);
    if (!release(this.words, this.#registry, this.#me)) throw syncError('SYNC_NOT_HELD', 'release()');
    this.line.lookNow();
  }

  repair(): void {
    repair(this.words);
  }

  poison(): void {
    this.holding.set(0);
    if (!poison(this.words, this.#registry, this.#me)) throw syncError('SYNC_NOT_HELD', 'poison()');
    this.line.lookNow();
  }

  // The place in the shared line, for the thread's own.

  enter(): void {
    request(this.words, this.#me);
  }

  look(): Outcome {
    const outcome = look(this.words, this.#registry, this.#me);
    if (outcome !== WAIT && outcome !== IS_POISONED) this.holding.set(1);
    return outcome;
  }

  leave(): void {
    withdraw(this.words, this.#registry, this.#me);
  }

  /** One request is like another. */
  change(): void {}

  #guard(isAbandoned: boolean, how: Taking): MutexGuard {
    this.holding.set(1);
    if (isOrderChecked) noteOrder(this.membership, this.holding, how);
    return new MutexGuard(this, isAbandoned);
  }
}
