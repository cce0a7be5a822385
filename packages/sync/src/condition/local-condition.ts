/** One condition in one thread: the words (condition-words.ts), the mutex, and the thread's own requests that wait. */
import { syncError } from '../errors.ts';
import { giveBack, lendOut, lockOf, type MutexGuard } from '../line/guard.ts';
import { waitForNews } from '../line/wait.ts';
import type { LocalLock } from '../mutex/local-lock.ts';
import type { WaitOptions } from '../options.ts';
import { sleep, TAKEN, WAIT } from '../registry/sleep.ts';
import { callAll, calledBack, callOne, comeBack, enlist, isInNeed } from './condition-words.ts';

const FOR_EVER: WaitOptions = { timeoutMs: Infinity, signal: undefined };

/** One call of `wait`. */
interface Waiter {
  /** It goes for the mutex because of a call, not of anything else. */
  isCalled: boolean;
}

export class LocalCondition {
  readonly lock: LocalLock;
  readonly #words: Int32Array;
  readonly #registry: Int32Array;
  readonly #me: number;
  /** How many of the requests that were called are on their way to the mutex. */
  #onTheirWay = 0;

  constructor(words: Int32Array, lock: LocalLock) {
    this.#words = words;
    this.lock = lock;
    this.#registry = lock.membership.registry;
    this.#me = lock.membership.id;
  }

  /** @throws SYNC_ARGUMENT, SYNC_NOT_HELD: not a guard that has the mutex. */
  check(call: string, guard: MutexGuard): void {
    const given: unknown = guard;
    if (typeof given !== 'object' || given === null || lockOf(guard) !== this.lock)
      throw syncError('SYNC_ARGUMENT', `the guard of ${call}`, 'a guard of the mutex of this condition', 'another');
    if (!guard.isHeld) throw syncError('SYNC_NOT_HELD', call);
  }

  callOne(): void {
    callOne(this.#words, this.#registry);
  }

  callAll(): void {
    callAll(this.#words, this.#registry);
  }

  async wait(guard: MutexGuard, { timeoutMs, signal }: WaitOptions): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    const waiter = this.#enter(guard);
    for (;;) {
      const leftMs = endMs - performance.now();
      const over = await waitForNews(this.lock.membership.news, () => this.#mayGo(waiter), {
        timeoutMs: leftMs,
        signal,
      });
      const again = await this.lock.wait('the mutex', FOR_EVER);
      if (this.#isBack(waiter, again, over !== undefined)) return giveBack(guard, again.abandoned);
      if (over !== undefined) {
        giveBack(guard, again.abandoned);
        throw over === 'aborted' ? signal!.reason : syncError('SYNC_TIMEOUT', 'a call', timeoutMs);
      }
      again.release();
    }
  }

  waitSync(guard: MutexGuard, timeoutMs: number): void {
    const endMs = performance.now() + timeoutMs;
    const waiter = this.#enter(guard);
    for (;;) {
      const look = () => (this.#mayGo(waiter) ? TAKEN : WAIT);
      const isOver = sleep(this.#registry, this.#me, endMs, look) === WAIT;
      const again = this.lock.lockSync(Infinity, 'waitSync()', false)!;
      if (this.#isBack(waiter, again, isOver)) return giveBack(guard, again.abandoned);
      if (isOver) {
        giveBack(guard, again.abandoned);
        throw syncError('SYNC_TIMEOUT', 'a call', timeoutMs);
      }
      again.release();
    }
  }

  #enter(guard: MutexGuard): Waiter {
    enlist(this.#words, this.#registry, this.#me);
    lendOut(guard);
    this.lock.giveUp();
    return { isCalled: false };
  }

  /** Is there a reason to go for the mutex? */
  #mayGo(waiter: Waiter): boolean {
    if (calledBack(this.#words, this.#me) > this.#onTheirWay) {
      waiter.isCalled = true;
      this.#onTheirWay++;
      return true;
    }
    return isInNeed(this.#words, this.lock.words, this.#registry);
  }

  /** With the mutex back: true when the wait ends well. */
  #isBack(waiter: Waiter, { abandoned }: MutexGuard, isOver: boolean): boolean {
    if (waiter.isCalled) this.#onTheirWay--;
    waiter.isCalled = false;
    // Whoever is told that the mutex was abandoned has to see to it.
    return comeBack(this.#words, this.#registry, this.#me, isOver || abandoned) || abandoned;
  }
}
