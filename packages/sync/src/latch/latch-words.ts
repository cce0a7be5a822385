/**
 * A latch: what the threads that share one do to its words.
 *
 * | word | written by | says |
 * | --- | --- | --- |
 * | `COUNT` | everybody, by compare-and-swap | how much is to be counted yet, and whether the latch is broken |
 * | seats (seats.ts) | who promises to count | whose counting the latch relies on |
 *
 *     COUNT = left << 1 | BROKEN      (n, 0) ──count down──> … ──> (0, 0), open for ever
 *                                        └──a promise is broken──> (n, BROKEN), for ever
 *
 * Open and broken are both ends, since one compare-and-swap of one word leads to them: all who wait, or come later, see the same.
 * A promise is kept after it was counted: who dies between the two has counted, but counts as not having. It breaks the latch only if the
 * others have not opened it.
 *
 * Why no wake-up is lost: who ends it writes COUNT, then tells all threads (lives.ts). Who dies between the two is news itself. Who waits
 * looks at COUNT, then at the seats, before it sleeps.
 */
import { tellAll } from '../registry/lives.ts';
import { isSeatDead, leaveSeat, SEAT_WORDS, SEATS } from '../registry/seats.ts';
import { IS_BROKEN, TAKEN, WAIT, type Outcome } from '../registry/sleep.ts';

/** The words before it are the header (shared-memory.ts). */
const COUNT = 16;
export const LATCH_WORDS = SEATS + SEAT_WORDS;
/** A guess at what nobody needs more of. */
export const MAX_COUNT = 0x3fff_ffff;

const BROKEN = 1;
const LEFT_SHIFT = 1;

/** Before anybody else has the words. */
export function formatLatch(words: Int32Array, count: number): void {
  words[COUNT] = count << LEFT_SHIFT;
}

/** Counts down, to 0 at least, and keeps a promise of this thread, if it has given one. */
export function countDown(words: Int32Array, registry: Int32Array, me: number, amount: number): void {
  for (;;) {
    const count = Atomics.load(words, COUNT);
    const left = count >>> LEFT_SHIFT;
    if ((count & BROKEN) !== 0 || left === 0) break;
    const after = Math.max(0, left - amount);
    if (Atomics.compareExchange(words, COUNT, count, after << LEFT_SHIFT) !== count) continue;
    if (after === 0) tellAll(registry);
    break;
  }
  leaveSeat(words, me);
}

export function leftToCount(words: Int32Array): number {
  return Atomics.load(words, COUNT) >>> LEFT_SHIFT;
}

/** TAKEN: it is open. */
export function lookAtLatch(words: Int32Array, registry: Int32Array): Outcome {
  for (;;) {
    const count = Atomics.load(words, COUNT);
    if (count >>> LEFT_SHIFT === 0) return TAKEN;
    if ((count & BROKEN) !== 0) return IS_BROKEN;
    if (!isSeatDead(words, registry)) return WAIT;
    // The others were told of the death, and see to it by themselves.
    Atomics.compareExchange(words, COUNT, count, count | BROKEN);
  }
}
