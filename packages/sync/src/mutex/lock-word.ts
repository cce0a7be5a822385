/**
 * The lock itself: what the threads that share a mutex do to its words. Knows owner ids and who lives, nothing of promises.
 *
 * | word | written by | says |
 * | --- | --- | --- |
 * | `LOCK` | everybody, by compare-and-swap or a single bit | who has the lock, and four bits |
 * | `TICKETS` | who asks, by adding | the next place in the line |
 * | `TICKET` of a slot | the thread in it, before its `WANT` | its place in the line |
 * | `WANT` of a slot | the thread in it; set to 0 by others once that thread is dead | its id while it wants the lock, else 0 |
 *
 *     LOCK = owner id | POISONED | ABANDONED | GRANTED | WAITING
 *
 *     free ──take──> held ──release, nobody waits──> free
 *                     │──release, somebody waits──> granted to the first ──it claims──> held
 *                     │──owner died──> free, ABANDONED ──granted and claimed──> held, ABANDONED ──repair──> held
 *                     └──poison──> poisoned, for ever
 *     granted ──it died, or no longer wants the lock──> free, and on to the next
 *
 * Mutual exclusion: an owner is written only where none was (`tryTake`, a grant) or by the owner itself (a release that grants), each by
 * compare-and-swap of the whole word; a living owner is removed only by itself.
 *
 * Order: a ticket is drawn, the wish is written, and the lock goes to the smallest ticket among the wishes of the living. While
 * WAITING is set the word is never 0, so nobody can take it past those who wait.
 *
 * Why no wake-up is lost:
 * 1. Who wants the lock writes `WANT`, then looks at `LOCK`, and sees to it that WAITING is set there before it sleeps. Who gives the
 *    lock up with WAITING set looks for wishes. With WAITING set but no wish found, the word becomes 0 and is followed by a second look
 *    for wishes: a wish written before that look is found by it (and WAITING set again), one written after it sees the word at 0.
 * 2. Who grants wakes, then looks again whether the one it granted to lives and still wants the lock (`settle`). Who goes away sets
 *    `WANT` to 0, then looks whether it was granted the lock meanwhile. One of the two sees the other, and grants on.
 * 3. Every one of these steps may be the last of a thread. Its death is news to every thread that sleeps (lives.ts), each of which then
 *    looks at the lock as if it had just asked: it ends a dead owner's hold, takes back a grant that nobody claims, grants a lock that is
 *    free, and sets WAITING. So what a dead thread left undone is done by those who wait for it, or by the next to come.
 *
 * A claim ends the grant before it withdraws the wish, so a grant whose wish is gone has been given up. A grant that was given up may be
 * taken back twice, or a valid one by who saw the wish of an earlier request gone: only a grant is lost by that, and given again.
 *
 * All accesses are sequentially consistent. The test drives this very file, one access at a time, through every order of steps.
 */
import { isAlive, MAX_THREADS, slotOf, tell, tellAll, usedSlots } from '../registry/lives.ts';
import {
  IS_DEADLOCKED,
  IS_POISONED,
  sleep,
  TAKEN,
  TAKEN_ABANDONED,
  TIMED_OUT,
  WAIT,
  type BeforeSleep,
  type Outcome,
} from '../registry/sleep.ts';

/** The words before it are the header (shared-memory.ts). */
const LOCK = 16;
const TICKETS = 17;
/** Of who puts something of its own beside the lock. */
export const MUTEX_FREE_WORD = 24;
const WANTS = 32;
export const MUTEX_WORDS = WANTS + 2 * MAX_THREADS;

const WAITING = 1;
const GRANTED = 2;
const ABANDONED = 4;
const POISONED = 8;
const OWNER_MASK = ~15;

const wantOf = (slot: number): number => WANTS + 2 * slot;
const ticketOf = (slot: number): number => WANTS + 2 * slot + 1;

/** Takes a lock that is free, was not abandoned, and that nobody waits for. */
export function tryTake(words: Int32Array, me: number): boolean {
  return Atomics.compareExchange(words, LOCK, 0, me) === 0;
}

export function isPoisoned(words: Int32Array): boolean {
  return (Atomics.load(words, LOCK) & POISONED) !== 0;
}

/** Has an owner died with it, and nobody repaired since, or was it poisoned? Then who waits for something else with its help must look. */
export function isIll(words: Int32Array, registry: Int32Array): boolean {
  const lock = Atomics.load(words, LOCK);
  if ((lock & (ABANDONED | POISONED)) !== 0) return true;
  const owner = lock & OWNER_MASK;
  return owner !== 0 && (lock & GRANTED) === 0 && !isAlive(registry, owner);
}

/** Does a living thread have the lock? Then there is nothing to take without waiting. */
export function isOutOfReach(words: Int32Array, registry: Int32Array): boolean {
  const owner = Atomics.load(words, LOCK) & OWNER_MASK;
  return owner !== 0 && isAlive(registry, owner);
}

/** Does this thread have the lock? */
export function isHolder(words: Int32Array, me: number): boolean {
  return (Atomics.load(words, LOCK) & (OWNER_MASK | GRANTED)) === me;
}

/** Gets in line, at its end. To be followed by looks until one ends with anything but WAIT, or by `withdraw`. */
export function request(words: Int32Array, me: number): void {
  const slot = slotOf(me);
  Atomics.store(words, ticketOf(slot), Atomics.add(words, TICKETS, 1));
  Atomics.store(words, wantOf(slot), me);
}

/** After `request`, and whenever there is news: takes what was granted, and sees to it that there will be news. */
export function look(words: Int32Array, registry: Int32Array, me: number): Outcome {
  for (;;) {
    const lock = settle(words, registry, me);
    if ((lock & POISONED) !== 0) {
      Atomics.store(words, wantOf(slotOf(me)), 0);
      return IS_POISONED;
    }
    if ((lock & (OWNER_MASK | GRANTED)) === (me | GRANTED)) {
      if (Atomics.compareExchange(words, LOCK, lock, lock & ~GRANTED) !== lock) continue;
      Atomics.store(words, wantOf(slotOf(me)), 0);
      return (lock & ABANDONED) === 0 ? TAKEN : TAKEN_ABANDONED;
    }
    if ((lock & WAITING) !== 0) return WAIT;
    Atomics.compareExchange(words, LOCK, lock, lock | WAITING);
  }
}

/** Leaves the line, and hands on what came too late. */
export function withdraw(words: Int32Array, registry: Int32Array, me: number): void {
  Atomics.store(words, wantOf(slotOf(me)), 0);
  settle(words, registry, me);
}

/** Gives the lock up. False: this thread doesn't have it. */
export function release(words: Int32Array, registry: Int32Array, me: number): boolean {
  if (Atomics.compareExchange(words, LOCK, me, 0) === me) return true;
  for (;;) {
    const lock = Atomics.load(words, LOCK);
    if ((lock & (OWNER_MASK | GRANTED)) !== me) return false;
    const next = firstInLine(words, registry);
    if (next === 0) {
      if (Atomics.compareExchange(words, LOCK, lock, 0) !== lock) continue;
      if (firstInLine(words, registry) === 0) return true;
      Atomics.or(words, LOCK, WAITING);
    } else {
      if (Atomics.compareExchange(words, LOCK, lock, next | GRANTED | WAITING) !== lock) continue;
      if (next !== me) tell(registry, slotOf(next));
    }
    settle(words, registry, me);
    return true;
  }
}

/** Of the holder: what the lock guards is whole again. */
export function repair(words: Int32Array): void {
  Atomics.and(words, LOCK, ~ABANDONED);
}

/** Nobody shall have the lock again. False: this thread doesn't have it. */
export function poison(words: Int32Array, registry: Int32Array, me: number): boolean {
  if (!isHolder(words, me)) return false;
  Atomics.store(words, LOCK, POISONED);
  // Also to those who wait on a condition of it.
  tellAll(registry);
  return true;
}

/** Blocks this thread until the lock is its own, it is poisoned, or `endMs` of `performance.now()` has come. */
export function sleepForLock(
  words: Int32Array,
  registry: Int32Array,
  me: number,
  endMs: number,
  beforeSleep?: BeforeSleep,
): Outcome {
  const outcome = sleep(registry, me, endMs, () => look(words, registry, me), beforeSleep);
  if (outcome !== WAIT && outcome !== IS_DEADLOCKED) return outcome;
  withdraw(words, registry, me);
  return outcome === WAIT ? TIMED_OUT : IS_DEADLOCKED;
}

/**
 * Brings the lock to where it rests: poisoned, held or granted to somebody who lives and wants it, or free with nobody in line. Gives
 * the word as it was then.
 */
function settle(words: Int32Array, registry: Int32Array, me: number): number {
  for (;;) {
    const lock = Atomics.load(words, LOCK);
    if ((lock & POISONED) !== 0) return lock;
    const owner = lock & OWNER_MASK;
    if (owner === 0) {
      const next = firstInLine(words, registry);
      if (next === 0) return lock;
      if (Atomics.compareExchange(words, LOCK, lock, lock | next | GRANTED) === lock && next !== me)
        tell(registry, slotOf(next));
    } else if ((lock & GRANTED) === 0) {
      if (isAlive(registry, owner)) return lock;
      Atomics.compareExchange(words, LOCK, lock, (lock & ~OWNER_MASK) | ABANDONED);
    } else {
      if (isAlive(registry, owner) && Atomics.load(words, wantOf(slotOf(owner))) === owner) return lock;
      Atomics.compareExchange(words, LOCK, lock, lock & ~(OWNER_MASK | GRANTED));
    }
  }
}

/** The living thread with the smallest ticket, 0 when nobody wants the lock. */
function firstInLine(words: Int32Array, registry: Int32Array): number {
  let first = 0;
  let firstTicket = 0;
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++) {
    const id = Atomics.load(words, wantOf(slot));
    if (id === 0) continue;
    if (!isAlive(registry, id)) {
      // Its slot has a new owner perhaps, which has written its own wish by now.
      Atomics.compareExchange(words, wantOf(slot), id, 0);
      continue;
    }
    const ticket = Atomics.load(words, ticketOf(slot));
    if (first !== 0 && ((ticket - firstTicket) | 0) >= 0) continue;
    first = id;
    firstTicket = ticket;
  }
  return first;
}
