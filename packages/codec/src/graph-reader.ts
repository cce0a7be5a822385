/**
 * Gives back what the writer wrote (graph-format.ts), and keeps nothing of its memory.
 *
 * The bytes may come from a process that is not trusted, in memory that it can still change: then this reads a wrong value or
 * throws a RangeError, and makes no more parts than there are words. What it hands to V8 is copied first.
 */
import { VIEWS } from './format.ts';
import { CONSTANTS, GRAPH_MARK, HEADER_BYTES, HEADER_WORDS, Part, TAG_BITS, TAG_MASK } from './graph-format.ts';

const NO_TEXT = [[], []];

export function isGraph(bytes: Uint8Array): boolean {
  return bytes[0] === GRAPH_MARK;
}

/** `buffers`: those that came beside the bytes; they become part of the value. */
export function readGraph(bytes: Uint8Array, buffers: readonly ArrayBuffer[] = []): unknown[] {
  return new GraphReader(bytes, buffers).value() as unknown[];
}

class GraphReader {
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #shapes: readonly (readonly string[])[];
  readonly #strings: readonly string[];
  readonly #bytes: Uint8Array;
  readonly #besideBytes: number;
  readonly #beside: readonly ArrayBuffer[];
  readonly #buffers: ArrayBuffer[] = [];
  #word = 0;
  #float = 0;
  #raw: number;
  #nextBeside = 0;

  constructor(message: Uint8Array, beside: readonly ArrayBuffer[]) {
    // Out of a pipe they may lie anywhere.
    const bytes = message.byteOffset % 8 === 0 ? message : message.slice();
    const { buffer, byteOffset } = bytes;
    const header = new Int32Array(buffer, byteOffset, HEADER_WORDS);
    const [, floats = 0, words = 0, textBytes = 0, besideBytes = 0] = header;
    const wordsAt = HEADER_BYTES + floats * 8;
    const textAt = wordsAt + words * 4;
    this.#bytes = bytes;
    this.#besideBytes = besideBytes;
    this.#beside = beside;
    this.#floats = new Float64Array(buffer, byteOffset + HEADER_BYTES, floats);
    this.#words = new Int32Array(buffer, byteOffset + wordsAt, words);
    const text =
      textBytes === 0
        ? NO_TEXT
        : process.getBuiltinModule('node:v8').deserialize(bytes.slice(textAt, textAt + textBytes));
    [this.#shapes, this.#strings] = text as readonly [string[][], string[]];
    this.#raw = textAt + textBytes;
  }

  value(): unknown {
    const word = this.#words[this.#word++]!;
    const payload = word >> TAG_BITS;
    switch (word & TAG_MASK) {
      case Part.integer:
        return payload;
      case Part.float:
        return this.#floats[this.#float++];
      case Part.string:
        return this.#strings[payload];
      case Part.constant:
        return CONSTANTS[payload];
      case Part.object:
        return this.#object(this.#shapes[payload]!);
      case Part.openObject:
        return this.#openObject(this.#shapes[payload]!);
      case Part.list:
        return this.#list(payload);
      case Part.integers:
        return this.#numbers(this.#words, (this.#word += payload) - payload, payload);
      case Part.floats:
        return this.#numbers(this.#floats, (this.#float += payload) - payload, payload);
      case Part.map: {
        this.#assertHas(payload * 2);
        const map = new Map<unknown, unknown>();
        for (let count = payload; count > 0; count--) map.set(this.value(), this.value());
        return map;
      }
      case Part.set: {
        this.#assertHas(payload);
        const set = new Set<unknown>();
        for (let count = payload; count > 0; count--) set.add(this.value());
        return set;
      }
      case Part.buffer:
        return this.#buffer(payload);
      case Part.again:
        return this.#buffers[payload];
      case Part.view: {
        const View = VIEWS[payload] as new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView;
        const offset = this.#words[this.#word++]!;
        const length = this.#words[this.#word++]!;
        return new View(this.value() as ArrayBuffer, offset, length);
      }
      case Part.bigint: {
        const digits = this.#strings[payload]!;
        return digits.startsWith('-') ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`);
      }
      default:
        return new Date(this.#floats[this.#float++]!);
    }
  }

  #object(keys: readonly string[]): Record<string, unknown> {
    this.#assertHas(keys.length);
    const object: Record<string, unknown> = {};
    const { length } = keys;
    for (let index = 0; index < length; index++) object[keys[index]!] = this.value();
    return object;
  }

  #openObject(keys: readonly string[]): object {
    const object = this.#object(keys);
    const count = this.#words[this.#word++]!;
    this.#assertHas(count * 2);
    for (let index = 0; index < count; index++) object[this.value() as string] = this.value();
    return object;
  }

  // Pushed, so that the array has no holes for V8 either.

  #list(length: number): unknown[] {
    this.#assertHas(length);
    const list: unknown[] = [];
    for (let index = 0; index < length; index++) list.push(this.value());
    return list;
  }

  /** Every part takes a word at least. */
  #assertHas(parts: number): void {
    if (parts > this.#words.length - this.#word) throw new RangeError('the bytes of this value are damaged');
  }

  #numbers(plane: Int32Array | Float64Array, at: number, length: number): number[] {
    if (length > plane.length - at) throw new RangeError('the bytes of this value are damaged');
    const list: number[] = [];
    for (let index = 0; index < length; index++) list.push(plane[at + index]!);
    return list;
  }

  #buffer(length: number): ArrayBuffer {
    let buffer: ArrayBuffer;
    if (length >= this.#besideBytes) buffer = this.#beside[this.#nextBeside++]!;
    else {
      const raw = this.#bytes.subarray(this.#raw, this.#raw + length);
      if (raw.length !== length) throw new RangeError('the bytes of this value are damaged');
      // Of its own size, and not filled with zeros first.
      const copy = Buffer.allocUnsafeSlow(length);
      copy.set(raw);
      this.#raw += length;
      buffer = copy.buffer;
    }
    this.#buffers.push(buffer);
    return buffer;
  }
}
