/**
 * A list of values as bytes, for one key of Redis: inputs of a chunk, or its outcomes. Each value is bytes of its own, so that a limit and
 * an error concern one of them, and so that a chunk can be cut.
 *
 *   list   = value*
 *   value  = length of what follows (u32, little endian) | kind (u8) | bytes
 *   kind   = 0 bytes of the codec, 1 bytes of V8's serializer
 *   outcome kinds: the same plus 2: the value is what was thrown, taken apart (thrown.ts)
 *
 *   outcomes of a chunk = how long it ran, in milliseconds (f64, little endian) | list
 *
 * Typed arrays are their bytes. Reading makes data, and runs nothing.
 */
import { deserialize, describeKind, findOffender, REFUSED, serialize, ValueReader, ValueWriter } from '@heddle/codec';
import { clusterError } from '../errors.ts';

const HEAD_BYTES = 5;
const THROWN = 2;
const SCRATCH_BYTES = 64 * 1_024;

const scratch = new Uint8Array(SCRATCH_BYTES);
const writer = new ValueWriter(scratch.buffer);

/** A value with its head. @throws what V8 throws for a value that it can't write, or what a getter throws. */
function encode(value: unknown, kind: number): Buffer {
  const end = writer.write(value, HEAD_BYTES, SCRATCH_BYTES);
  if (end !== REFUSED) return withHead(Buffer.from(scratch.subarray(0, end)), kind);
  const bytes = serialize(value);
  return withHead(Buffer.concat([Buffer.alloc(HEAD_BYTES), bytes]), kind + 1);
}

function withHead(bytes: Buffer, kind: number): Buffer {
  bytes.writeUInt32LE(bytes.length - 4, 0);
  bytes[4] = kind;
  return bytes;
}

/** @throws {ClusterError} CLUSTER_INPUT_UNCLONEABLE, CLUSTER_INPUT_BYTES. `item` names it in the message. */
export function encodeInput(value: unknown, item: string, bytesMax: number): Buffer {
  let bytes: Buffer;
  try {
    bytes = encode(value, 0);
  } catch {
    const { path, value: part } = offenderOf(value, item);
    throw clusterError('CLUSTER_INPUT_UNCLONEABLE', item, path, describeKind(part));
  }
  const length = bytes.length - HEAD_BYTES;
  if (length > bytesMax) throw clusterError('CLUSTER_INPUT_BYTES', item, length, bytesMax);
  return bytes;
}

/** @throws {ClusterError} CLUSTER_RESULT_UNCLONEABLE, CLUSTER_RESULT_BYTES. */
export function encodeResult(value: unknown, bytesMax: number): Buffer {
  let bytes: Buffer;
  try {
    bytes = encode(value, 0);
  } catch {
    const { path, value: part } = offenderOf(value, 'result');
    throw clusterError('CLUSTER_RESULT_UNCLONEABLE', path, describeKind(part));
  }
  const length = bytes.length - HEAD_BYTES;
  if (length > bytesMax) throw clusterError('CLUSTER_RESULT_BYTES', length, bytesMax);
  return bytes;
}

/** What a throw was taken apart to, which can be written always. */
export const encodeThrown = (parts: unknown): Buffer => encode(parts, THROWN);

export type Decoded =
  { readonly isThrown: false; readonly value: unknown } | { readonly isThrown: true; readonly value: unknown };

/** @throws {ClusterError} CLUSTER_DAMAGED. `what` names the list. */
export function* decodeList(bytes: Buffer, what: string): Generator<Decoded, void, undefined> {
  // Aligned, and of its own: V8's reader relies on bytes that nobody changes.
  const own = new Uint8Array(bytes).buffer;
  const reader = new ValueReader(own);
  const view = Buffer.from(own);
  for (let at = 0; at < view.length;) {
    if (at + HEAD_BYTES > view.length) throw clusterError('CLUSTER_DAMAGED', what);
    const end = at + 4 + view.readUInt32LE(at);
    const kind = view[at + 4]!;
    if (end > view.length || end < at + HEAD_BYTES || kind > THROWN + 1) throw clusterError('CLUSTER_DAMAGED', what);
    let value: unknown;
    try {
      value = kind % 2 === 0 ? reader.read(at + HEAD_BYTES, end) : deserialize(view.subarray(at + HEAD_BYTES, end));
    } catch {
      throw clusterError('CLUSTER_DAMAGED', what);
    }
    yield { isThrown: kind >= THROWN, value };
    at = end;
  }
}

const ELAPSED_BYTES = 8;

export function encodeOutcomes(elapsedMs: number, outcomes: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(ELAPSED_BYTES);
  head.writeDoubleLE(elapsedMs, 0);
  return Buffer.concat([head, ...outcomes]);
}

/** @throws {ClusterError} CLUSTER_DAMAGED, when there are not as many as inputs. */
export function decodeOutcomes(
  bytes: Buffer,
  count: number,
): { readonly elapsedMs: number; readonly outcomes: Decoded[] } {
  const what = 'the outcomes of a chunk';
  if (bytes.length < ELAPSED_BYTES) throw clusterError('CLUSTER_DAMAGED', what);
  const outcomes = [...decodeList(bytes.subarray(ELAPSED_BYTES), what)];
  if (outcomes.length !== count) throw clusterError('CLUSTER_DAMAGED', what);
  return { elapsedMs: bytes.readDoubleLE(0), outcomes };
}

function offenderOf(value: unknown, item: string): { path: string; value: unknown } {
  const canCopy = (part: unknown) => {
    try {
      serialize(part);
      return true;
    } catch {
      return false;
    }
  };
  return findOffender(value, item, canCopy) ?? { path: item, value };
}
