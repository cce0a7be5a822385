/**
 * A ring of bytes from one writer to one reader, in memory that both have: a SharedArrayBuffer between threads, or a mapping that
 * processes share. It never blocks and never loses: a writer that finds no room is told so.
 *
 *   word      writer        reader of it   what
 *   tail      the writer    the reader     bytes written so far, whole records only
 *   head      the reader    the writer     bytes taken so far
 *   parked    both          both           1: the reader sleeps or is about to; who sets it back to 0 wakes it
 *
 * Each word has a line of its own, so that no side's stores disturb what the other reads. Positions count modulo 2 ** 32; the byte
 * of a position is its rest by the capacity, which is a power of two. A record is its length in four bytes, four bytes that the
 * caller names (`kind`), and its payload; it begins at a multiple of eight and never wraps: where it doesn't fit before the end, a
 * record of kind SKIP fills that up.
 *
 * Commit after write: a record is written in plain bytes first, then `tail` is stored; the reader loads `tail` first. Both are
 * sequentially consistent, so what lies below `tail` is whole, also when the writer was ended in the middle of the next record. The
 * same holds for `head` and the bytes that may be written over. Each side keeps its last look at the other's word, and looks again
 * only when that says full or empty.
 *
 * No wake-up is lost:
 *
 *   reader   parked = 1, then reads tail         writer   tail = …, then reads parked
 *
 * in both orders sequentially consistent. So the reader sees the record and does not sleep, or the writer sees the flag, sets it
 * back and wakes. Waiting itself looks at the flag once more (`Atomics.wait` and its like compare before they sleep), so a wake-up
 * between the reader's look and its sleep is seen too. The flag is set back by an exchange, so one park is answered by one wake-up.
 *
 * Neither side trusts the other's words where the other is another process, whose memory may be written over by whatever runs
 * in it: lengths and positions that can't be throw a `RingDamage`, before anything is read or written by them. So a side never
 * leaves its ring, and never loops: each record that is read takes it on by eight bytes or more.
 */
import { DATA_OFFSET, HEAD_WORD, PARKED_WORD, TAIL_WORD } from './ring-layout.ts';

const HEADER_BYTES = 8;
const ALIGN_BYTES = 8;
const SKIP = -1;

/** The other side's words say what can't be. */
export class RingDamage extends Error {
  override readonly name = 'RingDamage';
}

function capacityOf(memory: ArrayBufferLike): number {
  const capacity = memory.byteLength - DATA_OFFSET;
  if (capacity < 2 * ALIGN_BYTES || (capacity & (capacity - 1)) !== 0)
    throw new RangeError(`a ring holds a power of two of bytes, not ${capacity}`);
  return capacity;
}

export class RingWriter {
  readonly memory: ArrayBufferLike;
  readonly #words: Int32Array;
  readonly #capacity: number;
  readonly #wake: (words: Int32Array) => void;
  #tail: number;
  /** `head` when last looked at. */
  #headSeen: number;

  /** `wake`: ends the reader's sleep; called after its flag was set back. */
  constructor(memory: ArrayBufferLike, wake: (words: Int32Array) => void) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.#capacity = capacityOf(memory);
    this.#wake = wake;
    this.#tail = Atomics.load(this.#words, TAIL_WORD);
    this.#headSeen = Atomics.load(this.#words, HEAD_WORD);
  }

  /**
   * Where in `memory` a payload of up to so many bytes may be written; -1: no room now. At most a quarter of the capacity can be
   * asked for. Nothing is visible before `commit`; without it, the place is as free as before. Throws a RingDamage.
   */
  open(bytesMax: number): number {
    const size = HEADER_BYTES + ((bytesMax + ALIGN_BYTES - 1) & -ALIGN_BYTES);
    const toEnd = this.#capacity - (this.#tail & (this.#capacity - 1));
    const skipped = toEnd < size ? toEnd : 0;
    if (((this.#tail - this.#headSeen) | 0) + skipped + size > this.#capacity) {
      this.#headSeen = Atomics.load(this.#words, HEAD_WORD);
      const used = (this.#tail - this.#headSeen) | 0;
      if (used < 0 || used > this.#capacity)
        throw new RingDamage(`its reader says that ${used} bytes are on their way`);
      if (used + skipped + size > this.#capacity) return -1;
    }
    if (skipped > 0) {
      const at = (DATA_OFFSET + (this.#tail & (this.#capacity - 1))) >> 2;
      this.#words[at] = skipped;
      this.#words[at + 1] = SKIP;
      // Becomes visible with the record after it.
      this.#tail = (this.#tail + skipped) | 0;
    }
    return DATA_OFFSET + (this.#tail & (this.#capacity - 1)) + HEADER_BYTES;
  }

  /** Makes the payload visible that was written from where `open` said up to `end`, and wakes the reader if it sleeps. */
  commit(kind: number, end: number): void {
    const at = DATA_OFFSET + (this.#tail & (this.#capacity - 1));
    this.#words[at >> 2] = end - at;
    this.#words[(at >> 2) + 1] = kind;
    this.#tail = (this.#tail + ((end - at + ALIGN_BYTES - 1) & -ALIGN_BYTES)) | 0;
    Atomics.store(this.#words, TAIL_WORD, this.#tail);
    if (Atomics.load(this.#words, PARKED_WORD) === 1 && Atomics.exchange(this.#words, PARKED_WORD, 0) === 1)
      this.#wake(this.#words);
  }

  /** Stores what `commit` stored last, and wakes the reader whether it seems to sleep or not. */
  rouse(): void {
    Atomics.store(this.#words, TAIL_WORD, this.#tail);
    this.#wake(this.#words);
  }
}

export class RingReader {
  readonly memory: ArrayBufferLike;
  /** For waiting on PARKED_WORD. */
  readonly words: Int32Array;
  readonly #capacity: number;
  /** Of the record that `next` has found. */
  kind = 0;
  /** Where in `memory` its payload lies. */
  start = 0;
  end = 0;
  /** Where the next record begins. */
  #head: number;
  /** `head` as it was last stored. */
  #headTold: number;
  /** `tail` when last looked at. */
  #tailSeen: number;

  constructor(memory: ArrayBufferLike) {
    this.memory = memory;
    this.words = new Int32Array(memory);
    this.#capacity = capacityOf(memory);
    this.#head = this.#headTold = Atomics.load(this.words, HEAD_WORD);
    this.#tailSeen = this.#head;
  }

  /** Goes on to the next record; the one before must be done with. False: there is none now. Throws a RingDamage. */
  next(): boolean {
    for (;;) {
      if (this.#head === this.#tailSeen) {
        const tail = Atomics.load(this.words, TAIL_WORD);
        const written = (tail - this.#head) | 0;
        if (written === 0) {
          this.#tell();
          return false;
        }
        if (written < 0 || written > this.#capacity || (written & (ALIGN_BYTES - 1)) !== 0)
          throw new RingDamage(`its writer says that ${written} bytes are there`);
        this.#tailSeen = tail;
      }
      // Told now and then, because each store takes the line from the writer.
      if (((this.#head - this.#headTold) | 0) >= this.#capacity >> 2) this.#tell();
      const at = DATA_OFFSET + (this.#head & (this.#capacity - 1));
      const length = this.words[at >> 2]!;
      const kind = this.words[(at >> 2) + 1]!;
      const toEnd = this.#capacity - (this.#head & (this.#capacity - 1));
      const written = (this.#tailSeen - this.#head) | 0;
      const taken = (length + ALIGN_BYTES - 1) & -ALIGN_BYTES;
      if (length < HEADER_BYTES || length > toEnd || taken > written)
        throw new RingDamage(`a record of ${length} bytes, of ${written} that are there`);
      this.#head = (this.#head + taken) | 0;
      if (kind === SKIP) continue;
      this.kind = kind;
      this.start = at + HEADER_BYTES;
      this.end = at + length;
      return true;
    }
  }

  /** Before sleeping. False: something came meanwhile; `next` has it. True: PARKED_WORD is 1 until the writer wakes. */
  park(): boolean {
    Atomics.store(this.words, PARKED_WORD, 1);
    if (Atomics.load(this.words, TAIL_WORD) === this.#head) return true;
    Atomics.store(this.words, PARKED_WORD, 0);
    return false;
  }

  #tell(): void {
    if (this.#head === this.#headTold) return;
    this.#headTold = this.#head;
    Atomics.store(this.words, HEAD_WORD, this.#head);
  }
}
