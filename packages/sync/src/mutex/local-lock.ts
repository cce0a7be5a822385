/** One mutex in one thread: the lock (lock-word.ts) and the thread's own line before it. */
import { syncError } from '../errors.ts';
import { LocalLine, type SharedPlace } from '../line/local-line.ts';
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
  readonly #registry: Int32Array;
  readonly #me: number;
  /** The requests of this thread. */
  readonly line: LocalLine;
  #isHeld = false;

  constructor({ words, number, membership }: Opened) {
    this.words = words;
    this.number = number;
    this.membership = membership;
    this.#registry = membership.registry;
    this.#me = membership.id;
    this.line = new LocalLine(this, membership.news);
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Takes the lock if that needs no wait. @throws SYNC_POISONED. */
  tryLock(): MutexGuard | undefined {
    if (!this.line.isEmpty || this.#isHeld) return undefined;
    if (tryTake(this.words, this.#me)) return this.#guard(false);
    if (isPoisoned(this.words)) throw syncError('SYNC_POISONED');
    if (isOutOfReach(this.words, this.#registry)) return undefined;
    request(this.words, this.#me);
    const outcome = this.look();
    if (outcome !== WAIT) return this.taken(outcome);
    this.leave();
    return undefined;
  }

  /** Blocks until `endMs` of `performance.now()`. @throws SYNC_POISONED. Undefined: it was not to be had until then. */
  lockSync(endMs: number): MutexGuard | undefined {
    if (this.line.isEmpty && tryTake(this.words, this.#me)) return this.#guard(false);
    const outcome = this.line.lend(1, () => sleepForLock(this.words, this.#registry, this.#me, endMs));
    try {
      return outcome === TIMED_OUT ? undefined : this.taken(outcome);
    } finally {
      this.line.goOn();
    }
  }

  /** The guard of who was given the lock. @throws SYNC_POISONED. */
  taken(outcome: Outcome): MutexGuard {
    if (outcome === IS_POISONED) throw syncError('SYNC_POISONED');
    return this.#guard(outcome === TAKEN_ABANDONED);
  }

  giveUp(): void {
    this.#isHeld = false;
    if (!release(this.words, this.#registry, this.#me)) throw syncError('SYNC_NOT_HELD', 'release()');
    this.line.lookNow();
  }

  repair(): void {
    repair(this.words);
  }

  poison(): void {
    this.#isHeld = false;
    if (!poison(this.words, this.#registry, this.#me)) throw syncError('SYNC_NOT_HELD', 'poison()');
    this.line.lookNow();
  }

  // The place in the shared line, for the thread's own.

  enter(): void {
    request(this.words, this.#me);
  }

  look(): Outcome {
    const outcome = look(this.words, this.#registry, this.#me);
    if (outcome !== WAIT && outcome !== IS_POISONED) this.#isHeld = true;
    return outcome;
  }

  leave(): void {
    withdraw(this.words, this.#registry, this.#me);
  }

  /** One request is like another. */
  change(): void {}

  #guard(isAbandoned: boolean): MutexGuard {
    this.#isHeld = true;
    return new MutexGuard(this, isAbandoned);
  }
}
