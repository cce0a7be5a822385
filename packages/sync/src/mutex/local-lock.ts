/**
 * One mutex in one thread. The thread has one place in the shared line (lock-word.ts); its asynchronous requests stand in a line of their
 * own here, and the first of them uses that place. So threads take turns, however many requests each has.
 *
 * A blocking wait uses the same place, before the asynchronous requests: they could not go on meanwhile anyway.
 */
import { syncError } from '../errors.ts';
import type { Membership } from '../registry/membership.ts';
import { MutexGuard, type GuardedLock } from './guard.ts';
import {
  IS_POISONED,
  isOutOfReach,
  isPoisoned,
  look,
  poison,
  release,
  repair,
  request,
  sleepForLock,
  TAKEN_ABANDONED,
  TIMED_OUT,
  tryTake,
  WAIT,
  withdraw,
  type Outcome,
} from './lock-word.ts';

interface Request {
  readonly take: (guard: MutexGuard) => void;
  readonly fail: (error: unknown) => void;
}

export class LocalLock implements GuardedLock {
  readonly #words: Int32Array;
  readonly #membership: Membership;
  readonly #registry: Int32Array;
  readonly #me: number;
  readonly #requests: Request[] = [];
  /** Does the first of the requests stand in the shared line? */
  #isInLine = false;
  #isHeld = false;

  constructor(words: Int32Array, membership: Membership) {
    this.#words = words;
    this.#membership = membership;
    this.#registry = membership.registry;
    this.#me = membership.id;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Takes the lock if that needs no wait. @throws SYNC_POISONED. */
  tryLock(): MutexGuard | undefined {
    if (this.#requests.length > 0 || this.#isHeld) return undefined;
    if (tryTake(this.#words, this.#me)) return this.#guard(false);
    if (isPoisoned(this.#words)) throw syncError('SYNC_POISONED');
    if (isOutOfReach(this.#words, this.#registry)) return undefined;
    request(this.#words, this.#me);
    const outcome = look(this.#words, this.#registry, this.#me);
    if (outcome !== WAIT) return this.#taken(outcome);
    withdraw(this.#words, this.#registry, this.#me);
    return undefined;
  }

  /** Blocks until `endMs` of `performance.now()`. @throws SYNC_POISONED. Undefined: it was not to be had until then. */
  lockSync(endMs: number): MutexGuard | undefined {
    if (this.#requests.length === 0 && tryTake(this.#words, this.#me)) return this.#guard(false);
    if (!this.#isInLine) request(this.#words, this.#me);
    const outcome = sleepForLock(this.#words, this.#registry, this.#me, endMs);
    this.#isInLine = false;
    try {
      return outcome === TIMED_OUT ? undefined : this.#taken(outcome);
    } finally {
      this.#advance();
    }
  }

  /** Waits in line behind the other requests of this thread. */
  ask(request: Request): void {
    this.#requests.push(request);
    this.#advance();
  }

  /** Takes back what was asked and has not been answered yet. */
  leave(request: Request): void {
    const at = this.#requests.indexOf(request);
    if (at < 0) return;
    this.#requests.splice(at, 1);
    // The next one goes on with the place in the shared line.
    if (this.#requests.length > 0 || !this.#isInLine) return;
    this.#isInLine = false;
    this.#membership.news.leave(this.#look);
    withdraw(this.#words, this.#registry, this.#me);
  }

  giveUp(): void {
    this.#isHeld = false;
    if (!release(this.#words, this.#registry, this.#me)) throw syncError('SYNC_NOT_HELD', 'release()');
    this.#lookNow();
  }

  repair(): void {
    repair(this.#words);
  }

  poison(): void {
    this.#isHeld = false;
    if (!poison(this.#words, this.#registry, this.#me)) throw syncError('SYNC_NOT_HELD', 'poison()');
    this.#lookNow();
  }

  /** Puts the first request in the shared line, if it is not there. */
  #advance(): void {
    if (this.#isInLine || this.#requests.length === 0) return;
    this.#isInLine = true;
    request(this.#words, this.#me);
    this.#membership.news.wait(this.#look);
  }

  /** This thread has changed the lock by itself, of which nobody tells it. */
  #lookNow(): void {
    if (this.#isInLine && this.#look()) this.#membership.news.leave(this.#look);
  }

  /** Called when there is news. True: all requests were answered. */
  readonly #look = (): boolean => {
    while (this.#isInLine) {
      const outcome = look(this.#words, this.#registry, this.#me);
      if (outcome === WAIT) return false;
      const { take, fail } = this.#requests.shift()!;
      if (outcome === IS_POISONED) fail(syncError('SYNC_POISONED'));
      else take(this.#taken(outcome));
      this.#isInLine = this.#requests.length > 0;
      if (this.#isInLine) request(this.#words, this.#me);
    }
    return true;
  };

  #taken(outcome: Outcome): MutexGuard {
    if (outcome === IS_POISONED) throw syncError('SYNC_POISONED');
    return this.#guard(outcome === TAKEN_ABANDONED);
  }

  #guard(isAbandoned: boolean): MutexGuard {
    this.#isHeld = true;
    return new MutexGuard(this, isAbandoned);
  }
}
