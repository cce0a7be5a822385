/**
 * Who waits for what, in words that every thread of the registry can read: a record for each endless wait.
 *
 * | word | written by | says |
 * | --- | --- | --- |
 * | `TICKETS` | who begins to wait, by adding | the number of the next wait; 0 is none |
 * | `USED` of a slot | the thread in it, upwards only | records of the slot from there up were never used |
 * | `TICKET` of a record | the thread in the slot: last of all when a wait begins, and 0 first of all when it ends | which wait this is |
 * | `SEEN` | the thread in the slot | of a wait in a line, or for others: the last ticket that had been given before it was seen that this wait goes on. 0: nothing is known |
 * | `ASKED` of a record | who wants to know more, to 1; the thread in the slot back to 0 | it is to be proven that the holder waits (async-wait.ts) |
 * | the others | the thread in the slot, while `TICKET` is 0 | whose wait, for how much of what, and what is held meanwhile |
 *
 * The first record of a slot is of the thread, which sleeps in `Atomics.wait`: it holds everything that any code of the thread holds.
 * The others are of asynchronous calls: each holds what the functions around it hold.
 *
 * What a record says is so for as long as it has this ticket: a thread that is blocked releases nothing, and for an asynchronous call
 * that is what is proven before it counts. A wait may have been granted already; then nobody holds what it waits for, or not so much.
 *
 * Nobody but the thread in the slot writes what a record says, so it needs no lock, and one that dies leaves it: whoever reads looks
 * whether its owner lives. A ticket comes again after 2^32 waits, and nobody reads for so long. All accesses are sequentially consistent.
 */
import { isAlive, MAX_THREADS, slotOf, usedSlots } from '../registry/lives.ts';

const TICKETS = 0;
const USED = 16;
const RECORDS = USED + MAX_THREADS;
/** A guess at how many asynchronous calls of a thread wait in such a way at once; more are not seen. */
export const RECORDS_PER_SLOT = 8;
const RECORD_WORDS = 32;
export const GRAPH_WORDS = RECORDS + MAX_THREADS * RECORDS_PER_SLOT * RECORD_WORDS;

const TICKET = 0;
const OWNER = 1;
const FLAGS = 2;
const NUMBER = 3;
const NEED = 4;
const PLACE = 5;
const SEEN = 6;
const COUNTS = 7;
const ASKED = 8;
const LISTS = 9;
/** Words for what is held, two for each, and for parties. What does not fit is left out, and then perhaps a deadlock not found. */
const LIST_WORDS = RECORD_WORDS - LISTS;
/** Words of what is held. */
export const MAX_HOLDS = LIST_WORDS - (LIST_WORDS % 2);

/** What is waited for. */
export const FOR_SHARES = 0;
export const FOR_PARTIES = 1;
export const FOR_COUNT = 2;
const KIND_MASK = 3;
/** Of a call that may fail with SYNC_DEADLOCK. */
const CAN_FAIL = 4;
/** What is held is not known to be held until the wait ends. */
const UNPROVEN = 8;

const TOTAL_SHIFT = 16;
const WANT_MASK = 0xffff;
const PARTIES_SHIFT = 8;
const HOLDS_MASK = 0xff;

/** As an amount that is held of a barrier: this thread has arrived there, and waits asynchronously. */
export const ARRIVED = -1;

/** What begins a wait says of it. */
export interface WaitFacts {
  readonly kind: typeof FOR_SHARES | typeof FOR_PARTIES | typeof FOR_COUNT;
  /** Of the thing that is waited for. */
  readonly number: number;
  /** How much there is of it, and how much is wanted. */
  readonly total: number;
  readonly want: number;
  /** Its ticket in a line in which a request that does not fit is passed by nobody. */
  readonly place: number;
  readonly canFail: boolean;
  readonly isProven: boolean;
  /** Number and amount of each thing that is held meanwhile, one after the other. */
  readonly holds: readonly number[];
  /** Owner ids of the threads without which it does not end. */
  readonly parties: readonly number[];
}

/** A wait as it was read. */
export interface Wait extends WaitFacts {
  readonly at: number;
  readonly ticket: number;
  readonly owner: number;
  readonly isThread: boolean;
  readonly seen: number;
}

/** Where the records of this thread begin; the first is that of the thread itself. */
export function recordOf(id: number, index: number): number {
  return RECORDS + (slotOf(id) * RECORDS_PER_SLOT + index) * RECORD_WORDS;
}

/** When a thread comes into its slot: what the thread before it has left there is nobody's. */
export function clearRecords(graph: Int32Array, me: number): void {
  for (let index = 0; index < RECORDS_PER_SLOT; index++) Atomics.store(graph, recordOf(me, index) + TICKET, 0);
}

/** A wait begins, or is described anew. Gives its ticket. To be followed by a search. */
export function publish(graph: Int32Array, me: number, index: number, facts: WaitFacts): number {
  const at = recordOf(me, index);
  Atomics.store(graph, at + TICKET, 0);
  Atomics.store(graph, at + OWNER, me);
  Atomics.store(graph, at + FLAGS, facts.kind | (facts.canFail ? CAN_FAIL : 0) | (facts.isProven ? 0 : UNPROVEN));
  Atomics.store(graph, at + NUMBER, facts.number);
  Atomics.store(graph, at + NEED, (facts.total << TOTAL_SHIFT) | facts.want);
  Atomics.store(graph, at + PLACE, facts.place);
  Atomics.store(graph, at + SEEN, 0);
  Atomics.store(graph, at + ASKED, 0);
  const holds = Math.min(facts.holds.length, MAX_HOLDS);
  const parties = Math.min(facts.parties.length, LIST_WORDS - holds);
  Atomics.store(graph, at + COUNTS, holds | (parties << PARTIES_SHIFT));
  for (let index = 0; index < holds; index++) Atomics.store(graph, at + LISTS + index, facts.holds[index]!);
  for (let index = 0; index < parties; index++) Atomics.store(graph, at + LISTS + holds + index, facts.parties[index]!);
  if (Atomics.load(graph, USED + slotOf(me)) <= index) Atomics.store(graph, USED + slotOf(me), index + 1);
  const ticket = nextTicket(graph);
  Atomics.store(graph, at + TICKET, ticket);
  return ticket;
}

/** The wait is over. Before its thread gives anything up that the record says it holds. */
export function unpublish(graph: Int32Array, me: number, index: number): void {
  Atomics.store(graph, recordOf(me, index) + TICKET, 0);
}

/** Of the thread whose wait it is: it was still waiting when this ticket had been given. */
export function noteSeen(graph: Int32Array, me: number, index: number, ticket: number): void {
  Atomics.store(graph, recordOf(me, index) + SEEN, ticket);
}

/** What is seen after this is seen after every wait with a ticket up to it has begun. */
export function lastTicket(graph: Int32Array): number {
  return Atomics.load(graph, TICKETS);
}

export function askForProof(graph: Int32Array, at: number): void {
  Atomics.store(graph, at + ASKED, 1);
}

/** True once after it was asked. */
export function isAskedForProof(graph: Int32Array, me: number, index: number): boolean {
  return Atomics.compareExchange(graph, recordOf(me, index) + ASKED, 1, 0) === 1;
}

/** Does this wait go on, and its owner live? Once false, false for ever. */
export function goesOn(graph: Int32Array, registry: Int32Array, { at, ticket, owner }: Wait): boolean {
  return Atomics.load(graph, at + TICKET) === ticket && isAlive(registry, owner);
}

/** The waits of the living. Of a thread that is blocked the one wait that blocks it, because it has all that its other calls have. */
export function readWaits(graph: Int32Array, registry: Int32Array): Wait[] {
  const waits: Wait[] = [];
  for (let slot = 0, slots = usedSlots(registry); slot < slots; slot++) {
    for (let index = 0, used = Atomics.load(graph, USED + slot); index < used; index++) {
      const wait = readWait(graph, registry, RECORDS + (slot * RECORDS_PER_SLOT + index) * RECORD_WORDS, index === 0);
      if (wait === undefined) continue;
      waits.push(wait);
      if (index === 0) break;
    }
  }
  return waits;
}

/** Undefined: there is none, or not for so long as it was read. */
function readWait(graph: Int32Array, registry: Int32Array, at: number, isThread: boolean): Wait | undefined {
  const ticket = Atomics.load(graph, at + TICKET);
  if (ticket === 0) return undefined;
  const flags = Atomics.load(graph, at + FLAGS);
  const need = Atomics.load(graph, at + NEED);
  const counts = Atomics.load(graph, at + COUNTS);
  const holds = counts & HOLDS_MASK;
  const wait: Wait = {
    at,
    ticket,
    isThread,
    owner: Atomics.load(graph, at + OWNER),
    kind: (flags & KIND_MASK) as Wait['kind'],
    canFail: (flags & CAN_FAIL) !== 0,
    isProven: (flags & UNPROVEN) === 0,
    number: Atomics.load(graph, at + NUMBER),
    total: need >>> TOTAL_SHIFT,
    want: need & WANT_MASK,
    place: Atomics.load(graph, at + PLACE),
    seen: Atomics.load(graph, at + SEEN),
    holds: readList(graph, at + LISTS, holds),
    parties: readList(graph, at + LISTS + holds, counts >>> PARTIES_SHIFT),
  };
  return goesOn(graph, registry, wait) ? wait : undefined;
}

function readList(graph: Int32Array, from: number, count: number): number[] {
  const list: number[] = [];
  for (let index = 0; index < count; index++) list.push(Atomics.load(graph, from + index));
  return list;
}

function nextTicket(graph: Int32Array): number {
  for (;;) {
    const ticket = (Atomics.add(graph, TICKETS, 1) + 1) | 0;
    if (ticket !== 0) return ticket;
  }
}
