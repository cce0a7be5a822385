/**
 * What host and worker know of each task without a message: a few shared bytes per worker. What was written is there however the
 * worker ends, while messages may be lost with it.
 *
 * Tasks have sequence numbers, 1, 2, 3 … in the order in which this worker was sent them; number `seq` has the slot `seq` mod
 * WORD_SLOTS, and the host sends it only when the task that had the slot before was answered. Per slot:
 *
 *   beganAt   float64   writer: the worker, before `begun`. Milliseconds of the machine's monotonic clock.
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
 */
import { monotonicMs } from '../clock/clock.ts';

/** Most tasks that a worker may hold at a time, those among them that were taken back and not passed over yet. */
export const WORD_SLOTS = 128;

/** The host's side. */
export interface HostWords {
  /** Milliseconds since task `seq` began; undefined: it has not. */
  elapsedMs(seq: number): number | undefined;
  /** Takes task `seq` back. True: it will not begin, for certain; false: its answer tells. */
  revoke(seq: number): boolean;
}

/** The worker's side. */
export interface WorkerWords {
  /** Task `seq` counts as begun from now on. False: it was taken back and must not run. */
  begin(seq: number): boolean;
}

export const WORD_BYTES = 16;
export const BEGUN_OFFSET = 8;
export const REVOKED_OFFSET = 12;

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
    const slot = slotOf(seq);
    if (Atomics.load(this.#words, begunWord(slot)) !== (seq | 0)) return undefined;
    // Written before the word above, and not again before this task is answered.
    const ms = monotonicMs() - this.#times[slot * 2]!;
    // A time to come: something in the worker has written over it. A time-out that waits for it would never be.
    return ms >= 0 ? ms : Infinity;
  }

  revoke(seq: number): boolean {
    const slot = slotOf(seq);
    Atomics.store(this.#words, begunWord(slot) + 1, seq | 0);
    return Atomics.load(this.#words, begunWord(slot)) !== (seq | 0);
  }

  begin(seq: number): boolean {
    const slot = slotOf(seq);
    this.#times[slot * 2] = monotonicMs();
    Atomics.store(this.#words, begunWord(slot), seq | 0);
    if (Atomics.load(this.#words, begunWord(slot) + 1) !== (seq | 0)) return true;
    Atomics.store(this.#words, begunWord(slot), ~seq);
    return false;
  }
}

const begunWord = (slot: number): number => (slot * WORD_BYTES + BEGUN_OFFSET) / 4;
