/**
 * Typed arrays over shared memory.
 */
import { heddleError } from '../errors/errors.ts';
import { show } from '../errors/option-reader.ts';

const TYPES = {
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

/**
 * A typed array of `length` zeros over a SharedArrayBuffer. Passed to a task, or returned from one, it is shared between
 * threads and with the host (backends `threads` and `inline`); both sides see each other's writes, ordered by Atomics or by the
 * start and end of a task. A process can't share it: HEDDLE_SHARED_ARRAY.
 *
 * @param length elements, 0 to what memory holds.
 * @throws {HeddleError} HEDDLE_OPTION_INVALID.
 */
export function sharedArray<T extends SharedArrayType>(type: T, length: number): InstanceType<T> {
  if (!Object.values<unknown>(TYPES).includes(type))
    throw heddleError('HEDDLE_OPTION_INVALID', {
      option: 'type of sharedArray()',
      expected: `a typed array constructor (${Object.keys(TYPES).join(', ')})`,
      got: show(type),
    });
  const bytes = length * type.BYTES_PER_ELEMENT;
  if (!Number.isInteger(length) || length < 0 || bytes > Number.MAX_SAFE_INTEGER)
    throw heddleError('HEDDLE_OPTION_INVALID', {
      option: 'length of sharedArray()',
      expected: 'an integer of elements, 0 or more',
      got: show(length),
    });
  try {
    return new (type as unknown as new (buffer: SharedArrayBuffer) => InstanceType<T>)(new SharedArrayBuffer(bytes));
  } catch (error) {
    throw heddleError(
      'HEDDLE_OPTION_INVALID',
      { option: 'length of sharedArray()', expected: 'a length that memory holds', got: `${length} (${bytes} bytes)` },
      error,
    );
  }
}
