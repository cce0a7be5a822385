/**
 * Wake-ups of another thread or process in bursts: of those in one turn of this thread's event loop the first two go at once, all others
 * together when the turn ends.
 *
 * A reader that is faster than its writer sleeps again after every record, and each wake-up costs the writer several microseconds:
 * a fifth of the time of a host with 1,000 small calls under way (measured: 22 %). What comes before the end of the turn finds more to do.
 *
 * Where nothing is heard from the other side between two wake-ups, turns are not told apart: the second is then taken for one of the same
 * turn. It goes at once all the same.
 *
 * A turn may compute for long after it has sent something, and must not hold it up. So the reader looks again by itself
 * SECOND_LOOK_MS after it went to sleep. That costs a timer, so it does it only while wake-ups are put off:
 *
 *   paced   writer: the writer, to 1 before the second wake-up of a turn, which still goes at once; to 0 at the end of a turn that
 *           put nothing off.   reader of it: the reader, after it has raised its flag (PARKED_WORD in ring.ts) and found nothing.
 *
 * The wake-up after `paced` became 1 is not put off, so the reader went to sleep after that, and has seen it. The flag was set back
 * by who asks, so until the late wake-up nobody asks again. One that comes after the reader's look finds nothing, which a reader
 * must stand anyway. Owned by the writer's thread. Between processes `paced` may be written over: the worker's own loss.
 */
// Not the globals, which a task may replace.
import { clearTimeout, setTimeout } from 'node:timers';
import { PACED_WORD } from './ring-layout.ts';

const SECOND_LOOK_MS = 1;

/**
 * The second look of one reader. One timer, set anew whenever the reader goes to sleep; a time-out of `waitAsync` would be a timer of
 * its own each time, and wake this thread to set it. It keeps nothing alive.
 */
export class SecondLook {
  #timer: NodeJS.Timeout | undefined;

  /** The reader has gone to sleep: calls `look`, the same function each time, once in a while if it may have to. */
  after(words: Int32Array, look: () => void): void {
    if (Atomics.load(words, PACED_WORD) !== 1) return;
    this.#timer ??= setTimeout(look, SECOND_LOOK_MS).unref();
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

export class PacedWake {
  readonly #wakeReader: (words: Int32Array) => void;
  /** In this turn, as far as its begin is known. */
  #wakes = 0;
  #isEndSet = false;
  #isPaced = false;
  /** Of the reader, which is to be woken at the end of the turn. */
  #waiting: Int32Array | undefined;
  #words: Int32Array | undefined;

  constructor(wakeReader: (words: Int32Array) => void) {
    this.#wakeReader = wakeReader;
  }

  readonly wake = (words: Int32Array): void => {
    this.#words = words;
    const isFirst = this.#wakes++ === 0;
    // Who sends one task after the other hears of a new turn with each answer, and pays for no end of it.
    if (!isFirst || this.#isPaced) this.#setEnd();
    if (!isFirst && this.#isPaced) {
      this.#waiting = words;
      return;
    }
    if (!isFirst) this.#setPaced(words, true);
    this.#wakeReader(words);
  };

  readonly onTurn = (): void => {
    if (!this.#isEndSet) this.#wakes = 0;
  };

  #setEnd(): void {
    if (this.#isEndSet) return;
    this.#isEndSet = true;
    process.nextTick(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    const waiting = this.#waiting;
    this.#isEndSet = false;
    this.#wakes = 0;
    this.#waiting = undefined;
    if (waiting !== undefined) this.#wakeReader(waiting);
    else if (this.#isPaced) this.#setPaced(this.#words!, false);
  };

  #setPaced(words: Int32Array, isPaced: boolean): void {
    this.#isPaced = isPaced;
    Atomics.store(words, PACED_WORD, isPaced ? 1 : 0);
  }
}
