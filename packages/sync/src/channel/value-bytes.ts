/**
 * What a channel writes into a slot, and makes a value of again. Three kinds:
 *
 * - `view`: bytes and typed arrays as they are, so they are copied once on each side, straight into the slot and out of it. Only the part that the
 *   view shows is sent; a Buffer arrives as a Uint8Array, as structured clone has it.
 * - `packed`: small values, by the codec of the pools.
 * - `written`: everything else that can be copied, by the codec for large values or by V8's serializer.
 *
 * All but a view is bytes already before anybody takes a slot: so neither a getter of the value nor an error comes between taking a
 * slot and publishing it.
 */
import {
  deserialize,
  describeKind,
  findOffender,
  findPart,
  hasSegments,
  isGraph,
  isShared,
  isWorthGraph,
  PackedList,
  PROCESS_BUFFER_BYTES,
  readGraph,
  segmentOf,
  serialize,
  ValueReader,
  writeGraph,
} from '@heddle/codec';
import { syncError } from '../errors.ts';

const PACKED = 0;
const WRITTEN = 1;
/** And from here on a view, by its class. */
const VIEW = 2;

type ViewClass = new (buffer: ArrayBuffer, byteOffset: number, length: number) => ArrayBufferView;
const VIEW_CLASSES: readonly ViewClass[] = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];
const elementBytesOf = (view: number): number =>
  (VIEW_CLASSES[view] as unknown as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;

/** Up to here a loop beats the call of `set` (measured for the codec: about 1 ns a byte, 60 ns a call). */
const LOOP_BYTES = 64;

/** A value on its way into a slot. */
export interface ValueBytes {
  readonly kind: number;
  readonly bytes: Uint8Array | PackedList;
}

/**
 * The value taken over; a view is not copied yet: see `keep`.
 * @throws SYNC_UNSENDABLE, SYNC_VALUE_BYTES, RangeError (nested too deeply, or no memory).
 */
export function bytesOf(call: string, value: unknown, bytesMax: number): ValueBytes {
  const view = ArrayBuffer.isView(value) ? viewClassOf(value) : -1;
  const sent = view >= 0 ? plainView(value as ArrayBufferView, view) : undefined;
  const all = sent ?? packed(value) ?? { kind: WRITTEN, bytes: written(call, value, bytesMax) };
  if (all.bytes.byteLength > bytesMax) throw syncError('SYNC_VALUE_BYTES', call, all.bytes.byteLength, bytesMax);
  return all;
}

/** The same, whatever its owner does with the view meanwhile. */
export function keep({ kind, bytes }: ValueBytes): ValueBytes {
  return { kind, bytes: kind >= VIEW ? (bytes as Uint8Array).slice() : bytes };
}

/** The class of a view of memory that is neither shared, nor of several processes, nor gone; -1 for all others. */
function viewClassOf(value: ArrayBufferView): number {
  const { buffer } = value;
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength === 0 || segmentOf(buffer) !== undefined) return -1;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Buffer.prototype) return 0;
  return VIEW_CLASSES.findIndex((each) => each.prototype === prototype);
}

function plainView({ buffer, byteOffset, byteLength }: ArrayBufferView, view: number): ValueBytes {
  return { kind: VIEW + view, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

function packed(value: unknown): ValueBytes | undefined {
  const list = PackedList.of([value]);
  return list && { kind: PACKED, bytes: list };
}

function written(call: string, value: unknown, bytesMax: number): Uint8Array {
  // They would become a copy without a word.
  const segment = hasSegments() ? findPart(value, 'value', (part) => segmentOf(part) !== undefined) : undefined;
  if (segment !== undefined) throw syncError('SYNC_UNSENDABLE', call, segment.path, 'memory that processes share');
  try {
    const graph = isWorthGraph([value], PROCESS_BUFFER_BYTES) ? writeGraph([value], { bytesMax }) : undefined;
    return graph?.bytes ?? serialize(value);
  } catch (error) {
    throw unsendable(call, value, error);
  }
}

/** The error of a value that can't be copied, which names its part; or else what was thrown. */
function unsendable(call: string, value: unknown, error: unknown): unknown {
  // The stack or the memory is full: no single part is to blame, and looking for one would meet the same end.
  if (error instanceof RangeError) return error;
  const found = findOffender(value, 'value', (part) => {
    try {
      serialize(part);
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) return error;
  const what = isShared(found.value) ? 'shared memory' : describeKind(found.value);
  const refused = syncError('SYNC_UNSENDABLE', call, found.path, what);
  refused.cause = error;
  return refused;
}

/** The memory of a channel as values see it. */
export class ValueMemory {
  readonly #bytes: Uint8Array;
  readonly #reader: ValueReader;

  constructor(memory: ArrayBufferLike) {
    this.#bytes = new Uint8Array(memory);
    this.#reader = new ValueReader(memory);
  }

  write({ bytes }: ValueBytes, at: number): void {
    if (bytes instanceof PackedList) bytes.copyTo(this.#bytes, at);
    else if (bytes.length > LOOP_BYTES) this.#bytes.set(bytes, at);
    else for (let index = 0; index < bytes.length; index++) this.#bytes[at + index] = bytes[index]!;
  }

  /** A copy: nothing of it lies in this memory. */
  read(kind: number, at: number, length: number): unknown {
    if (kind === PACKED) return (this.#reader.read(at, at + length) as unknown[])[0];
    // Of shared memory `slice` makes memory that is not shared.
    const bytes = this.#bytes.slice(at, at + length);
    if (kind === WRITTEN) return isGraph(bytes) ? readGraph(bytes)[0] : deserialize(bytes);
    const view = kind - VIEW;
    if (view === 0) return bytes;
    return new VIEW_CLASSES[view]!(bytes.buffer, 0, length / elementBytesOf(view));
  }
}
