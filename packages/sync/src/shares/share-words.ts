/**
 * Shares: a fixed number of them, of which each thread has some and may want more. A semaphore's permits are shares; the reader of a
 * lock has one share of it, its writer all. Knows owner ids and who lives, nothing of promises.
 *
 * | word | written by | says |
 * | --- | --- | --- |
 * | `TOTAL` | who makes it | how many shares there are |
 * | `CLERK` | everybody, by compare-and-swap | who gives out shares now, and whether it has to look again |
 * | `TICKETS` | who asks, by adding | the next place in the line |
 * | `STATE` | a bit at a time: the clerk, or who has all shares | ABANDONED: who had all of them died; POISONED |
 * | `OWNER` of a slot | the thread in it, when it is 0; the clerk back to 0 once that thread is dead | whose the row is |
 * | `SHARES` of a slot | its owner, and the clerk, which grants | how many it has, and how many more it wants |
 * | `TICKET` of a slot | its owner, before it wants | its place in the line |
 *
 *     SHARES = wants << 16 | has      (0, has) ──request──> (n, has) ──grant──> (0, has + n) ──release──> (0, less)
 *                                                    └──withdraw──> (0, has)
 *                                       (0, has) ──the owner is the clerk, and takes at once──> (0, has + n)
 *     CLERK = owner id | AGAIN         0 ──> clerk <──> clerk, AGAIN ; clerk ──> 0 ; a dead clerk ──> the next
 *
 * The truth is in the rows; there is no count of what is free that could disagree with them. Each step of a row is one access, so whoever
 * dies leaves a row that is before it or after it.
 *
 * One at a time: shares are granted by the clerk alone. It adds up what the living have, and then grants to the smallest ticket as long as
 * that one's wish fits into the rest; a wish that does not fit is passed by nobody, so a writer is not starved by readers. What others
 * write meanwhile can only lower the sum: a grant that fitted fits. A living clerk is followed only when it leaves, a dead one writes nothing
 * any more: so there is one. Dead threads' rows it clears before it grants; that also lets the next thread in that slot have the row.
 *
 * Why no change is overlooked: who has changed its row then calls `serve` (or finds nobody who wants anything, and then who comes to want
 * something serves after the change), which makes it the clerk, or else sets AGAIN under the living clerk. The clerk leaves only by a compare-and-swap that fails when AGAIN is set, and takes AGAIN away before it looks: so a look comes
 * after every change. Nobody waits for the clerk: who finds one goes on, to sleep or to its work. A clerk that others keep busy leaves after
 * some looks and tells all who want; each of these then looks by itself.
 *
 * Why no wake-up is lost: who was granted is told after the grant (lives.ts). A clerk that dies leaves AGAIN, rows half served, and
 * granted threads untold: its death is news to everybody who sleeps, each of which looks at its own row, and serves.
 *
 * All accesses are sequentially consistent. The test drives this very file, one access at a time, through every order of steps.
 */
import { isAlive, MAX_THREADS, slotOf, tell, usedSlots } from '../registry/lives.ts';
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
const TOTAL = 16;
const CLERK = 17;
const TICKETS = 18;
const STATE = 19;
const ROWS = 32;
const ROW_WORDS = 4;
export const SHARE_WORDS = ROWS + ROW_WORDS * MAX_THREADS;

/** The most shares that fit into a row. */
export const MAX_SHARES = 0x7fff;
const WANTS_SHIFT = 16;
const HAS_MASK = 0xffff;

/** Ids leave the four lowest bits free. */
const AGAIN = 1;
const ID_MASK = ~15;

const ABANDONED = 1;
const POISONED = 2;

/** How often a clerk looks before it leaves the rest to those who want. A guess: more is seldom needed, and takes microseconds. */
const MAX_LOOKS = 4;

const ownerOf = (slot: number): number => ROWS + ROW_WORDS * slot;
const sharesOf = (slot: number): number => ROWS + ROW_WORDS * slot + 1;
const ticketOf = (slot: number): number => ROWS + ROW_WORDS * slot + 2;

/** Before anybody else has the words. */
export function formatShares(words: Int32Array, total: number): void {
  words[TOTAL] = total;
}

export function totalShares(words: Int32Array): number {
  return words[TOTAL]!;
}

/**
 * Takes shares as the clerk, when there is none, nobody wants anything, and nothing is to be told. False: that is not so, or too few are
 * free. Cheaper than to ask, and all there is to do most of the time.
 */
export function takeAtOnce(words: Int32Array, registry: Int32Array, me: number, amount: number): boolean {
  const slot = slotOf(me);
  if (Atomics.load(words, ownerOf(slot)) !== me) return false;
  if (Atomics.compareExchange(words, CLERK, 0, me) !== 0) return false;
  // STATE comes last: who poisons says so before it gives up what it has.
  const isFree = areFree(words, registry, amount) && Atomics.load(words, STATE) === 0;
  if (isFree) Atomics.add(words, sharesOf(slot), amount);
  if (Atomics.compareExchange(words, CLERK, me, 0) !== me) {
    Atomics.store(words, CLERK, me);
    giveOutAndLeave(words, registry, me);
  }
  return isFree;
}

/** Gets in line, at its end. To be followed by looks until one ends with anything but WAIT, or by `withdraw`. */
export function request(words: Int32Array, registry: Int32Array, me: number, amount: number): void {
  const slot = slotOf(me);
  if (!hasRow(words, registry, me)) return;
  Atomics.store(words, ticketOf(slot), Atomics.add(words, TICKETS, 1));
  Atomics.add(words, sharesOf(slot), amount << WANTS_SHIFT);
}

/** After `request`, and whenever there is news: has it been granted? Does what a dead thread has left undone. */
export function look(words: Int32Array, registry: Int32Array, me: number, amount: number): Outcome {
  const slot = slotOf(me);
  if (Atomics.load(words, ownerOf(slot)) !== me) {
    request(words, registry, me, amount);
    if (Atomics.load(words, ownerOf(slot)) !== me) return WAIT;
  }
  if (wants(words, slot)) serve(words, registry, me);
  const isGranted = !wants(words, slot);
  const state = Atomics.load(words, STATE);
  if ((state & POISONED) !== 0) {
    withdraw(words, registry, me, amount);
    return IS_POISONED;
  }
  if (!isGranted) return WAIT;
  return (state & ABANDONED) === 0 ? TAKEN : TAKEN_ABANDONED;
}

/** Leaves the line, and gives back what came too late. */
export function withdraw(words: Int32Array, registry: Int32Array, me: number, amount: number): void {
  const shares = sharesOf(slotOf(me));
  // A row that isn't this thread's yet has nothing of it.
  if (Atomics.load(words, ownerOf(slotOf(me))) !== me) return;
  const before = Atomics.load(words, shares);
  const isGranted =
    before >>> WANTS_SHIFT === 0 || Atomics.compareExchange(words, shares, before, before & HAS_MASK) !== before;
  if (isGranted) Atomics.sub(words, shares, amount);
  if (isWanted(words, registry)) serve(words, registry, me);
}

/** Gives shares up. */
export function release(words: Int32Array, registry: Int32Array, me: number, amount: number): void {
  Atomics.sub(words, sharesOf(slotOf(me)), amount);
  if (isWanted(words, registry)) serve(words, registry, me);
}

/** Of who has all shares: what they stand for is whole again. */
export function repair(words: Int32Array): void {
  Atomics.and(words, STATE, ~ABANDONED);
}

/** Of who has all shares: nobody shall have any again. */
export function poison(words: Int32Array, registry: Int32Array, me: number): void {
  Atomics.or(words, STATE, POISONED);
  Atomics.sub(words, sharesOf(slotOf(me)), totalShares(words));
  tellAllWhoWant(words, registry);
}

export function isPoisoned(words: Int32Array): boolean {
  return (Atomics.load(words, STATE) & POISONED) !== 0;
}

/** Blocks this thread, after `request`, until it has what it wants, or `endMs` of `performance.now()` has come. */
export function sleepForShares(
  words: Int32Array,
  registry: Int32Array,
  me: number,
  amount: number,
  endMs: number,
  beforeSleep?: BeforeSleep,
): Outcome {
  const outcome = sleep(registry, me, endMs, () => look(words, registry, me, amount), beforeSleep);
  if (outcome !== WAIT && outcome !== IS_DEADLOCKED) return outcome;
  withdraw(words, registry, me, amount);
  return outcome === WAIT ? TIMED_OUT : IS_DEADLOCKED;
}

/** Its ticket in the line; undefined: it is in no line, because it wants nothing any more, or not yet. */
export function placeOf(words: Int32Array, me: number): number | undefined {
  const slot = slotOf(me);
  return Atomics.load(words, ownerOf(slot)) === me && wants(words, slot)
    ? Atomics.load(words, ticketOf(slot))
    : undefined;
}

/** Does anybody want anything? Who writes its wish after this has looked at its row sees, when it serves, all that was changed before. */
function isWanted(words: Int32Array, registry: Int32Array): boolean {
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++) if (wants(words, slot)) return true;
  return false;
}

function wants(words: Int32Array, slot: number): boolean {
  return Atomics.load(words, sharesOf(slot)) >>> WANTS_SHIFT !== 0;
}

/** Makes the row of this thread's slot its own. False: it is a dead thread's still, and there will be news when a clerk has cleared it. */
function hasRow(words: Int32Array, registry: Int32Array, me: number): boolean {
  const owner = ownerOf(slotOf(me));
  const before = Atomics.load(words, owner);
  if (before === me) return true;
  if (before !== 0) {
    serve(words, registry, me);
    if (Atomics.load(words, owner) !== 0) return false;
  }
  Atomics.store(words, owner, me);
  return true;
}

/** Sees to it that the rows are looked at after what this thread has just changed: by itself, or by who is at it. */
function serve(words: Int32Array, registry: Int32Array, me: number): void {
  for (;;) {
    const clerk = Atomics.load(words, CLERK);
    const id = clerk & ID_MASK;
    if (id !== 0 && id !== me && isAlive(registry, id)) {
      if ((clerk & AGAIN) !== 0 || Atomics.compareExchange(words, CLERK, clerk, clerk | AGAIN) === clerk) return;
    } else if (Atomics.compareExchange(words, CLERK, clerk, me) === clerk) break;
  }
  giveOutAndLeave(words, registry, me);
}

/** Of the clerk. */
function giveOutAndLeave(words: Int32Array, registry: Int32Array, me: number): void {
  for (let looks = 1; ; looks++) {
    giveOut(words, registry, me);
    if (Atomics.compareExchange(words, CLERK, me, 0) === me) return;
    if (looks === MAX_LOOKS) break;
    Atomics.store(words, CLERK, me);
  }
  Atomics.store(words, CLERK, 0);
  tellAllWhoWant(words, registry);
}

/** Of the clerk. */
function giveOut(words: Int32Array, registry: Int32Array, me: number): void {
  let free = totalShares(words);
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++) free -= clearOrCount(words, registry, slot);
  for (;;) {
    const slot = firstInLine(words, registry);
    if (slot < 0) return;
    const shares = Atomics.load(words, sharesOf(slot));
    const amount = shares >>> WANTS_SHIFT;
    if (amount > free) return;
    if (Atomics.compareExchange(words, sharesOf(slot), shares, (shares & HAS_MASK) + amount) !== shares) continue;
    free -= amount;
    if (slot !== slotOf(me)) tell(registry, slot);
  }
}

/** Of the clerk: is so much free, without a look at who lives, and wanted by nobody? */
function areFree(words: Int32Array, registry: Int32Array, amount: number): boolean {
  let free = totalShares(words);
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++) {
    const shares = Atomics.load(words, sharesOf(slot));
    if (shares >>> WANTS_SHIFT !== 0) return false;
    free -= shares;
  }
  return amount <= free;
}

/** How many shares the thread in this slot has. A dead one has none, and its row goes back. */
function clearOrCount(words: Int32Array, registry: Int32Array, slot: number): number {
  const owner = Atomics.load(words, ownerOf(slot));
  if (owner === 0) return 0;
  const isDead = !isAlive(registry, owner);
  // After it was known to be dead, so this is what it died with.
  const has = Atomics.load(words, sharesOf(slot)) & HAS_MASK;
  if (!isDead) return has;
  if (has === totalShares(words)) Atomics.or(words, STATE, ABANDONED);
  Atomics.store(words, sharesOf(slot), 0);
  Atomics.store(words, ownerOf(slot), 0);
  // Another thread lives in that slot perhaps, and waits for its row.
  tell(registry, slot);
  return 0;
}

/** The slot of the smallest ticket, -1 when nobody wants anything. Who died a moment ago is granted too: its row is cleared at the next look. */
function firstInLine(words: Int32Array, registry: Int32Array): number {
  let first = -1;
  let firstTicket = 0;
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++) {
    if (!wants(words, slot)) continue;
    const ticket = Atomics.load(words, ticketOf(slot));
    if (first >= 0 && ((ticket - firstTicket) | 0) >= 0) continue;
    first = slot;
    firstTicket = ticket;
  }
  return first;
}

function tellAllWhoWant(words: Int32Array, registry: Int32Array): void {
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++) if (wants(words, slot)) tell(registry, slot);
}
