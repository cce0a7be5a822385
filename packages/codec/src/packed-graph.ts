/**
 * A large list of values taken over as bytes (graph-format.ts), on its way between threads: the bytes, and beside them copies of large
 * buffers, which the receiver puts into the value as they are. Both are handed over, not copied once more: they are heddle's own.
 */
import { readGraph } from './graph-reader.ts';
import { isWorthGraph, THREAD_BUFFER_BYTES } from './graph-worth.ts';
import { writeGraph, type GraphParts } from './graph-writer.ts';

/** Bytes of a buffer from which handing it over costs less than a second copy. Measured: 64 KiB 34 us against 42, 16 KiB equal. */
const BESIDE_BYTES = 32_768;

export class PackedGraph {
  readonly #parts: GraphParts;
  readonly #canResend: boolean;

  private constructor(parts: GraphParts, canResend: boolean) {
    this.#parts = parts;
    this.#canResend = canResend;
  }

  /** Undefined: the codec refuses this list, or is not worth it. `canResend`: it may be sent more than once, by copies of the copy. */
  static of(list: readonly unknown[], canResend: boolean): PackedGraph | undefined {
    if (!isWorthGraph(list, THREAD_BUFFER_BYTES)) return undefined;
    const parts = writeGraph(list, { besideBytes: BESIDE_BYTES });
    return parts && new PackedGraph(parts, canResend);
  }

  get bytes(): number {
    return bytesOf(this.#parts);
  }

  /** To be posted, with the list of what is handed over. */
  leave(): { readonly parts: GraphParts; readonly transfer: readonly ArrayBuffer[] } {
    const { bytes, buffers } = this.#parts;
    const parts = this.#canResend
      ? { bytes: bytes.slice(), buffers: buffers.map((buffer) => buffer.slice(0)) }
      : this.#parts;
    return { parts, transfer: [parts.bytes.buffer as ArrayBuffer, ...parts.buffers] };
  }
}

export function bytesOf({ bytes, buffers }: GraphParts): number {
  let sum = bytes.length;
  for (const { byteLength } of buffers) sum += byteLength;
  return sum;
}

/** The list, out of what `leave` gave. */
export function openGraph({ bytes, buffers }: GraphParts): unknown[] {
  return readGraph(bytes, buffers);
}
