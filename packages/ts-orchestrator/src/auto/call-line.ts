/**
 * Single calls of one function that are to run inline, taken as a map takes its items: no more work stands in this thread's own line than
 * some milliseconds, and the rest is held here, because what stands there can't go elsewhere any more. So of a burst of calls of a function
 * that nobody knows yet the first few run, and tell; where the others go is decided then, and once more when workers are there.
 *
 * While some workers are there and not all, calls go to those and inline, each as far as there is room (side-by-side.ts).
 *
 * A held call is a call like any other: its arguments were copied when it was made, it is counted among what waits, and it stands behind
 * those that were made before it.
 *
 * Invariant: as long as a call is held, one of this line is under way whose outcome hands the next ones on: in each place the last at the
 * latest. Nothing else does but news of workers, and that something is known of the function (auto-pool.ts).
 */
import { heddleError } from '../errors/errors.ts';
import type { Packed } from '../transport/transport.ts';
import type { Part } from './part.ts';

export interface Waiter {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface CallLineParts {
  readonly name: string;
  readonly inline: Part;
  /** Where the next call goes now. Throws when no call is taken any more. */
  readonly route: () => Part;
  /** Calls that may be under way inline, 1 or more. */
  readonly window: () => number;
  /** Calls that this part may have; Infinity: it is the place for all. */
  readonly awayMax: (part: Part) => number;
  /** Calls that may be held. */
  readonly heldMax: number;
  readonly submit: (part: Part, args: readonly unknown[] | undefined, waiter: Waiter) => void;
  /** The same with arguments that were copied before. */
  readonly submitHeld: (part: Part, held: Packed, waiter: Waiter) => void;
  /** None is held or under way, of those that were counted. */
  readonly onIdle: () => void;
}

interface Place {
  readonly part: Part;
  /** For so many calls, 1 or more. */
  readonly room: number;
  /** Its outcome makes room for another one. */
  readonly isCounted: boolean;
}

export class CallLine {
  readonly #parts: CallLineParts;
  #held: Array<{ readonly packed: Packed; readonly waiter: Waiter }> = [];
  /** Of `#held`, so many have left. */
  #left = 0;
  #underWay = 0;
  /** Under way in workers, of those that were counted. */
  #away = 0;
  /** With so few under way in a place the next ones are handed on: for each single one it would cost more than a short call. */
  #fewHere = 0;
  #fewAway = 0;
  #isHandingOnSoon = false;
  #isFlushed = false;

  constructor(parts: CallLineParts) {
    this.#parts = parts;
  }

  get held(): number {
    return this.#held.length - this.#left;
  }

  /** Throws what is wrong with the call; nothing was taken over then. */
  take(args: readonly unknown[] | undefined, waiter: Waiter): void {
    const { inline, submit, heldMax, name } = this.#parts;
    const place = this.held === 0 ? this.#place() : undefined;
    if (place !== undefined) {
      submit(place.part, args, place.isCounted ? this.#counted(place.part, waiter) : waiter);
      if (place.isCounted) this.#begin(place.part);
      return;
    }
    if (this.held >= heldMax) throw heddleError('HEDDLE_QUEUE_FULL', { queueLimit: heldMax });
    // Copying runs the caller's own code where an argument has getters, which may call again: those come first, as in any pool. Or end it all.
    const packed = inline.core.packHeld(name, args);
    this.#held.push({ packed, waiter });
    if (this.#isFlushed) this.handOn();
  }

  /** Something is known now that wasn't, or there is room: those that may go do. */
  handOn(): void {
    while (this.held > 0) {
      let place: Place | undefined;
      try {
        place = this.#place();
      } catch (error) {
        return this.#refuseAll(error);
      }
      if (place === undefined) return;
      for (let room = place.room; room > 0 && this.held > 0; room--) this.#handOnOne(place);
    }
  }

  /** Where the next call goes now; undefined: nowhere. Throws when no call is taken any more. */
  #place(): Place | undefined {
    const { inline, route, window, awayMax } = this.#parts;
    const part = route();
    if (part !== inline) {
      const most = awayMax(part);
      this.#fewAway = most / 2;
      if (this.#away < most) return { part, room: most - this.#away, isCounted: most !== Infinity };
    }
    const most = window();
    this.#fewHere = most / 2;
    return this.#underWay < most ? { part: inline, room: most - this.#underWay, isCounted: true } : undefined;
  }

  /** All of them to this part, before it refuses what is new. */
  flush(): void {
    this.#isFlushed = true;
    while (this.held > 0) this.#handOnOne({ part: this.#parts.inline, isCounted: true });
  }

  #handOnOne({ part, isCounted }: Pick<Place, 'part' | 'isCounted'>): void {
    const { packed, waiter } = this.#next();
    try {
      this.#parts.submitHeld(part, packed, isCounted ? this.#counted(part, waiter) : waiter);
      if (isCounted) this.#begin(part);
    } catch (error) {
      waiter.reject(error);
    }
  }

  #next() {
    const next = this.#held[this.#left++]!;
    // Now and then, so that a long line is not moved up with every call.
    if (this.#left * 2 > this.#held.length) {
      this.#held = this.#held.slice(this.#left);
      this.#left = 0;
    }
    return next;
  }

  #refuseAll(error: unknown): void {
    while (this.held > 0) this.#next().waiter.reject(error);
  }

  #begin(part: Part): void {
    if (part === this.#parts.inline) this.#underWay++;
    else this.#away++;
  }

  #counted(part: Part, { resolve, reject }: Waiter): Waiter {
    return {
      resolve: (value) => {
        resolve(value);
        this.#settled(part);
      },
      reject: (error) => {
        reject(error);
        this.#settled(part);
      },
    };
  }

  #settled(part: Part): void {
    const areFew = part === this.#parts.inline ? --this.#underWay <= this.#fewHere : --this.#away <= this.#fewAway;
    if (this.held > 0) {
      if (areFew) this.#handOnSoon();
    } else if (this.#underWay + this.#away === 0) this.#parts.onIdle();
  }

  /** Not in the middle of the outcome that has told it. */
  #handOnSoon(): void {
    if (this.#isHandingOnSoon) return;
    this.#isHandingOnSoon = true;
    queueMicrotask(() => {
      this.#isHandingOnSoon = false;
      this.handOn();
    });
  }
}
