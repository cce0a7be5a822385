/** A list of small values taken over as bytes: a copy that costs a fraction of structured clone, and goes into a ring as it is. */
import { ValueReader } from './value-reader.ts';
import { REFUSED, ValueWriter } from './value-writer.ts';

const BYTES_MAX = 4_096;

const scratch = new Uint8Array(BYTES_MAX);
const writer = new ValueWriter(scratch.buffer);
const reader = new ValueReader(scratch.buffer);

/** A getter of what is being written may come back here; what it brings is refused. */
let isWriting = false;

export class PackedList {
  /** As `ValueWriter.writeList` writes it. */
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Undefined: the codec refuses this list. */
  static of(list: readonly unknown[]): PackedList | undefined {
    if (isWriting) return undefined;
    isWriting = true;
    const end = writer.writeList(list, 0, BYTES_MAX);
    isWriting = false;
    return end === REFUSED ? undefined : new PackedList(scratch.slice(0, end));
  }

  unpack(): unknown[] {
    scratch.set(this.bytes);
    return reader.read(0) as unknown[];
  }
}
