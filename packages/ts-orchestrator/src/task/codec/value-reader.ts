/** Gives back what the writer wrote (format.ts), from the same memory. Trusts the bytes. */
import { LONG_KEY, SMALL_INT, Tag, VIEWS } from './format.ts';

/** Keys met before, so that a known one costs a comparison and no new string. A power of two. */
const KEYS = 1_024;
/** The multiplier of the FNV-1a hash. */
const FNV_PRIME = 0x01000193;
/** Longer keys are made anew. */
const KEPT_KEY_CHARS = 32;

export class ValueReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #keys: string[] = Array.from({ length: KEYS }, () => '');
  #at = 0;

  constructor(memory: ArrayBufferLike) {
    this.#bytes = Buffer.from(memory as ArrayBuffer);
    this.#view = new DataView(memory);
  }

  /** The value that begins at `at`. */
  read(at: number): unknown {
    this.#at = at;
    return this.#value();
  }

  /** The value that begins where the last one that was read ends. */
  readNext(): unknown {
    return this.#value();
  }

  #value(): unknown {
    const tag = this.#bytes[this.#at++]!;
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
        return this.#text('latin1', this.#bytes[this.#at++]!);
      case Tag.ascii:
        return this.#text('latin1', this.#length());
      case Tag.utf16:
        return this.#text('utf16le', this.#length() * 2);
      case Tag.list:
        return this.#list();
      case Tag.int32s:
        return this.#int32s();
      case Tag.float64s:
        return this.#float64s();
      case Tag.sparse:
        return this.#sparse();
      case Tag.object:
        return this.#object();
      case Tag.buffer:
        return this.#buffer();
      default:
        return this.#viewOf();
    }
  }

  /** Steps over so many bytes, and gives the place where they begin. */
  #pass(bytes: number): number {
    const at = this.#at;
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

  #list(): unknown[] {
    const length = this.#length();
    const list: unknown[] = [];
    for (let index = 0; index < length; index++) list.push(this.#value());
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

  #sparse(): unknown[] {
    const list: unknown[] = [];
    list.length = this.#length();
    for (let count = this.#length(); count > 0; count--) list[this.#length()] = this.#value();
    return list;
  }

  #object(): object {
    const bytes = this.#bytes;
    const at = this.#pass(2);
    const object: Record<string, unknown> = {};
    for (let count = bytes[at]! + (bytes[at + 1]! << 8); count > 0; count--) object[this.#key()] = this.#value();
    return object;
  }

  #key(): string {
    const bytes = this.#bytes;
    const length = bytes[this.#at++]!;
    if (length === LONG_KEY) return this.#value() as string;
    if (length === 0) return '';
    const at = this.#pass(length);
    if (length > KEPT_KEY_CHARS) return bytes.toString('latin1', at, at + length);
    let hash = length;
    for (let index = 0; index < length; index++) hash = Math.imul(hash ^ bytes[at + index]!, FNV_PRIME);
    const slot = (hash ^ (hash >>> 15)) & (KEYS - 1);
    const known = this.#keys[slot]!;
    let isSame = known.length === length;
    for (let index = 0; isSame && index < length; index++) isSame = known.charCodeAt(index) === bytes[at + index];
    if (isSame) return known;
    // The name that V8 itself keeps for a key.
    const key = Object.keys({ [bytes.toString('latin1', at, at + length)]: 0 })[0]!;
    this.#keys[slot] = key;
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
    const View = VIEWS[this.#bytes[this.#at++]!] as new (buffer: ArrayBuffer) => ArrayBufferView;
    return new View(this.#buffer());
  }
}
