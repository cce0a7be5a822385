/**
 * Single calls of one function that are to run inline, taken as a map takes its items: no more work stands in this thread's own line than
 * some milliseconds, and the rest is held here, because what stands there can't go elsewhere any more. So of a burst of calls of a function
 * that nobody knows yet the first few run, and tell; where the others go is decided then, and once more when workers are there.
 *
 * A held call is a call like any other: its arguments were copied when it was made, it is counted among what waits, and it stands behind
 * those that were made before it.
 *
 * Invariant: as long as a call is held, one of this line is under way inline, which hands the next one on when it settles.
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
  /** Calls that may be held. */
  readonly heldMax: number;
  readonly submit: (part: Part, args: readonly unknown[] | undefined, waiter: Waiter) => void;
  /** The same with arguments that were copied before. */
  readonly submitHeld: (part: Part, held: Packed, waiter: Waiter) => void;
}

export class CallLine {
  readonly #parts: CallLineParts;
  #held: Array<{ readonly packed: Packed; readonly waiter: Waiter }> = [];
  /** Of `#held`, so many have left. */
  #left = 0;
  #underWay = 0;

  constructor(parts: CallLineParts) {
    this.#parts = parts;
  }

  get held(): number {
    return this.#held.length - this.#left;
  }

  /** Throws what is wrong with the call; nothing was taken over then. */
  take(args: readonly unknown[] | undefined, waiter: Waiter): void {
    const { inline, route, window, submit, heldMax, name } = this.#parts;
    const part = route();
    if (part !== inline) {
      this.handOn();
      return submit(part, args, waiter);
    }
    if (this.held === 0 && this.#underWay < window()) {
      submit(inline, args, this.#counted(waiter));
      this.#underWay++;
      return;
    }
    if (this.held >= heldMax) throw heddleError('HEDDLE_QUEUE_FULL', { queueLimit: heldMax });
    // Copying runs the caller's own code where an argument has getters, which may call again: those come first, as in any pool.
    const packed = inline.core.packHeld(name, args);
    this.#held.push({ packed, waiter });
    // Unless what was under way has settled meanwhile, this does nothing.
    this.handOn();
  }

  /** Something is known now that wasn't, or there is room: those that may go do. */
  handOn(): void {
    const { inline, route, window } = this.#parts;
    while (this.held > 0) {
      let part: Part;
      try {
        part = route();
      } catch (error) {
        return this.#refuseAll(error);
      }
      if (part === inline && this.#underWay >= window()) return;
      this.#handOnOne(part);
    }
  }

  /** All of them to this part, before it refuses what is new. */
  flush(): void {
    while (this.held > 0) this.#handOnOne(this.#parts.inline);
  }

  #handOnOne(part: Part): void {
    const isInline = part === this.#parts.inline;
    const { packed, waiter } = this.#next();
    try {
      this.#parts.submitHeld(part, packed, isInline ? this.#counted(waiter) : waiter);
      if (isInline) this.#underWay++;
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

  #counted({ resolve, reject }: Waiter): Waiter {
    return {
      resolve: (value) => {
        resolve(value);
        this.#settled();
      },
      reject: (error) => {
        reject(error);
        this.#settled();
      },
    };
  }

  /** Not in the middle of the outcome that has told it. */
  #settled(): void {
    this.#underWay--;
    if (this.held > 0) queueMicrotask(() => this.handOn());
  }
}
