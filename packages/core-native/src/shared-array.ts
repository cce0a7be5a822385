// Typed arrays over memory that is shared.
import { checkInteger, wrongRange, wrongType } from './arguments.ts';
import { createSharedSegment, SEGMENT_BYTES_MAX } from './os/shared-segment.ts';

const TYPES = [
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
] as const;

/** Constructor of a typed array. */
export type SharedArrayType = (typeof TYPES)[number];

export interface SharedArrayOptions {
  /**
   * Who can share it. `'threads'` (default): the threads of this process, over a SharedArrayBuffer. `'processes'`: other
   * processes too, over a segment (`@heddle/core-native/os`; Linux, needs the binary). It is an ArrayBuffer then, which
   * `postMessage` would copy: a pool of `@heddle/ts-orchestrator` passes it on. `Atomics.load`, `store`, `add` and the like work
   * on both, `Atomics.wait` on the first only.
   */
  across?: 'threads' | 'processes';
}

/**
 * A typed array of `length` zeros over shared memory. Asynchronous kernels work on it in place, without a copy.
 * The memory goes when nobody uses it any more, in whatever process, also when processes were killed.
 *
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`); across processes also Error (`HEDDLE_UNSUPPORTED` outside Linux,
 * `HEDDLE_MEMORY`, `HEDDLE_DESCRIPTORS`: each array takes a descriptor), NativeUnavailableError.
 * Cost: `threads` what a SharedArrayBuffer costs, `processes` what `createSharedSegment` does.
 */
export function sharedArray<T extends SharedArrayType>(
  Type: T,
  length: number,
  options: SharedArrayOptions = {},
): InstanceType<T> {
  if (!TYPES.includes(Type)) throw wrongType('sharedArray', 'Type', 'the constructor of a typed array', Type);
  const bytesEach = Type.BYTES_PER_ELEMENT;
  checkInteger('sharedArray', 'length', length, 0, Math.floor(SEGMENT_BYTES_MAX / bytesEach));
  const across: unknown = options?.across ?? 'threads';
  if (across !== 'threads' && across !== 'processes')
    throw wrongType('sharedArray', 'across', "'threads' or 'processes'", across);
  const Array = Type as unknown as new (buffer: ArrayBufferLike, offset: number, length: number) => InstanceType<T>;
  // A segment has one byte at least.
  if (across === 'processes') return new Array(createSharedSegment(Math.max(length, 1) * bytesEach).buffer, 0, length);
  let buffer: SharedArrayBuffer;
  try {
    buffer = new SharedArrayBuffer(length * bytesEach);
  } catch {
    throw wrongRange('sharedArray', 'length', 'fit into memory', `${length} elements`);
  }
  return new Array(buffer, 0, length);
}
