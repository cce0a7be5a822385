/**
 * Large values as bytes (graph-format.ts): faster than structured clone and with the same meaning, or not at all. What it accepts the
 * reader gives back exactly as `structuredClone` would; everything else it refuses, and the caller copies it in another way.
 *
 * Accepted: primitives but symbols, dates, plain objects and arrays of these, Map, Set, array buffers and views of them, also several
 * of one buffer. Refused, among others: an object met twice (a copy would keep that, or the cycle), holes, class instances, objects
 * without a prototype, errors, expressions, proxies, shared and resizable memory, Buffers, and what is nested deeper than DEPTH_MAX.
 *
 * The same one thing as in value-writer.ts stays unseen: a Map or the like whose prototype was replaced by Object.prototype and
 * that has properties of its own.
 *
 * Getters run, as structured clone runs them; they run again there when the value is refused after all. One that comes back here
 * meanwhile finds the writer taken, and its value is refused.
 */
import { isProxy } from 'node:util/types';
import { GRAPH_MARK, HEADER_BYTES, HEADER_WORDS, Part, PAYLOAD_MAX, TAG_BITS } from './graph-format.ts';
import { segmentOf } from './segments.ts';
import {
  areElements,
  arrayBuffer,
  arrayLength,
  arrayOffset,
  bufferBytes,
  DATA_VIEW,
  eachEntry,
  eachMember,
  getTime,
  isCopiedPlain,
  isResizable,
  plainArray,
  plainBuffer,
  plainDate,
  plainMap,
  plainObject,
  plainSet,
  toString,
  viewBuffer,
  viewBytes,
  viewIndexOf,
  viewOffset,
} from './built-ins.ts';

/** Levels of objects in objects. V8 goes deeper, and says so itself where the stack ends. */
const DEPTH_MAX = 200;
/** Keys of an object that make a shape; those after them are written with each object, as for one that is used as a dictionary. */
const SHAPE_KEYS_MAX = 32;
/** Shapes, and beginnings of shapes, of one value. */
const SHAPE_NODES_MAX = 4_096;
/** A place whose strings were all new so often in a row is not asked any more whether its next one is known. */
const NEW_STRINGS_MAX = 32;
/** Places in a list that remember their last string. Lists of more are seldom records. */
const SITES_MAX = 8;
/** Memory for planes that is kept for the next value; what one value needed beyond it is let go. */
const KEPT_WORDS = 2 ** 18;
const KEPT_FLOATS = 2 ** 16;

/** V8's serializer takes some 20 us for nothing. */
const NO_TEXT = new Uint8Array(0);

/** Thrown to leave a value that can't be written; never seen outside. */
const REFUSAL = new Error('refused');

/** A place in the value where strings stand: the last one, because records repeat themselves. */
class Site {
  last: string | undefined;
  index = 0;
  newInRow = 0;
  items: Site[] | undefined;
}

/** The keys of an object so far, in their order: a tree whose root has none. */
class Shape {
  readonly parent: Shape | undefined;
  readonly key: string;
  readonly depth: number;
  /** Number of the shape, once an object has ended here. */
  id = -1;
  readonly site = new Site();
  #lastKey: string | undefined;
  #last: Shape | undefined;
  #others: Map<string, Shape> | undefined;

  constructor(parent: Shape | undefined, key: string) {
    this.parent = parent;
    this.key = key;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }

  next(key: string): Shape | undefined {
    if (this.#lastKey === key) return this.#last;
    const other = this.#others?.get(key);
    if (other === undefined) return undefined;
    this.#lastKey = key;
    this.#last = other;
    return other;
  }

  add(key: string): Shape {
    const shape = new Shape(this, key);
    (this.#others ??= new Map()).set(key, shape);
    this.#lastKey = key;
    this.#last = shape;
    return shape;
  }
}

/** The keys that lead to a shape, in their order. */
function keysOf(end: Shape): string[] {
  const keys: string[] = [];
  for (let shape = end; shape.parent !== undefined; shape = shape.parent) keys.push(shape.key);
  return keys.reverse();
}

/** What a value has become: bytes, and the buffers that are to travel beside them, copies of the value's own. */
export interface GraphParts {
  readonly bytes: Uint8Array;
  readonly buffers: readonly ArrayBuffer[];
}

export interface GraphOptions {
  /** Buffers of at least so many bytes travel beside the bytes. Default: none does. */
  readonly besideBytes?: number;
  /** More bytes than this are refused. */
  readonly bytesMax?: number;
  /** Gives the memory for so many bytes, at an address that 8 divides. Default, also where it gives none: memory of its own. */
  readonly allocate?: ((bytes: number) => Uint8Array | undefined) | undefined;
}

let keptWords = new Int32Array(2 ** 12);
let keptFloats = new Float64Array(2 ** 10);

class GraphWriter {
  #words = keptWords;
  #floats = keptFloats;
  #wordsEnd = 0;
  #floatsEnd = 0;
  readonly #strings: string[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #shapes: string[][] = [];
  readonly #root = new Shape(undefined, '');
  #nodes = 0;
  readonly #seen = new Set<unknown>();
  #objects = 0;
  readonly #buffers = new Map<ArrayBuffer, number>();
  #rawBytes = 0;
  readonly #besideBytes: number;

  constructor(besideBytes: number) {
    this.#besideBytes = besideBytes;
  }

  /** Throws REFUSAL, or what a getter throws. */
  write(list: readonly unknown[]): void {
    assertNothingInherited();
    this.#word(Part.list, list.length);
    this.#elements(list, new Site(), 0);
    // Getters have run.
    assertNothingInherited();
  }

  finish({ bytesMax = Infinity, allocate }: GraphOptions): GraphParts | undefined {
    const hasText = this.#shapes.length + this.#strings.length > 0;
    const text = hasText ? process.getBuiltinModule('node:v8').serialize([this.#shapes, this.#strings]) : NO_TEXT;
    const floatsAt = HEADER_BYTES;
    const wordsAt = floatsAt + this.#floatsEnd * 8;
    const textAt = wordsAt + this.#wordsEnd * 4;
    const rawAt = textAt + text.length;
    const size = rawAt + this.#rawBytes;
    if (size > bytesMax) return undefined;
    const target = allocate?.(size) ?? ownBytes(size);
    const { buffer, byteOffset } = target;
    const header = new Int32Array(buffer, byteOffset, HEADER_WORDS);
    header.set([GRAPH_MARK, this.#floatsEnd, this.#wordsEnd, text.length, this.#besideBytes]);
    new Float64Array(buffer, byteOffset + floatsAt, this.#floatsEnd).set(this.#floats.subarray(0, this.#floatsEnd));
    new Int32Array(buffer, byteOffset + wordsAt, this.#wordsEnd).set(this.#words.subarray(0, this.#wordsEnd));
    target.set(text, textAt);
    const beside: ArrayBuffer[] = [];
    let next = rawAt;
    for (const source of this.#buffers.keys()) {
      const bytes = new Uint8Array(source);
      if (bytes.length >= this.#besideBytes) beside.push(copyOf(bytes));
      else {
        target.set(bytes, next);
        next += bytes.length;
      }
    }
    return { bytes: target, buffers: beside };
  }

  /** Leaves the memory for the next. */
  release(): void {
    if (this.#words.length <= KEPT_WORDS) keptWords = this.#words;
    if (this.#floats.length <= KEPT_FLOATS) keptFloats = this.#floats;
  }

  #word(tag: number, payload: number): void {
    if (this.#wordsEnd === this.#words.length) this.#words = grown(this.#words, 1);
    this.#words[this.#wordsEnd++] = (payload << TAG_BITS) | tag;
  }

  #float(value: number): void {
    if (this.#floatsEnd === this.#floats.length) this.#floats = grown(this.#floats, 1);
    this.#floats[this.#floatsEnd++] = value;
  }

  #value(value: unknown, site: Site, depth: number): void {
    switch (typeof value) {
      case 'number': {
        const integer = value | 0;
        // -0 equals 0, but is none of the integers.
        if (integer === value && (integer << TAG_BITS) >> TAG_BITS === integer && (integer !== 0 || 1 / value > 0))
          return this.#word(Part.integer, integer);
        this.#word(Part.float, 0);
        return this.#float(value);
      }
      case 'string':
        return this.#word(Part.string, value === site.last ? site.index : this.#stringIndex(value, site));
      case 'object':
        if (value === null) return this.#word(Part.constant, 1);
        return this.#object(value, site, depth);
      case 'boolean':
        return this.#word(Part.constant, value ? 3 : 2);
      case 'undefined':
        return this.#word(Part.constant, 0);
      case 'bigint': {
        const digits = value < 0n ? `-${(-value).toString(16)}` : value.toString(16);
        return this.#word(Part.bigint, this.#stringIndex(digits, site));
      }
      default:
        throw REFUSAL;
    }
  }

  #stringIndex(value: string, site: Site): number {
    let index: number | undefined;
    if (site.newInRow < NEW_STRINGS_MAX) {
      index = this.#indexes.get(value);
      if (index === undefined) {
        site.newInRow++;
        this.#indexes.set(value, this.#strings.length);
      } else site.newInRow = 0;
    }
    index ??= this.#strings.push(value) - 1;
    if (index >= PAYLOAD_MAX) throw REFUSAL;
    site.last = value;
    site.index = index;
    return index;
  }

  #object(value: object, site: Site, depth: number): void {
    if (depth === DEPTH_MAX) throw REFUSAL;
    this.#seen.add(value);
    if (this.#seen.size !== ++this.#objects) throw REFUSAL;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === plainObject) return this.#plain(value as Record<string, unknown>, depth + 1);
    if (prototype === plainArray) return this.#array(value as unknown[], site, depth + 1);
    if (prototype === plainDate) {
      this.#word(Part.date, 0);
      return this.#float(getTime.call(value as Date));
    }
    if (prototype === plainMap) return this.#map(value as Map<unknown, unknown>, site, depth + 1);
    if (prototype === plainSet) return this.#set(value as Set<unknown>, site, depth + 1);
    if (ArrayBuffer.isView(value)) return this.#view(value, prototype);
    if (prototype !== plainBuffer) throw REFUSAL;
    // It is looked for among the buffers, which views have too.
    this.#seen.delete(value);
    this.#objects--;
    this.#buffer(value as ArrayBuffer);
  }

  #plain(value: Record<string, unknown>, depth: number): void {
    // A proxy and `arguments` can have this prototype too; structured clone refuses them.
    if (isProxy(value) || toString.call(value) !== '[object Object]') throw REFUSAL;
    const at = this.#wordsEnd;
    this.#word(Part.object, 0);
    let shape = this.#root;
    /** Where the count of keys beyond the shape stands. */
    let countAt = -1;
    let isOpen = false;
    // Nothing is inherited, so each key is the object's own.
    for (const key in value) {
      if (!isOpen) {
        const next = shape.next(key) ?? this.#addShape(shape, key);
        if (next !== undefined) {
          shape = next;
          this.#value(value[key], next.site, depth);
          continue;
        }
        isOpen = true;
        countAt = this.#wordsEnd;
        this.#word(0, 0);
      }
      if (key in plainObject) throw REFUSAL;
      const { site } = shape;
      this.#word(Part.string, this.#stringIndex(key, site));
      this.#words[countAt]!++;
      this.#value(value[key], site, depth);
    }
    if (shape === this.#root && !isOpen && !isCopiedPlain(value)) throw REFUSAL;
    if (shape.id < 0) shape.id = this.#shapes.push(keysOf(shape)) - 1;
    this.#words[at] = (shape.id << TAG_BITS) | (isOpen ? Part.openObject : Part.object);
  }

  #addShape(shape: Shape, key: string): Shape | undefined {
    // The reader assigns keys: one of Object.prototype might be a setter, or not writable.
    if (key in plainObject) throw REFUSAL;
    if (shape.depth === SHAPE_KEYS_MAX || this.#nodes === SHAPE_NODES_MAX) return undefined;
    this.#nodes++;
    return shape.add(key);
  }

  #array(value: unknown[], site: Site, depth: number): void {
    if (!Array.isArray(value) || isProxy(value)) throw REFUSAL;
    const { length } = value;
    if (length >= PAYLOAD_MAX) throw REFUSAL;
    const values = Object.values(value);
    if (values.length !== length) throw REFUSAL;
    if (!areElements(values, value)) throw REFUSAL;
    if (length > 2 && typeof values[0] === 'number' && this.#numbers(values)) return;
    this.#word(Part.list, length);
    this.#elements(values, site, depth);
  }

  #elements(values: readonly unknown[], site: Site, depth: number): void {
    const { length } = values;
    const sites = (site.items ??= []);
    for (let index = 0; index < length; index++)
      this.#value(values[index], (sites[index < SITES_MAX ? index : SITES_MAX] ??= new Site()), depth);
  }

  /** A list of nothing but numbers. False: it has others, and nothing is written. */
  #numbers(values: readonly unknown[]): boolean {
    const { length } = values;
    let areIntegers = true;
    for (let index = 0; index < length; index++) {
      const value = values[index];
      if (typeof value !== 'number') return false;
      if ((value | 0) !== value || (value === 0 && 1 / value < 0)) areIntegers = false;
    }
    if (areIntegers) {
      this.#word(Part.integers, length);
      const at = this.#wordsEnd;
      if (at + length > this.#words.length) this.#words = grown(this.#words, length);
      const words = this.#words;
      for (let index = 0; index < length; index++) words[at + index] = values[index] as number;
      this.#wordsEnd = at + length;
    } else {
      this.#word(Part.floats, length);
      const at = this.#floatsEnd;
      if (at + length > this.#floats.length) this.#floats = grown(this.#floats, length);
      const floats = this.#floats;
      for (let index = 0; index < length; index++) floats[at + index] = values[index] as number;
      this.#floatsEnd = at + length;
    }
    return true;
  }

  #map(value: Map<unknown, unknown>, site: Site, depth: number): void {
    const parts: unknown[] = [];
    eachEntry.call(value, (entry, key) => void parts.push(key, entry));
    if (parts.length >= PAYLOAD_MAX) throw REFUSAL;
    this.#word(Part.map, parts.length / 2);
    const sites = (site.items ??= []);
    const keySite = (sites[0] ??= new Site());
    const entrySite = (sites[1] ??= new Site());
    for (let index = 0; index < parts.length; index += 2) {
      this.#value(parts[index], keySite, depth);
      this.#value(parts[index + 1], entrySite, depth);
    }
  }

  #set(value: Set<unknown>, site: Site, depth: number): void {
    const parts: unknown[] = [];
    eachMember.call(value, (member) => void parts.push(member));
    if (parts.length >= PAYLOAD_MAX) throw REFUSAL;
    this.#word(Part.set, parts.length);
    const memberSite = ((site.items ??= [])[0] ??= new Site());
    for (const part of parts) this.#value(part, memberSite, depth);
  }

  #view(value: ArrayBufferView, prototype: unknown): void {
    const index = viewIndexOf(value, prototype);
    if (index < 0) throw REFUSAL;
    const isArray = index !== DATA_VIEW;
    const buffer = (isArray ? arrayBuffer : viewBuffer).call(value);
    const offset = (isArray ? arrayOffset : viewOffset).call(value);
    const length = (isArray ? arrayLength : viewBytes).call(value);
    if (Object.getPrototypeOf(buffer) !== plainBuffer) throw REFUSAL;
    this.#word(Part.view, index);
    this.#raw32(offset);
    this.#raw32(length);
    this.#buffer(buffer as ArrayBuffer);
  }

  #raw32(value: number): void {
    if (value > 2 ** 31 - 1) throw REFUSAL;
    this.#word(0, 0);
    this.#words[this.#wordsEnd - 1] = value;
  }

  #buffer(buffer: ArrayBuffer): void {
    const known = this.#buffers.get(buffer);
    if (known !== undefined) return this.#word(Part.again, known);
    // Throws for one that is shared, and below for one that is detached.
    const bytes = bufferBytes.call(buffer);
    if (bytes >= PAYLOAD_MAX || isResizable.call(buffer) || segmentOf(buffer) !== undefined) throw REFUSAL;
    if (bytes === 0) void new Uint8Array(buffer);
    this.#buffers.set(buffer, this.#buffers.size);
    if (bytes < this.#besideBytes) this.#rawBytes += bytes;
    this.#word(Part.buffer, bytes);
  }
}

let isBusy = false;

/** A list of values; undefined: refused. Never throws, but for want of memory. */
export function writeGraph(list: readonly unknown[], options: GraphOptions = {}): GraphParts | undefined {
  if (isBusy) return undefined;
  isBusy = true;
  const writer = new GraphWriter(options.besideBytes ?? PAYLOAD_MAX);
  try {
    writer.write(list);
  } catch {
    // Refused; or a getter threw, which throws again where the value is copied in another way; or the stack is full.
    return undefined;
  } finally {
    writer.release();
    isBusy = false;
  }
  return writer.finish(options);
}

/** Of a buffer of its own size, so that it can be handed over; not filled with zeros first. */
function ownBytes(size: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
}

function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = ownBytes(bytes.length);
  copy.set(bytes);
  return copy.buffer as ArrayBuffer;
}

function grown<Plane extends Int32Array | Float64Array>(plane: Plane, by: number): Plane {
  const larger = new (plane.constructor as new (length: number) => Plane)(
    Math.max(plane.length * 2, plane.length + by),
  );
  larger.set(plane);
  return larger;
}

/** Plain objects inherit no enumerable property, so that what `for in` finds is their own. */
function assertNothingInherited(): void {
  for (const _ in plainObject) throw REFUSAL;
}
