/**
 * The order of a channel: what the threads that share it do to its words. Knows owner ids and who lives, nothing of values and promises.
 *
 * A ring of slots. Positions are numbers that go round; position p lies in slot p % capacity, and its lap is p / capacity.
 *
 * | word | written by | says |
 * | --- | --- | --- |
 * | `CAPACITY`, `SLOT_WORDS`, `LAPS` | who makes it | how many slots, how long each, how many laps until positions begin anew |
 * | `CLOSED` | who closes it, once | nobody sends any more |
 * | `HEAD` | everybody, by compare-and-swap, one further | positions before it were received or skipped |
 * | `TAIL` | everybody, by compare-and-swap, one further | positions before it were taken by a sender |
 * | `DEATHS_SEEN` | receivers, by compare-and-swap | so many deaths ago (lives.ts) nobody had died while reading |
 * | `SKIPPED` | who skips, by adding | values whose senders died while they wrote them |
 * | `TICKETS` of a side | who begins to wait, by adding | the next place in the line |
 * | `WANT` of a slot and side | the thread in it; TOLD set, and back to 0 once it is dead, by others with compare-and-swap | its id while it waits |
 * | `TICKET` of a slot and side | the thread in it, before its `WANT` | its place in the line |
 * | `STATE` of a slot of the ring | see below | what is in it |
 * | the rest of a slot | who has it as `writing` | the value; read by who has it as `reading` |
 *
 *     STATE = lap << 2 | FREE or FULL     owner id | lap % 4 << 2 | WRITING or READING
 *
 *     free ──a sender takes it──> writing ──publishes──> full ──a receiver takes it──> reading ──is done──> free, a lap on
 *              the sender died, or found the channel closed ──> free, a lap on
 *                                           the receiver died ──> reading, by another
 *
 * Each of these is one compare-and-swap of one word, or a store by the one thread that has the slot. Nobody but a living sender writes
 * into a slot, and nobody takes a slot from the living; so a value is whole when it is read, and is given to one who lives.
 *
 * HEAD and TAIL only say where to look: they go on after the slot has changed, moved by whoever finds that it has. So a thread that dies
 * between the two holds up nobody. A state names its lap, so it tells by itself whether its slot is before, at or behind a position; of
 * WRITING and READING only the last two bits are known, so who finds nothing to do there looks whether HEAD or TAIL is still the same.
 *
 * What the dead leave: a value half written is skipped and counted, it was never sent. A value half read is whole; the next receiver takes
 * it, before all others, so it may come after values that were sent later. `DEATHS` of the registry tells when to look for one.
 *
 * Order: values are received in the order in which their senders took their slots. Of those who wait on a side, who has
 * n others before it takes something only when more than n are there, and who does not wait counts all who do. So one is left for each who waits.
 * Two who look at the same instant may take one too many; then the one who is woken for nothing sets URGENT, and until it was served nobody behind
 * it takes anything.
 *
 * Closing: a sender that has taken a slot looks at CLOSED and gives it up when it is set; a receiver looks at CLOSED, and only then whether
 * all is received. Either the sender sees CLOSED, or the receiver sees the slot taken.
 *
 * Why no wake-up is lost: who waits writes WANT, takes TOLD away, then looks, then sleeps as told in lives.ts. Each value that is published and each
 * slot that becomes free sets TOLD of the first who has none, then tells it. Who is served or leaves takes its WANT away, and then, if
 * something is there, tells the next: a value that was told to it may not be the one that it took. So while something is there for the first in line,
 * it was told so, or looks, or a living thread is about to tell it. A death is news to everybody, each of whom then looks by itself.
 *
 * All accesses to the words are sequentially consistent. The test drives this very file, one access at a time, through every order of steps.
 */
import { DEATHS, isAlive, MAX_THREADS, slotOf, tell, usedSlots } from '../registry/lives.ts';

/** The words before it are the header (shared-memory.ts). */
const CLOSED = 16;
const CAPACITY = 17;
const SLOT_WORDS = 18;
const LAPS = 19;
const DEATHS_SEEN = 20;
const SKIPPED = 21;
/** HEAD, TAIL and TICKETS each in a line of the cache. */
const HEAD = 32;
const TAIL = 48;
const TICKETS = 64;
const ROWS = 80;
const ROW_WORDS = 4;
const RING = ROWS + ROW_WORDS * MAX_THREADS;
/** What is there whatever the size of the ring. */
export const CHANNEL_BASE_WORDS = RING;

/** Sides, as the place of their two words in a row. */
export const SENDERS = 0;
export const RECEIVERS = 2;
export type Side = 0 | 2;

const FREE = 0;
const WRITING = 1;
const FULL = 2;
const READING = 3;
const KIND_MASK = 3;
const LAP_SHIFT = 2;
const LAP_MASK = 3;
const OWNER_MASK = ~15;

// Bits of WANT.
const TOLD = 1;
const WOKEN = 2;
const URGENT = 4;

/** Positions are less: a state has as many bits for a lap, and positions are added. */
const POSITIONS_MAX = 2 ** 29;
export const MAX_CAPACITY = 2 ** 16;

/** What a claim gives instead of a position. */
export const NOT_NOW = -1;
export const NEVER = -2;
const IS_WRITTEN = -3;

const wantOf = (side: Side, slot: number): number => ROWS + ROW_WORDS * slot + side;
const ticketOf = (side: Side, slot: number): number => ROWS + ROW_WORDS * slot + side + 1;

export function channelWords(capacity: number, slotWords: number): number {
  return RING + capacity * slotWords;
}

/** Before anybody else has the words. */
export function formatChannel(words: Int32Array, capacity: number, slotWords: number): void {
  // A multiple of four, so that the last lap and the first differ in the bits that a state keeps of them.
  const laps = Math.floor(POSITIONS_MAX / capacity) & ~LAP_MASK;
  words[CAPACITY] = capacity;
  words[SLOT_WORDS] = slotWords;
  words[LAPS] = laps;
  // Positions begin anew early, and not only after days.
  words[HEAD] = words[TAIL] = (laps - 2) * capacity;
  for (let slot = 0; slot < capacity; slot++) words[RING + slot * slotWords] = settled(laps - 2, FREE);
}

export function capacityOf(words: Int32Array): number {
  return words[CAPACITY]!;
}

export function slotWordsOf(words: Int32Array): number {
  return words[SLOT_WORDS]!;
}

/** The word at which the slot of a position begins: its state. */
export function stateOf(words: Int32Array, position: number): number {
  return RING + (position % words[CAPACITY]!) * words[SLOT_WORDS]!;
}

/** Values in the channel, and those that are being written. */
export function filled(words: Int32Array): number {
  const head = Atomics.load(words, HEAD);
  const between = Atomics.load(words, TAIL) - head;
  const count = between < 0 ? between + words[CAPACITY]! * words[LAPS]! : between;
  // More: TAIL has not followed yet, or both have gone on in between.
  return count > words[CAPACITY]! ? 0 : count;
}

export function isClosed(words: Int32Array): boolean {
  return Atomics.load(words, CLOSED) !== 0;
}

export function skipped(words: Int32Array): number {
  return Atomics.load(words, SKIPPED);
}

export function waiting(words: Int32Array, registry: Int32Array, side: Side): number {
  let count = 0;
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++) {
    const want = Atomics.load(words, wantOf(side, slot));
    if (want !== 0 && isAlive(registry, want)) count++;
  }
  return count;
}

/**
 * Takes a slot to write a value into; gives its position, to be followed by `publish` without anything that may fail or wait in between.
 * NOT_NOW: there is no room, or it is for others. NEVER.
 */
export function claimToSend(words: Int32Array, registry: Int32Array, me: number): number {
  for (;;) {
    if (isClosed(words)) return NEVER;
    const position = atTail(words, registry);
    if (position < 0 || isForOthers(words, registry, SENDERS, me)) return NOT_NOW;
    const lap = lapOf(words, position);
    const state = stateOf(words, position);
    const free = settled(lap, FREE);
    if (Atomics.compareExchange(words, state, free, owned(me, lap, WRITING)) !== free) continue;
    Atomics.compareExchange(words, TAIL, position, next(words, position));
    if (!isClosed(words)) return position;
    Atomics.store(words, state, settled(lapAfter(words, lap), FREE));
    tellAllWho(words, registry, RECEIVERS);
    return NEVER;
  }
}

/** The value of this position is written. */
export function publish(words: Int32Array, registry: Int32Array, position: number): void {
  Atomics.store(words, stateOf(words, position), settled(lapOf(words, position), FULL));
  tellNext(words, registry, RECEIVERS);
}

/**
 * Takes a value to read it; gives its position, to be followed by `finish`. NOT_NOW: there is none, or it is for others. NEVER: there is
 * none, and none will come.
 */
export function claimToReceive(words: Int32Array, registry: Int32Array, me: number): number {
  for (;;) {
    const left = claimLeft(words, registry, me);
    if (left >= 0) return left;
    const noneWillCome = isClosed(words);
    const position = atHead(words, registry);
    if (position < 0) return position === NOT_NOW && noneWillCome ? NEVER : NOT_NOW;
    if (isForOthers(words, registry, RECEIVERS, me)) return NOT_NOW;
    const lap = lapOf(words, position);
    const full = settled(lap, FULL);
    if (Atomics.compareExchange(words, stateOf(words, position), full, owned(me, lap, READING)) !== full) continue;
    Atomics.compareExchange(words, HEAD, position, next(words, position));
    return position;
  }
}

/** The value of this position is read. */
export function finish(words: Int32Array, registry: Int32Array, position: number): void {
  Atomics.store(words, stateOf(words, position), settled(lapAfter(words, lapOf(words, position)), FREE));
  tellNext(words, registry, SENDERS);
}

/** Nobody sends any more. False: it was closed before. */
export function close(words: Int32Array, registry: Int32Array): boolean {
  if (Atomics.compareExchange(words, CLOSED, 0, 1) !== 0) return false;
  tellAllWho(words, registry, SENDERS);
  tellAllWho(words, registry, RECEIVERS);
  return true;
}

/** Gets in line, at its end. To be followed by `look` until that gives anything but NOT_NOW, or by `leave`. */
export function enter(words: Int32Array, side: Side, me: number): void {
  const slot = slotOf(me);
  Atomics.store(words, ticketOf(side, slot), Atomics.add(words, TICKETS + side, 1));
  Atomics.store(words, wantOf(side, slot), me);
}

/** In line, and whenever there is news: claims as those above; out of the line, unless NOT_NOW. */
export function look(words: Int32Array, registry: Int32Array, side: Side, me: number): number {
  const want = wantOf(side, slotOf(me));
  const before = Atomics.load(words, want);
  // What is told from here on ends the sleep, and so asks for another look.
  Atomics.store(words, want, (before & TOLD) === 0 ? before : (before & ~TOLD) | WOKEN);
  const claimed = side === SENDERS ? claimToSend(words, registry, me) : claimToReceive(words, registry, me);
  if (claimed !== NOT_NOW) leave(words, registry, side, me);
  else if ((Atomics.load(words, want) & WOKEN) !== 0) Atomics.store(words, want, me | URGENT);
  return claimed;
}

/** Out of the line; what is there is for the next. */
export function leave(words: Int32Array, registry: Int32Array, side: Side, me: number): void {
  Atomics.store(words, wantOf(side, slotOf(me)), 0);
  const position = side === SENDERS ? atTail(words, registry) : atHead(words, registry);
  if (position >= 0) tellNext(words, registry, side);
}

/** The position at which something can be sent, after all that were taken. NOT_NOW: its slot is not free. */
function atTail(words: Int32Array, registry: Int32Array): number {
  for (;;) {
    const tail = Atomics.load(words, TAIL);
    const lap = lapOf(words, tail);
    const state = Atomics.load(words, stateOf(words, tail));
    if (state === settled(lap, FREE)) return tail;
    if (lapsOn(state, lap) !== LAP_MASK) Atomics.compareExchange(words, TAIL, tail, next(words, tail));
    else if (Atomics.load(words, TAIL) === tail && !skip(words, registry, tail, state, lap)) return NOT_NOW;
  }
}

/** The position of the first value that can be received. NOT_NOW: nobody has taken that position; IS_WRITTEN: it is being written. */
function atHead(words: Int32Array, registry: Int32Array): number {
  for (;;) {
    const head = Atomics.load(words, HEAD);
    const lap = lapOf(words, head);
    const state = Atomics.load(words, stateOf(words, head));
    if (state === settled(lap, FULL)) return head;
    if (state === settled(lap, FREE)) return NOT_NOW;
    const on = lapsOn(state, lap);
    if (on === LAP_MASK) {
      if (Atomics.load(words, HEAD) === head) return NOT_NOW;
    } else if (on === 0 && (state & KIND_MASK) === WRITING) {
      const isSame = Atomics.load(words, HEAD) === head;
      if (isSame && !skip(words, registry, head, state, lapAfter(words, lap))) return IS_WRITTEN;
    } else Atomics.compareExchange(words, HEAD, head, next(words, head));
  }
}

/** Makes the slot of a sender that died while it wrote free for `lap`. False: it is none of those. */
function skip(words: Int32Array, registry: Int32Array, position: number, state: number, lap: number): boolean {
  if ((state & KIND_MASK) !== WRITING || isAlive(registry, state & OWNER_MASK)) return false;
  const free = settled(lap, FREE);
  if (Atomics.compareExchange(words, stateOf(words, position), state, free) === state) Atomics.add(words, SKIPPED, 1);
  return true;
}

/** Takes over a value whose receiver died while it read. Gives its position, NOT_NOW: there is none. */
function claimLeft(words: Int32Array, registry: Int32Array, me: number): number {
  const deaths = Atomics.load(registry, DEATHS);
  const seen = Atomics.load(words, DEATHS_SEEN);
  if (deaths === seen) return NOT_NOW;
  const capacity = words[CAPACITY]!;
  for (let slot = 0; slot < capacity; slot++) {
    const at = stateOf(words, slot);
    const state = Atomics.load(words, at);
    if ((state & KIND_MASK) !== READING || isAlive(registry, state & OWNER_MASK)) continue;
    const mine = me | (state & ~OWNER_MASK);
    if (Atomics.compareExchange(words, at, state, mine) === state) return positionBefore(words, slot);
  }
  Atomics.compareExchange(words, DEATHS_SEEN, seen, deaths);
  return NOT_NOW;
}

/** The last position in this slot, of who has it: TAIL can't pass it meanwhile. */
function positionBefore(words: Int32Array, slot: number): number {
  const capacity = words[CAPACITY]!;
  const tail = Atomics.load(words, TAIL);
  const inLap = tail % capacity;
  const position = tail - inLap + slot - (slot < inLap ? 0 : capacity);
  return position < 0 ? position + capacity * words[LAPS]! : position;
}

/** Is what is there for those who wait before this thread? */
function isForOthers(words: Int32Array, registry: Int32Array, side: Side, me: number): boolean {
  const mine = slotOf(me);
  const waits = Atomics.load(words, wantOf(side, mine)) !== 0;
  const ticket = waits ? Atomics.load(words, ticketOf(side, mine)) : 0;
  let before = 0;
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++) {
    const want = Atomics.load(words, wantOf(side, slot));
    if (want === 0 || slot === mine || !isAlive(registry, want)) continue;
    if (waits && ((Atomics.load(words, ticketOf(side, slot)) - ticket) | 0) > 0) continue;
    if ((want & URGENT) !== 0) return true;
    before++;
  }
  if (before === 0) return false;
  const count = filled(words);
  return (side === RECEIVERS ? count : words[CAPACITY]! - count) <= before;
}

/** Tells the first in line that was not told. */
function tellNext(words: Int32Array, registry: Int32Array, side: Side): void {
  for (;;) {
    let first = -1;
    let firstWant = 0;
    let firstTicket = 0;
    for (let slot = 0, used = usedSlots(registry); slot < used; slot++) {
      const want = Atomics.load(words, wantOf(side, slot));
      if (want === 0 || (want & TOLD) !== 0) continue;
      if (!isAlive(registry, want)) {
        // Its slot has a new owner perhaps, which has written its own by now.
        Atomics.compareExchange(words, wantOf(side, slot), want, 0);
        continue;
      }
      const ticket = Atomics.load(words, ticketOf(side, slot));
      if (first >= 0 && ((ticket - firstTicket) | 0) >= 0) continue;
      first = slot;
      firstWant = want;
      firstTicket = ticket;
    }
    if (first < 0) return;
    if (Atomics.compareExchange(words, wantOf(side, first), firstWant, firstWant | TOLD) !== firstWant) continue;
    tell(registry, first);
    return;
  }
}

function tellAllWho(words: Int32Array, registry: Int32Array, side: Side): void {
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++)
    if (Atomics.load(words, wantOf(side, slot)) !== 0) tell(registry, slot);
}

function next(words: Int32Array, position: number): number {
  return position + 1 === words[CAPACITY]! * words[LAPS]! ? 0 : position + 1;
}

function lapOf(words: Int32Array, position: number): number {
  return Math.floor(position / words[CAPACITY]!);
}

function lapAfter(words: Int32Array, lap: number): number {
  return lap + 1 === words[LAPS]! ? 0 : lap + 1;
}

/** The state of a slot that nobody has. */
function settled(lap: number, kind: typeof FREE | typeof FULL): number {
  return (lap << LAP_SHIFT) | kind;
}

function owned(id: number, lap: number, kind: typeof WRITING | typeof READING): number {
  return id | ((lap & LAP_MASK) << LAP_SHIFT) | kind;
}

/** How many laps a state is on from `lap`, as far as four: LAP_MASK is one behind. */
function lapsOn(state: number, lap: number): number {
  return ((state >> LAP_SHIFT) - lap) & LAP_MASK;
}
