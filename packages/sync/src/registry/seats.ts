/**
 * Seats: who has promised something to the others, by owner id. A dead thread in a seat has not kept its promise.
 *
 * | word | written by | says |
 * | --- | --- | --- |
 * | `LIMIT` | who takes a seat, before it does, upwards only | seats from there up were never taken; looks at them end here |
 * | a seat | who takes it, from 0 to an id, for itself or for a worker it has started; back to 0 by the thread in it | who has promised |
 *
 * The death of a thread in a seat is news to everybody (lives.ts), and whoever waits then looks at the seats.
 */
import { isAlive, MAX_THREADS } from './lives.ts';

/** The word before the seats. */
const LIMIT = 31;
export const SEATS = 32;
export const SEAT_WORDS = MAX_THREADS;

/** Takes one of the first `count` seats for the thread `id`. False: none is free. */
export function takeSeat(words: Int32Array, count: number, id: number): boolean {
  for (let seat = 0; seat < count; seat++) {
    if (Atomics.load(words, SEATS + seat) !== 0) continue;
    for (let limit = seatsTaken(words); limit <= seat; limit = seatsTaken(words))
      Atomics.compareExchange(words, LIMIT, limit, seat + 1);
    if (Atomics.compareExchange(words, SEATS + seat, 0, id) === 0) return true;
  }
  return false;
}

export function hasSeat(words: Int32Array, id: number): boolean {
  for (let seat = 0, taken = seatsTaken(words); seat < taken; seat++)
    if (Atomics.load(words, SEATS + seat) === id) return true;
  return false;
}

/** The thread has kept its promise, or one of them. */
export function leaveSeat(words: Int32Array, id: number): void {
  for (let seat = 0, taken = seatsTaken(words); seat < taken; seat++)
    if (Atomics.compareExchange(words, SEATS + seat, id, 0) === id) return;
}

/** Who sits there; a thread with several seats several times. */
export function idsInSeats(words: Int32Array): number[] {
  const ids: number[] = [];
  for (let seat = 0, taken = seatsTaken(words); seat < taken; seat++) {
    const id = Atomics.load(words, SEATS + seat);
    if (id !== 0) ids.push(id);
  }
  return ids;
}

/** Has a thread in a seat died? */
export function isSeatDead(words: Int32Array, registry: Int32Array): boolean {
  for (let seat = 0, taken = seatsTaken(words); seat < taken; seat++) {
    const id = Atomics.load(words, SEATS + seat);
    if (id !== 0 && !isAlive(registry, id)) return true;
  }
  return false;
}

function seatsTaken(words: Int32Array): number {
  return Atomics.load(words, LIMIT);
}
