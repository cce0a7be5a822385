/**
 * Values on their way: by value always, whole or not at all.
 *
 * Two ways to copy. Within one process structured clone does it, and shared memory stays shared. To another process a value
 * becomes bytes, by a codec of our own or by V8's serializer. (The `advanced` channel of child_process instead hands out
 * views into its receive buffer and copies shared memory silently; so the bytes travel through it, not the value.)
 *
 * Buffers listed for transfer are detached on the caller's side in either way.
 */
import {
  describeKind,
  deserialize,
  findOffender,
  findPart,
  hasSegments,
  isGraph,
  isPrimitive,
  isShared,
  isWorthGraph,
  PROCESS_BUFFER_BYTES,
  readGraph,
  serialize,
  THREAD_BUFFER_BYTES,
  writeGraph,
} from '@heddle/codec';
import { heddleError, HeddleError } from '../errors/errors.ts';
import { segmentOf } from './os-services.ts';

/** What structured clone can move instead of copying. */
export type TransferItem = ArrayBuffer | import('node:worker_threads').MessagePort;

/** A message to a process holds at most this many bytes: the channel's frame length is 32 bits, and copies come on top. */
export const MESSAGE_BYTES_MAX = 1_000_000_000;

/** Whose value it is, for messages: `subject` is the root of a path. */
export interface PayloadRole {
  readonly name: string;
  readonly subject: 'arguments' | 'result' | 'workerData';
  /** The value is a list of the one that is meant, as arguments are. */
  readonly isList?: boolean;
}

/** What `setup(data)` gets. */
export const SETUP_ROLE: PayloadRole = { name: 'setup', subject: 'workerData' };

export function arePrimitive(values: readonly unknown[]): boolean {
  return values.every(isPrimitive);
}

/**
 * What these values are, where they are nothing but primitive: `small`: a copy of them is cheap, see `isSmall`. `shared`: or views of
 * memory that threads share, which are never copied. Undefined: there is something else among them.
 */
export function flatKind(values: readonly unknown[]): 'small' | 'large' | 'shared' | undefined {
  let units = 0;
  let hasShared = false;
  for (const value of values) {
    const type = typeof value;
    if (type === 'string') units += (value as string).length;
    else if (type === 'function' || type === 'symbol') return undefined;
    else if (type === 'object' && value !== null) {
      if (!ArrayBuffer.isView(value) || !(value.buffer instanceof SharedArrayBuffer)) return undefined;
      hasShared = true;
    }
  }
  if (values.length > SMALL_VALUES || units > SMALL_UNITS) return hasShared ? undefined : 'large';
  return hasShared ? 'shared' : 'small';
}

/** Values and characters (or bytes) up to which a copy costs a few microseconds, far less than the way to a worker. */
const SMALL_VALUES = 32;
const SMALL_UNITS = 1_024;

/** Is a copy of this cheap? Looks at no more than it must, and runs no getter. Plain objects and arrays, flat data in them. */
export function isSmall(root: unknown): boolean {
  // The frequent case costs no list of what is to be looked at: every call with a few numbers comes here.
  if (Array.isArray(root) && root.length <= SMALL_VALUES && arePrimitive(root)) return unitsOf(root) <= SMALL_UNITS;
  const open: unknown[] = [root];
  let values = 0;
  let units = 0;
  while (open.length > 0) {
    const value = open.pop();
    if (++values > SMALL_VALUES) return false;
    if (typeof value === 'string') units += value.length;
    else if (ArrayBuffer.isView(value)) units += value.buffer.byteLength;
    else if (!isPrimitive(value)) {
      const prototype: unknown = Object.getPrototypeOf(value);
      const isList = Array.isArray(value);
      if (!isList && prototype !== Object.prototype && prototype !== null) return false;
      if (isList && value.length > SMALL_VALUES) return false;
      const keys = Object.keys(value as object);
      if (values + keys.length > SMALL_VALUES) return false;
      for (const key of keys) {
        const property = Object.getOwnPropertyDescriptor(value, key);
        if (property === undefined || !('value' in property)) return false;
        open.push(property.value);
      }
    }
    if (units > SMALL_UNITS) return false;
  }
  return true;
}

function unitsOf(primitives: readonly unknown[]): number {
  let units = 0;
  for (const value of primitives) if (typeof value === 'string') units += value.length;
  return units;
}

/**
 * Refuses what can't be moved, before anything is touched.
 * @throws {HeddleError} HEDDLE_TRANSFER.
 */
export function checkTransfer(transfer: readonly TransferItem[]): void {
  for (const [index, item] of transfer.entries()) {
    if (isDetached(item)) throw transferError(index, 'it is detached already');
    if (transfer.indexOf(item) !== index) throw transferError(index, 'it is listed twice');
    if (segmentOf(item) !== undefined) throw transferError(index, 'it is memory that processes share');
  }
}

/**
 * Refuses what can be moved but not copied, for arguments that may be sent more than once.
 * @throws {HeddleError} HEDDLE_TRANSFER.
 */
export function checkCopyable(transfer: readonly TransferItem[]): void {
  const port = transfer.findIndex((item) => !(item instanceof ArrayBuffer));
  if (port >= 0)
    throw transferError(port, 'it can be sent only once, and retries may send it again (set retries to 0)');
}

/** A copy in this process; `transfer` is moved into it. The moved buffers come back as `moved`. */
export function cloneValue<T>(value: T, transfer: readonly TransferItem[], role: PayloadRole): Cloned<T> {
  if (transfer.length === 0 && isPrimitive(value)) return { value, moved: [] };
  refuseSegments(value, role, SEGMENT_STAYS);
  try {
    const [copy, moved] = structuredClone([value, transfer], { transfer: [...transfer] }) as [T, TransferItem[]];
    return { value: copy, moved };
  } catch (error) {
    throw payloadError(error, value, transfer, role, canClone);
  }
}

/** The same for a value that takes long to copy; nothing is moved. */
export function cloneLarge<T>(value: T, role: PayloadRole): T {
  const graph = isWorthGraph([value], THREAD_BUFFER_BYTES) ? writeGraph([value], { besideBytes: 0 }) : undefined;
  return graph === undefined ? cloneValue(value, [], role).value : (readGraph(graph.bytes, graph.buffers)[0] as T);
}

export interface Cloned<T> {
  readonly value: T;
  readonly moved: readonly TransferItem[];
}

/** Why a segment stays where it is, in this process. */
export const SEGMENT_STAYS =
  "it was made across: 'processes', for backend \"processes\"; for threads use across: 'threads', or send a copy (array.slice())";
const SEGMENT_INSIDE =
  'across processes a shared array is passed as an argument, or returned or yielded as it is, never inside of another object';
const SHARED_BUFFER =
  "threads can share it and processes can't: make it with sharedArray(Type, n, { across: 'processes' }), a lock with the same option, " +
  'send a copy (array.slice()), or use backend "threads"';

/**
 * Refuses a value that holds a segment somewhere, which a copy would silently turn into another memory.
 * Costs nothing as long as this thread has no segment, else a look at each part of the value.
 * @throws {HeddleError} HEDDLE_SHARED_ARRAY.
 */
export function refuseSegments(value: unknown, role: PayloadRole, reason: string): void {
  if (!hasSegments() || isPrimitive(value)) return;
  const found = findPart(value, role.subject, (part) => segmentOf(part) !== undefined);
  if (found !== undefined) throw heddleError('HEDDLE_SHARED_ARRAY', { name: role.name, path: found.path, reason });
}

/**
 * Functions that have had a large argument or result. Only theirs are looked at for a way that is faster than V8's serializer: the
 * look takes a microsecond or two, which would be much beside a small value.
 */
const withLarge = new Set<string>();
const LARGE_BYTES = 16_384;

/**
 * The value as bytes for another process; listed buffers are detached once the bytes are made. `allocate` gives memory for so many
 * bytes, at an address that 8 divides, or none.
 */
export function toBytes(
  value: unknown,
  transfer: readonly TransferItem[],
  role: PayloadRole,
  allocate?: (bytes: number) => Uint8Array | undefined,
): Uint8Array {
  let bytes: Buffer;
  try {
    const port = transfer.findIndex((item) => !(item instanceof ArrayBuffer));
    if (port >= 0) throw transferError(port, 'only an ArrayBuffer can go to another process');
    // It refuses segments by itself.
    const graph =
      withLarge.has(role.name) && isWorthGraph([value], PROCESS_BUFFER_BYTES)
        ? writeGraph([value], { bytesMax: MESSAGE_BYTES_MAX, allocate })
        : undefined;
    if (graph !== undefined) {
      detach(transfer);
      return graph.bytes;
    }
    refuseSegments(value, role, SEGMENT_INSIDE);
    bytes = serialize(value);
    if (bytes.byteLength >= LARGE_BYTES) withLarge.add(role.name);
  } catch (error) {
    throw payloadError(error, value, transfer, role, canSerialize);
  }
  if (bytes.byteLength > MESSAGE_BYTES_MAX)
    throw heddleError('HEDDLE_PAYLOAD_BYTES', {
      name: role.name,
      bytes: bytes.byteLength,
      limitBytes: MESSAGE_BYTES_MAX,
    });
  detach(transfer);
  return bytes;
}

export function fromBytes(bytes: Uint8Array): unknown {
  if (isGraph(bytes)) return readGraph(bytes)[0];
  return deserialize(bytes);
}

/** The same for memory that another process can still change: V8's reader relies on bytes that stay. */
export function fromForeignBytes(bytes: Uint8Array): unknown {
  return fromBytes(isGraph(bytes) ? bytes : bytes.slice());
}

/** Detaches each buffer, as a transfer to nowhere. */
function detach(transfer: readonly TransferItem[]): void {
  if (transfer.length === 0) return;
  try {
    structuredClone(null, { transfer: [...transfer] });
  } catch (error) {
    throw payloadError(error, null, transfer, { name: '', subject: 'arguments' }, canSerialize);
  }
}

export function canClone(value: unknown): boolean {
  return succeeds(() => structuredClone(value));
}

export function canSerialize(value: unknown): boolean {
  return succeeds(() => serialize(value));
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

function transferError(index: number, reason: string): HeddleError {
  return heddleError('HEDDLE_TRANSFER', { path: `transfer[${index}]`, reason });
}

/**
 * The error to throw when a copy failed: it names the path of the offending value. Looks for it only now, by trying parts;
 * cost O(size * depth) copies.
 */
export function payloadError(
  error: unknown,
  value: unknown,
  transfer: readonly TransferItem[],
  role: PayloadRole,
  canCopy: (value: unknown) => boolean,
): unknown {
  if (error instanceof HeddleError) return error;
  const code = role.subject === 'result' ? 'HEDDLE_RESULT_UNCLONEABLE' : 'HEDDLE_ARGUMENT_UNCLONEABLE';
  // The stack or the memory is full: no single part is to blame, and looking for one would meet the same end.
  if (error instanceof RangeError) {
    const reason = `too large or nested too deeply (${error.message})`;
    return heddleError(code, { name: role.name, path: role.subject, found: reason }, error);
  }
  const found = findOffender(value, role.subject, canCopy);
  if (found === undefined) {
    // The value itself is fine, so it is the list.
    const index = transfer.findIndex((item) => !succeeds(() => structuredClone(null, { transfer: [item] })));
    return transferError(Math.max(index, 0), error instanceof Error ? error.message : String(error));
  }
  if (isShared(found.value))
    return heddleError('HEDDLE_SHARED_ARRAY', { name: role.name, path: found.path, reason: SHARED_BUFFER }, error);
  return heddleError(code, { name: role.name, path: found.path, found: describeKind(found.value) }, error);
}

function isDetached(item: TransferItem): boolean {
  if (!(item instanceof ArrayBuffer)) return false;
  if (item.byteLength > 0) return false;
  return !succeeds(() => new Uint8Array(item));
}
