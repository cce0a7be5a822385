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
  const what = whatIn(list, bufferBytes);
  return what === 'buffers' || (what === 'records' && ++recordsSeen > RECORDS_BEFORE);
}

function whatIn(list: readonly unknown[], bufferBytes: number): 'records' | 'buffers' | undefined {
  let looks = 0;
  let what: 'records' | 'buffers' | undefined;
  const found = (kind: typeof what) => {
    what = kind;
    return true;
  };
  const look = (value: unknown, depth: number): boolean => {
    if (typeof value !== 'object' || value === null || depth > DEPTH_MAX || ++looks > LOOKS_MAX) return false;
    if (ArrayBuffer.isView(value)) return value.buffer.byteLength >= bufferBytes && found('buffers');
    if (value instanceof ArrayBuffer) return value.byteLength >= bufferBytes && found('buffers');
    if (Array.isArray(value)) {
      const { length } = value;
      const first = ownValue(value, 0);
      const middle = ownValue(value, length >> 1);
      if (length >= RECORDS_LEAST && isRecord(first) && isRecord(middle)) return found('records');
      return look(first, depth + 1) || look(middle, depth + 1) || look(ownValue(value, length - 1), depth + 1);
    }
    if (value instanceof Map) {
      for (const [key, entry] of value)
        return value.size >= RECORDS_LEAST && isRecord(entry)
          ? found('records')
          : look(key, depth + 1) || look(entry, depth + 1);
      return false;
    }
    if (value instanceof Set) {
      for (const member of value)
        return value.size >= RECORDS_LEAST && isRecord(member) ? found('records') : look(member, depth + 1);
      return false;
    }
    if (!isRecord(value)) return false;
    let keys = 0;
    for (const key in value) {
      if (++keys > KEYS_MAX) return false;
      if (look(ownValue(value, key), depth + 1)) return true;
    }
    return false;
  };
  for (const item of list) if (look(item, 0)) return what;
  return undefined;
}

function ownValue(object: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
