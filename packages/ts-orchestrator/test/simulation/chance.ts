/**
 * Draws from a seed. Whoever needs chance gets a stream of its own, so that what one part draws doesn't shift the others: a
 * changed program under the same seed still meets the same workers.
 */
import { seededRandom, type Random } from '../../src/clock/random.ts';

/** The pool's own chance under this seed. */
export const poolRandom = (seed: number): Random => seededRandom((seed >>> 0) + STREAMS.pool * 2 ** 32);

/** What the streams of one seed are for. Workers, wires and words count on from theirs. */
export const STREAMS = { plan: 0, world: 1, pool: 2, examiner: 3, worker: 10_000, wire: 20_000, words: 30_000 };

export class Chance {
  readonly #random: Random;

  /** `seed`: an integer of 32 bits. */
  constructor(seed: number, stream: number) {
    this.#random = seededRandom((seed >>> 0) + stream * 2 ** 32);
  }

  /** From 0 up to 1, without 1. */
  fraction(): number {
    return this.#random.next();
  }

  /** An integer from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.#random.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return probability > 0 && this.#random.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random.next() * choices.length)]!;
  }
}
