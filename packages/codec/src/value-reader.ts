/**
 * Gives back what the writer wrote (format.ts), from the same memory. Any bytes may be given: what no writer wrote throws, or gives
 * some other value; it is never read beyond its end, takes no more than a small multiple of its bytes, and sets no prototype. Each
 * length is read once, so bytes that change meanwhile do no more.
 */
import { DEPTH_MAX, LONG_KEY, SMALL_INT, SPARSE_LENGTH_MAX, Tag, VIEWS } from './format.ts';

/** Keys met before, by any reader of this thread, so that a known one costs a comparison and no new string. A power of two. */
const KEYS = 1_024;
const KNOWN: string[] = Array.from({ length: KEYS }, () => '');
/** The multiplier of the FNV-1a hash. */
const FNV_PRIME = 0x01000193;
/** Longer keys are made anew. */
const KEPT_KEY_CHARS = 32;

export class ValueReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at = 0;
  #end = 0;

  constructor(memory: ArrayBufferLike) {
    this.#bytes = Buffer.from(memory as ArrayBuffer);
    this.#view = new DataView(memory);
  }

  /** The value that begins at `at`; its bytes end before `end`, which lies in this memory. Throws where there is no value. */
  read(at: number, end: number): unknown {
    this.#at = at;
    this.#end = end;
    return this.#value(0);
  }

  /** The value that begins where the last one that was read ends, in the same bytes. */
  readNext(): unknown {
    return this.#value(0);
  }

  /** Where the last value ends. */
  get at(): number {
    return this.#at;
  }

  /** `depth`: of lists and objects around it. The list of arguments counts here, and not where it is written. */
  #value(depth: number): unknown {
    const tag = this.#byte();
    if (tag >= SMALL_INT) return tag - SMALL_INT;
    switch (tag) {
      case Tag.undefined:
        return undefined;
      case Tag.null:
        return null;
      case Tag.false:
        return false;
      case Tag.true:
        return true;
      case Tag.int32:
        return this.#view.getInt32(this.#pass(4), true);
      case Tag.float64:
        return this.#view.getFloat64(this.#pass(8), true);
      case Tag.bigint64:
        return this.#view.getBigInt64(this.#pass(8), true);
      case Tag.date:
        return new Date(this.#view.getFloat64(this.#pass(8), true));
      case Tag.latin1:
        return this.#text('latin1', this.#byte());
      case Tag.ascii:
        return this.#text('latin1', this.#length());
      case Tag.utf16:
        return this.#text('utf16le', this.#length() * 2);
      case Tag.list:
        return this.#list(inner(depth));
      case Tag.int32s:
        return this.#int32s();
      case Tag.float64s:
        return this.#float64s();
      case Tag.sparse:
        return this.#sparse(inner(depth));
      case Tag.object:
        return this.#object(inner(depth));
      case Tag.buffer:
        return this.#buffer();
      case Tag.view:
        return this.#viewOf();
      default:
        throw damaged();
    }
  }

  #byte(): number {
    if (this.#at >= this.#end) throw damaged();
    return this.#bytes[this.#at++]!;
  }

  /** Steps over so many bytes, and gives the place where they begin. */
  #pass(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#end) throw damaged();
    this.#at = at + bytes;
    return at;
  }

  #length(): number {
    return this.#view.getUint32(this.#pass(4), true);
  }

  #text(encoding: 'latin1' | 'utf16le', bytes: number): string {
    const at = this.#pass(bytes);
    return this.#bytes.toString(encoding, at, at + bytes);
  }

  // Pushed, so that the array has no holes for V8 either.

  #list(depth: number): unknown[] {
    const length = this.#length();
    const list: unknown[] = [];
    for (let index = 0; index < length; index++) list.push(this.#value(depth));
    return list;
  }

  #int32s(): number[] {
    const length = this.#length();
    const at = this.#pass(length * 4);
    const list: number[] = [];
    for (let index = 0; index < length; index++) list.push(this.#view.getInt32(at + index * 4, true));
    return list;
  }

  #float64s(): number[] {
    const length = this.#length();
    const at = this.#pass(length * 8);
    const list: number[] = [];
    for (let index = 0; index < length; index++) list.push(this.#view.getFloat64(at + index * 8, true));
    return list;
  }

  #sparse(depth: number): unknown[] {
    const list: unknown[] = [];
    const length = this.#length();
    if (length > SPARSE_LENGTH_MAX) throw damaged();
    list.length = length;
    for (let count = this.#length(); count > 0; count--) {
      const index = this.#length();
      if (index >= length) throw damaged();
      list[index] = this.#value(depth);
    }
    return list;
  }

  #object(depth: number): object {
    const bytes = this.#bytes;
    const at = this.#pass(2);
    const object: Record<string, unknown> = {};
    for (let count = bytes[at]! + (bytes[at + 1]! << 8); count > 0; count--) object[this.#key()] = this.#value(depth);
    return object;
  }

  #key(): string {
    const bytes = this.#bytes;
    const length = this.#byte();
    if (length === LONG_KEY) return checkedKey(this.#value(DEPTH_MAX + 1));
    if (length === 0) return '';
    const at = this.#pass(length);
    if (length > KEPT_KEY_CHARS) return checkedKey(bytes.toString('latin1', at, at + length));
    let hash = length;
    for (let index = 0; index < length; index++) hash = Math.imul(hash ^ bytes[at + index]!, FNV_PRIME);
    const slot = (hash ^ (hash >>> 15)) & (KEYS - 1);
    const known = KNOWN[slot]!;
    let isSame = known.length === length;
    for (let index = 0; isSame && index < length; index++) isSame = known.charCodeAt(index) === bytes[at + index];
    if (isSame) return known;
    // The name that V8 itself keeps for a key.
    const key = Object.keys({ [checkedKey(bytes.toString('latin1', at, at + length))]: 0 })[0]!;
    KNOWN[slot] = key;
    return key;
  }

  #buffer(): ArrayBuffer {
    const length = this.#length();
    const at = this.#pass(length);
    const copy = new ArrayBuffer(length);
    new Uint8Array(copy).set(this.#bytes.subarray(at, at + length));
    return copy;
  }

  #viewOf(): ArrayBufferView {
    const View = VIEWS[this.#byte()] as (new (buffer: ArrayBuffer) => ArrayBufferView) | undefined;
    if (View === undefined) throw damaged();
    return new View(this.#buffer());
  }
}

function inner(depth: number): number {
  if (depth > DEPTH_MAX) throw damaged();
  return depth + 1;
}

function checkedKey(key: unknown): string {
  // No writer writes this one: to assign it would set the prototype.
  if (typeof key !== 'string' || key === '__proto__') throw damaged();
  return key;
}

function damaged(): Error {
  return new Error('these bytes are no value');
}
