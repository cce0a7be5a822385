/** What a look at a shared thing can end with, and the sleep between two looks of a thread that blocks. Its law is in lives.ts. */
import { outsides, parkWord } from './lives.ts';

/** Not yet: there will be news. */
export const WAIT = 0;
export const TAKEN = 1;
export const TAKEN_ABANDONED = 2;
export const IS_POISONED = 3;
export const TIMED_OUT = 4;
export const IS_BROKEN = 5;
/** It would wait for ever, and was chosen to fail (deadlock/circle.ts). */
export const IS_DEADLOCKED = 6;
export const IS_CLOSED = 7;
export type Outcome = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Called before this thread falls asleep; may end the wait. */
export type BeforeSleep = () => typeof WAIT | typeof IS_DEADLOCKED;

/**
 * Blocks this thread until `look`, or `beforeSleep` after it, ends with anything but WAIT; gives WAIT when `endMs` of `performance.now()`
 * has come first.
 */
export function sleep(
  registry: Int32Array,
  me: number,
  endMs: number,
  look: () => Outcome,
  beforeSleep?: BeforeSleep,
): Outcome {
  const park = parkWord(me);
  for (;;) {
    const news = Atomics.load(registry, park);
    const outcome = look();
    if (outcome !== WAIT) return outcome;
    if (beforeSleep !== undefined && beforeSleep() !== WAIT) return IS_DEADLOCKED;
    const leftMs = endMs === Infinity ? Infinity : Math.max(0, endMs - performance.now());
    const outside = outsides.get(registry);
    const end = outside === undefined ? Atomics.wait(registry, park, news, leftMs) : outside.wait(park, news, leftMs);
    if (end === 'timed-out') return look();
  }
}
