/**
 * Which values are worth the graph codec. Measured against V8's serializer, there and back, on two cores under load (Node 20 and 24):
 * lists of records take half its time (5,000 objects 7.8 ms against 13.9, 10,000 points 4.7 against 10.6), many small views half, one
 * large buffer a copy less. Equal: lists of numbers. More: strings without repetition (two times), trees that never repeat a shape (1.3),
 * rows of mixed values (1.2), instances of classes (refused). So it is tried where a look at a few places shows records or buffers.
 *
 * The look runs no getter, and its cost is bounded: LOOKS_MAX parts, below 10 us.
 */

/** Records from which the codec is faster (measured: 32 take 71 us against 63, 64 take 101 against 122, 512 take 620 against 990). */
const RECORDS_LEAST = 64;
/**
 * Bytes of a buffer from which the codec is faster. Between threads, by handing its copy over (measured: 256 KiB 55 us against 42, 512 KiB
 * 86 against 94, 8 MiB 1.8 ms against 18); to a process, by writing straight into a lane (64 KiB 31 us against 115, 1 MiB 230 against 680).
 */
export const THREAD_BUFFER_BYTES = 2 ** 19;
export const PROCESS_BUFFER_BYTES = 2 ** 16;
const LOOKS_MAX = 48;
const DEPTH_MAX = 4;
/** Keys of an object that are looked behind. */
const KEYS_MAX = 12;

/**
 * The code of writer and reader takes some ten thousand records until it is compiled, and is up to ten times slower before. Only who
 * sends records again and again gets that back, so V8 serves the first ones.
 */
const RECORDS_BEFORE = 8;
let recordsSeen = 0;

/** Lists of records that are left to V8 from now on. For tests. */
export function skipRecords(lists: number): void {
  recordsSeen = RECORDS_BEFORE - lists;
}

export function isWorthGraph(list: readonly unknown[], bufferBytes: number): boolean {
  looks = 0;
  leastBytes = bufferBytes;
  for (const item of list) {
    if (isFlat(item)) continue;
    const found = lookAt(item, 0);
    if (found === NOTHING) continue;
    return found === BUFFERS || ++recordsSeen > RECORDS_BEFORE;
  }
  return false;
}

// Every value that is no small one comes here: numbers and no objects, so that a look allocates nothing.
const NOTHING = 0;
const RECORDS = 1;
const BUFFERS = 2;
let looks = 0;
let leastBytes = 0;

function isFlat(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function lookAt(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX || ++looks > LOOKS_MAX) return NOTHING;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return lookBehind(value, depth);
  if (Array.isArray(value)) {
    const { length } = value;
    const first = ownValue(value, 0);
    const middle = ownValue(value, length >> 1);
    if (length >= RECORDS_LEAST && isRecord(first) && isRecord(middle)) return RECORDS;
    return lookAt(first, depth + 1) || lookAt(middle, depth + 1) || lookAt(ownValue(value, length - 1), depth + 1);
  }
  // Memory that is shared is not copied; the codec refuses it.
  if (ArrayBuffer.isView(value))
    return value.buffer instanceof ArrayBuffer && value.buffer.byteLength >= leastBytes ? BUFFERS : NOTHING;
  if (value instanceof ArrayBuffer) return value.byteLength >= leastBytes ? BUFFERS : NOTHING;
  if (value instanceof Map) {
    for (const [key, entry] of value)
      return value.size >= RECORDS_LEAST && isRecord(entry)
        ? RECORDS
        : lookAt(key, depth + 1) || lookAt(entry, depth + 1);
  }
  if (value instanceof Set) {
    for (const member of value)
      return value.size >= RECORDS_LEAST && isRecord(member) ? RECORDS : lookAt(member, depth + 1);
  }
  return NOTHING;
}

function lookBehind(object: object, depth: number): number {
  let keys = 0;
  for (const key in object) {
    if (++keys > KEYS_MAX) break;
    const value = ownValue(object, key);
    const found = isFlat(value) ? NOTHING : lookAt(value, depth + 1);
    if (found !== NOTHING) return found;
  }
  return NOTHING;
}

function ownValue(object: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
