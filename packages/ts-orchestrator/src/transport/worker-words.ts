/**
 * What host and worker know of each task without a message: a few shared bytes per worker. What was written is there however the
 * worker ends, while messages may be lost with it.
 *
 * Tasks have sequence numbers, 1, 2, 3 … in the order in which this worker was sent them; number `seq` has the slot `seq` mod
 * WORD_SLOTS, and the host sends it only when the task that had the slot before was answered. Per slot:
 *
 *   beganAt   float64   writer: the worker, before `items`. Milliseconds of the machine's monotonic clock.
 *   items     int32     writer: the worker, before `begun`: 1. Of a batch, before each item: how many have begun, that one included.
 *   begun     int32     writer: the worker, before it runs the task: `seq`. When it leaves the task out: ~`seq`.
 *   revoked   int32     writer: the host, when it takes the task back: `seq`.
 *
 * Taking back, in both orders sequentially consistent (Atomics, or calls of the system):
 *
 *   host     revoked = seq, then reads begun          worker   begun = seq, then reads revoked
 *
 * So at least one sees the other. The host reads another number than `seq`: the worker will read the revocation and leave the task
 * out, for certain; the host owns the task again at once. It reads `seq`: the worker runs the task or leaves it out, and its answer
 * tells (`value` … or `skipped`). A word holds the number itself, so it is never cleared. Numbers are compared as 32 bits: `begun`
 * passes through every number of its slot, and a revocation that is 2 ** 32 tasks old ends in a `skipped` that the host makes good.
 *
 * A batch is taken back from wherever it stands, by the same two rules for each of its items:
 *
 *   host     revoked = seq, then reads items          worker   items = n + 1, then reads revoked; seq: items = n, `skipped`
 *
 * The items at and after the number that the host reads will not begin, for certain. The one before may have begun or be left out;
 * what came before that has. `begun` belongs to the host's reading too: another number there says that no item has.
 */
import { monotonicMs } from '../clock/clock.ts';

/** Most tasks that a worker may hold at a time, those among them that were taken back and not passed over yet. */
export const WORD_SLOTS = 128;

/** The host's side. */
export interface HostWords {
  /** Milliseconds since task `seq` began, or the last item of it that has; undefined: it has not. */
  elapsedMs(seq: number): number | undefined;
  /**
   * Takes back what has not begun of task `seq`, and returns how many of its items may have: 0, none will, for certain; 1 for a task
   * that is no batch. Their answers tell.
   */
  revoke(seq: number): number;
}

/** The worker's side. */
export interface WorkerWords {
  /** Task `seq` counts as begun from `now` on, by `monotonicMs`. False: it was taken back and must not run. */
  begin(seq: number, now?: number): boolean;
  /** So does item `item` of the batch `seq`, from 1: the first begins with its task. False: it was taken back, with those after it. */
  beginItem(seq: number, item: number, now?: number): boolean;
}

/** Half a cache line. */
export const WORD_BYTES = 32;
export const ITEMS_OFFSET = 8;
export const BEGUN_OFFSET = 12;
export const REVOKED_OFFSET = 16;

export const slotOf = (seq: number): number => seq & (WORD_SLOTS - 1);

/** Over memory that host and worker share. */
export class MemoryWords implements HostWords, WorkerWords {
  readonly memory: ArrayBufferLike;
  readonly #words: Int32Array;
  readonly #times: Float64Array;

  constructor(memory: ArrayBufferLike = new SharedArrayBuffer(WORD_SLOTS * WORD_BYTES)) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.#times = new Float64Array(memory);
  }

  elapsedMs(seq: number): number | undefined {
    const at = wordsOf(seq);
    if (Atomics.load(this.#words, at + BEGUN) !== (seq | 0)) return undefined;
    // Written before the word above, and not again before this task is answered, but for the next item of a batch.
    const ms = monotonicMs() - this.#times[at >> 1]!;
    // A time to come: something in the worker has written over it. A time-out that waits for it would never be.
    return ms >= 0 ? ms : Infinity;
  }

  revoke(seq: number): number {
    const at = wordsOf(seq);
    Atomics.store(this.#words, at + REVOKED, seq | 0);
    if (Atomics.load(this.#words, at + BEGUN) !== (seq | 0)) return 0;
    return Math.max(1, Atomics.load(this.#words, at + ITEMS));
  }

  begin(seq: number, now?: number): boolean {
    const at = wordsOf(seq);
    this.#times[at >> 1] = now ?? monotonicMs();
    // Seen by whoever sees the number below.
    this.#words[at + ITEMS] = 1;
    Atomics.store(this.#words, at + BEGUN, seq | 0);
    if (Atomics.load(this.#words, at + REVOKED) !== (seq | 0)) return true;
    Atomics.store(this.#words, at + BEGUN, ~seq);
    return false;
  }

  beginItem(seq: number, item: number, now?: number): boolean {
    const at = wordsOf(seq);
    this.#times[at >> 1] = now ?? monotonicMs();
    Atomics.store(this.#words, at + ITEMS, item + 1);
    if (Atomics.load(this.#words, at + REVOKED) !== (seq | 0)) return true;
    Atomics.store(this.#words, at + ITEMS, item);
    return false;
  }
}

const ITEMS = ITEMS_OFFSET / 4;
const BEGUN = BEGUN_OFFSET / 4;
const REVOKED = REVOKED_OFFSET / 4;

/** The first word of the slot. */
const wordsOf = (seq: number): number => (slotOf(seq) * WORD_BYTES) / 4;
