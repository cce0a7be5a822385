/**
 * Who waits on a condition: what the threads that share it do to its words. The mutex (lock-word.ts) is its only guard: every word is
 * written by who has the mutex, and so nothing here is done by two at once.
 *
 * | word | written by | says |
 * | --- | --- | --- |
 * | `MUTEX_NUMBER` | who makes it | of which mutex it is |
 * | `TICKETS` | who has the mutex | the next place in the line |
 * | `OWNER` of a slot | the thread in it, with the mutex | whose the row is; a dead one's row is taken over by the next in the slot |
 * | `WAITING` of a slot | its owner, with the mutex | how many of its requests wait |
 * | `CALLED` of a slot | who has the mutex | how many of these were called and have not come back yet |
 * | `TICKET` of a slot | who has the mutex | its place in the line |
 *
 *     waits ──called──> wants the mutex back ──has it──> comes back, CALLED and WAITING one less
 *       └──timed out, aborted, the mutex is in need──> wants the mutex back ──has it, was not called──> goes, or waits on
 *
 * Order: a call goes to the smallest ticket of the living, who then gets a new one: threads take turns.
 *
 * Why no call is lost: a row says that somebody waits before the mutex is released, and who calls has the mutex: so it finds the row. It
 * writes CALLED, then tells the thread, which sleeps as told in lives.ts. What a call is worth lies in CALLED until its thread has the
 * mutex back. When that thread dies before, every other that waits hears of the death, sees a dead row that was called, and wants the
 * mutex; with it, whoever comes first passes the calls on (`passOn`). Who calls looks once more whether that thread lives, since the news
 * of its death may have come before the call was written. Each call is passed on before it is taken away, so a death in between calls one
 * too many, never one too few.
 *
 * When the owner of the mutex dies, it has perhaps not called whom it should have. So everybody who waits then wants the mutex
 * (`isInNeed`): the first to get it is told that it was abandoned, and comes back; the others wait on once it was repaired. ABANDONED stays in
 * the word until then, so who looks late sees it too. And when the mutex is poisoned, everybody is told so.
 */
import { isIll } from '../mutex/lock-word.ts';
import { isAlive, MAX_THREADS, slotOf, tell, usedSlots } from '../registry/lives.ts';

/** The words before it are the header (shared-memory.ts). */
const TICKETS = 16;
/** The mutex, by its number; written once. */
export const MUTEX_NUMBER = 17;
const ROWS = 32;
const ROW_WORDS = 4;
export const CONDITION_WORDS = ROWS + ROW_WORDS * MAX_THREADS;

const ownerOf = (slot: number): number => ROWS + ROW_WORDS * slot;
const waitingOf = (slot: number): number => ROWS + ROW_WORDS * slot + 1;
const calledOf = (slot: number): number => ROWS + ROW_WORDS * slot + 2;
const ticketOf = (slot: number): number => ROWS + ROW_WORDS * slot + 3;

/** With the mutex: one request more of this thread waits. To be followed by a release of the mutex. */
export function enlist(words: Int32Array, registry: Int32Array, me: number): void {
  const slot = slotOf(me);
  // What nobody waited for is not for who waits from now on.
  passOn(words, registry);
  if (Atomics.load(words, ownerOf(slot)) !== me) {
    Atomics.store(words, calledOf(slot), 0);
    Atomics.store(words, waitingOf(slot), 0);
    Atomics.store(words, ownerOf(slot), me);
  }
  const waiting = Atomics.load(words, waitingOf(slot));
  if (waiting === 0) drawTicket(words, slot);
  Atomics.store(words, waitingOf(slot), waiting + 1);
}

/** How many requests of this thread were called and are not back yet. */
export function calledBack(words: Int32Array, me: number): number {
  return Atomics.load(words, ownerOf(slotOf(me))) === me ? Atomics.load(words, calledOf(slotOf(me))) : 0;
}

/** Has somebody died whose calls are to be passed on, or with the mutex? Then whoever waits is to get the mutex. */
export function isInNeed(words: Int32Array, mutexWords: Int32Array, registry: Int32Array): boolean {
  if (isIll(mutexWords, registry)) return true;
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++)
    if (isDeadAndCalled(words, registry, slot)) return true;
  return false;
}

/** With the mutex, which this thread wanted back: one request less waits. True: it was called. False: it was not, and leaves if it `gives up`. */
export function comeBack(words: Int32Array, registry: Int32Array, me: number, givesUp: boolean): boolean {
  passOn(words, registry);
  const slot = slotOf(me);
  const called = Atomics.load(words, calledOf(slot));
  const waiting = Atomics.load(words, waitingOf(slot));
  if (called === 0 && !givesUp) return false;
  // Before WAITING: who dies in between has left no row that waits for a call and can't get one.
  if (called > 0) Atomics.store(words, calledOf(slot), called - 1);
  Atomics.store(words, waitingOf(slot), waiting - 1);
  return called > 0;
}

/** With the mutex: calls the first in line. Nothing when nobody waits. */
export function callOne(words: Int32Array, registry: Int32Array): void {
  const slot = firstInLine(words, registry);
  if (slot < 0) return;
  call(words, registry, slot, 1);
  // To the end of the line, with the next of its requests.
  drawTicket(words, slot);
  // Died a moment ago: those who wait have perhaps looked after its death, and before the call was written.
  if (isDeadAndCalled(words, registry, slot)) passOn(words, registry);
}

/** With the mutex: calls all who wait. */
export function callAll(words: Int32Array, registry: Int32Array): void {
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++) {
    const uncalled = uncalledOf(words, registry, slot);
    if (uncalled > 0) call(words, registry, slot, uncalled);
  }
}

function call(words: Int32Array, registry: Int32Array, slot: number, count: number): void {
  Atomics.store(words, calledOf(slot), Atomics.load(words, calledOf(slot)) + count);
  tell(registry, slot);
}

/** With the mutex: calls of the dead go to the living. */
function passOn(words: Int32Array, registry: Int32Array): void {
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++) {
    while (isDeadAndCalled(words, registry, slot)) {
      const called = Atomics.load(words, calledOf(slot));
      callOne(words, registry);
      Atomics.store(words, calledOf(slot), called - 1);
    }
  }
}

function isDeadAndCalled(words: Int32Array, registry: Int32Array, slot: number): boolean {
  return Atomics.load(words, calledOf(slot)) !== 0 && !isAlive(registry, Atomics.load(words, ownerOf(slot)));
}

/** How many requests of the thread in this slot wait for a call; of the dead none. */
function uncalledOf(words: Int32Array, registry: Int32Array, slot: number): number {
  const uncalled = Atomics.load(words, waitingOf(slot)) - Atomics.load(words, calledOf(slot));
  return uncalled > 0 && isAlive(registry, Atomics.load(words, ownerOf(slot))) ? uncalled : 0;
}

function firstInLine(words: Int32Array, registry: Int32Array): number {
  let first = -1;
  let firstTicket = 0;
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++) {
    if (uncalledOf(words, registry, slot) === 0) continue;
    const ticket = Atomics.load(words, ticketOf(slot));
    if (first >= 0 && ((ticket - firstTicket) | 0) >= 0) continue;
    first = slot;
    firstTicket = ticket;
  }
  return first;
}

function drawTicket(words: Int32Array, slot: number): void {
  Atomics.store(words, ticketOf(slot), Atomics.add(words, TICKETS, 1));
}
