/**
 * A list of small values taken over as bytes: a copy that costs a fraction of structured clone, and goes into a ring as it is.
 *
 * The bytes of many lists lie behind one another in one slab, because an array of its own costs more than the bytes in it. A slab is
 * never written twice, and goes with the last list that lies in it: a list that waits long keeps SLAB_BYTES, not more.
 */
import { ValueReader } from './value-reader.ts';
import { REFUSED, ValueWriter } from './value-writer.ts';

const BYTES_MAX = 4_096;
const SLAB_BYTES = 4 * BYTES_MAX;
/** Up to here a loop beats the call of `set` (measured: about 1 ns a byte, 60 ns a call). */
const LOOP_BYTES = 64;

class Slab {
  readonly bytes = new Uint8Array(SLAB_BYTES);
  readonly writer = new ValueWriter(this.bytes.buffer);
  reader: ValueReader | undefined;
  /** Where the next list begins. */
  free = 0;
}

let slab = new Slab();

export class PackedList {
  readonly #slab: Slab;
  readonly #start: number;
  readonly #end: number;

  private constructor(from: Slab, start: number, end: number) {
    this.#slab = from;
    this.#start = start;
    this.#end = end;
  }

  /** Undefined: the codec refuses this list. */
  static of(list: readonly unknown[]): PackedList | undefined {
    if (SLAB_BYTES - slab.free < BYTES_MAX) slab = new Slab();
    // Getters of the list may pack another one: they are refused by the writer, or use the next slab.
    const from = slab;
    const start = from.free;
    const end = from.writer.writeList(list, start, start + BYTES_MAX);
    if (end === REFUSED) return undefined;
    from.free = end;
    return new PackedList(from, start, end);
  }

  /** As `ValueWriter.writeList` wrote them: not to be changed. */
  get bytes(): Uint8Array {
    return this.#slab.bytes.subarray(this.#start, this.#end);
  }

  get byteLength(): number {
    return this.#end - this.#start;
  }

  /** Copies the bytes. There must be room for them. */
  copyTo(target: Uint8Array, at: number): void {
    const { bytes } = this.#slab;
    const start = this.#start;
    const length = this.#end - start;
    if (length > LOOP_BYTES) return target.set(bytes.subarray(start, this.#end), at);
    for (let index = 0; index < length; index++) target[at + index] = bytes[start + index]!;
  }

  unpack(): unknown[] {
    const reader = (this.#slab.reader ??= new ValueReader(this.#slab.bytes.buffer));
    return reader.read(this.#start, this.#end) as unknown[];
  }
}

/** The list whose `bytes` these are, as they came from another process. */
export function unpackList(bytes: Uint8Array): unknown[] {
  arrived ??= new Slab();
  arrived.reader ??= new ValueReader(arrived.bytes.buffer);
  arrived.bytes.set(bytes);
  return arrived.reader.read(0, bytes.length) as unknown[];
}

let arrived: Slab | undefined;
