/**
 * A barrier: what its parties do to its words. Each party is a thread.
 *
 * | word | written by | says |
 * | --- | --- | --- |
 * | `PARTIES` | who makes it | how many there are |
 * | `STATE` | every party, by compare-and-swap | the round, how many have arrived in it, and whether the barrier is broken |
 * | seats (seats.ts) | who takes part, or who starts a thread that will | the parties |
 *
 *     STATE = round << 10 | arrived << 1 | BROKEN
 *     (r, n, 0) ──arrive──> (r, n + 1, 0) ──the last arrives──> (r + 1, 0, 0)      (r, n, 0) ──leave──> (r, n - 1, 0)
 *         └──a party has died, or says so──> (r, n, BROKEN), for ever
 *
 * A round ends either well or broken, for all who arrived in it, because both are one compare-and-swap of the same word; who waits looks
 * first whether its round has passed. A seat is taken before its thread arrives, so there are never more that arrive than parties. A round
 * number comes again after 2^22 rounds, and nobody sleeps through one.
 *
 * Why no wake-up is lost: who ends a round writes STATE, then tells all parties (lives.ts). Who dies between the two is news itself. Who waits
 * looks at STATE, then at the seats, before it sleeps.
 */
import { MAX_THREADS, slotOf, tell } from '../registry/lives.ts';
import { hasSeat, isSeatDead, SEAT_WORDS, SEATS, takeSeat } from '../registry/seats.ts';
import {
  IS_BROKEN,
  IS_DEADLOCKED,
  sleep,
  TAKEN,
  TIMED_OUT,
  WAIT,
  type BeforeSleep,
  type Outcome,
} from '../registry/sleep.ts';

/** The words before it are the header (shared-memory.ts). */
const PARTIES = 16;
const STATE = 17;
export const BARRIER_WORDS = SEATS + SEAT_WORDS;
export const MAX_PARTIES = MAX_THREADS;

const BROKEN = 1;
const ARRIVED = 2;
const ROUND = 1 << 10;
const ARRIVED_MASK = ROUND - ARRIVED;
const ROUND_MASK = -ROUND;

/** Before anybody else has the words. */
export function formatBarrier(words: Int32Array, parties: number): void {
  words[PARTIES] = parties;
}

export function partiesOf(words: Int32Array): number {
  return words[PARTIES]!;
}

/** Makes this thread, or another by its id, a party. False: there are all already. */
export function join(words: Int32Array, id: number): boolean {
  const parties = partiesOf(words);
  return hasSeat(words, id) || takeSeat(words, parties, id);
}

/** Arrives, as a party; gives the round in which it did. To be followed by looks until one ends with anything but WAIT, or by `depart`. */
export function arrive(words: Int32Array, registry: Int32Array): number {
  for (;;) {
    const state = Atomics.load(words, STATE);
    const round = state & ROUND_MASK;
    // A look says so.
    if ((state & BROKEN) !== 0) return round;
    const isLast = (state & ARRIVED_MASK) / ARRIVED + 1 === partiesOf(words);
    const after = isLast ? (round + ROUND) | 0 : state + ARRIVED;
    if (Atomics.compareExchange(words, STATE, state, after) !== state) continue;
    if (isLast) tellParties(words, registry);
    return round;
  }
}

/** TAKEN: the round has passed. */
export function lookAtRound(words: Int32Array, registry: Int32Array, round: number): Outcome {
  for (;;) {
    const state = Atomics.load(words, STATE);
    if ((state & ROUND_MASK) !== round) return TAKEN;
    if ((state & BROKEN) !== 0) return IS_BROKEN;
    if (!isSeatDead(words, registry)) return WAIT;
    // The others were told of the death, and see to it by themselves.
    Atomics.compareExchange(words, STATE, state, state | BROKEN);
  }
}

/** Takes the arrival back: TIMED_OUT, or what has come before. */
export function depart(words: Int32Array, round: number): Outcome {
  for (;;) {
    const state = Atomics.load(words, STATE);
    if ((state & ROUND_MASK) !== round) return TAKEN;
    if ((state & BROKEN) !== 0) return IS_BROKEN;
    if (Atomics.compareExchange(words, STATE, state, state - ARRIVED) === state) return TIMED_OUT;
  }
}

/** Ends it for all who have not passed yet. */
export function breakOff(words: Int32Array, registry: Int32Array): void {
  Atomics.or(words, STATE, BROKEN);
  tellParties(words, registry);
}

/** Blocks this thread, which has arrived in `round`. */
export function sleepInRound(
  words: Int32Array,
  registry: Int32Array,
  me: number,
  round: number,
  endMs: number,
  beforeSleep?: BeforeSleep,
): Outcome {
  const outcome = sleep(registry, me, endMs, () => lookAtRound(words, registry, round), beforeSleep);
  if (outcome !== WAIT && outcome !== IS_DEADLOCKED) return outcome;
  const end = depart(words, round);
  return end === TIMED_OUT && outcome === IS_DEADLOCKED ? IS_DEADLOCKED : end;
}

/** There is a party more, on which who waits depends. */
export function tellParties(words: Int32Array, registry: Int32Array): void {
  for (let seat = SEATS; seat < SEATS + partiesOf(words); seat++) {
    const id = Atomics.load(words, seat);
    if (id !== 0) tell(registry, slotOf(id));
  }
}
