/**
 * Typed arrays over shared memory.
 */
import { heddleError } from '../errors/errors.ts';
import { show } from '../errors/option-reader.ts';
import { segmentServices } from './os-services.ts';

/** By name, as they are called on the wire. */
export const TYPES = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};

/** Constructor of a typed array. */
export type SharedArrayType = (typeof TYPES)[keyof typeof TYPES];

/** Options of {@link sharedArray}. */
export interface SharedArrayOptions {
  /**
   * Who can share it. `'threads'` (default): the host and its threads (backends `threads` and `inline`), over a
   * SharedArrayBuffer. `'processes'`: the host and its worker processes (backends `processes` and `inline`), over a memory segment
   * of the operating system; Linux, with @heddle/core-native installed.
   */
  readonly across?: 'threads' | 'processes';
}

/**
 * A typed array of `length` zeros over shared memory. Passed to a task as an argument, or returned or yielded by one, it is shared,
 * not copied: both sides see each other's writes, ordered by Atomics or by the start and end of a task. A part of it
 * (`subarray`) is shared just so. Where it can't be shared, sending it is an error, HEDDLE_SHARED_ARRAY: to a backend that it was
 * not made for, and, made across processes, inside of another object.
 *
 * `Atomics.load`, `store`, `add` and the like work on both kinds, `Atomics.wait` only on that of threads. Kernels of
 * @heddle/core-native work on both in place. The memory is freed when no process uses it any more, also after a kill: made
 * across processes, that is when the array was collected here and in each worker that had it, or they ended.
 *
 * Cost across processes: to make one about 10 us and a file descriptor, first use of its memory about 1 us per KiB; to pass one on
 * some ten microseconds on top of the task, whatever its size.
 *
 * @param length elements, 0 to what memory holds.
 * @throws {HeddleError} HEDDLE_OPTION_INVALID, HEDDLE_SHARED_ARRAY_UNAVAILABLE.
 */
export function sharedArray<T extends SharedArrayType>(
  type: T,
  length: number,
  options: SharedArrayOptions = {},
): InstanceType<T> {
  if (!Object.values<unknown>(TYPES).includes(type))
    throw heddleError('HEDDLE_OPTION_INVALID', {
      option: 'type of sharedArray()',
      expected: `a typed array constructor (${Object.keys(TYPES).join(', ')})`,
      got: show(type),
    });
  const across: unknown = options.across ?? 'threads';
  if (across !== 'threads' && across !== 'processes')
    throw heddleError('HEDDLE_OPTION_INVALID', {
      option: 'across of sharedArray()',
      expected: "'threads' or 'processes'",
      got: show(across),
    });
  const bytes = length * type.BYTES_PER_ELEMENT;
  if (!Number.isInteger(length) || length < 0 || bytes > Number.MAX_SAFE_INTEGER)
    throw heddleError('HEDDLE_OPTION_INVALID', {
      option: 'length of sharedArray()',
      expected: 'an integer of elements, 0 or more',
      got: show(length),
    });
  const View = type as unknown as new (buffer: ArrayBufferLike, offset: number, length: number) => InstanceType<T>;
  const buffer = across === 'threads' ? allocate(length, bytes) : allocateSegment(length, bytes);
  return new View(buffer, 0, length);
}

function allocate(length: number, bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes);
  } catch (error) {
    throw tooLong(length, bytes, error);
  }
}

function allocateSegment(length: number, bytes: number): ArrayBuffer {
  try {
    // A segment has one byte at least.
    return segmentServices().createSharedSegment(Math.max(bytes, 1)).buffer;
  } catch (error) {
    const code = (error as { code?: unknown } | null)?.code;
    if (code === 'HEDDLE_ARGUMENT' || code === 'HEDDLE_MEMORY') throw tooLong(length, bytes, error);
    const reason = error instanceof Error ? error.message.split('\n', 1)[0]! : String(error);
    throw heddleError('HEDDLE_SHARED_ARRAY_UNAVAILABLE', { reason }, error);
  }
}

function tooLong(length: number, bytes: number, cause: unknown): Error {
  return heddleError(
    'HEDDLE_OPTION_INVALID',
    { option: 'length of sharedArray()', expected: 'a length that memory holds', got: `${length} (${bytes} bytes)` },
    cause,
  );
}
