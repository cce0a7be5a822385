// Memory that processes share (core/os/shared_segment.h), as ArrayBuffers.
import { constants } from 'node:buffer';
import { types } from 'node:util';
import { checkInteger } from '../arguments.ts';
import { addon, type AddonSegment } from '../load-addon.ts';
import { errorWithCode, FD_MAX, systemError } from './system-error.ts';

/** Most bytes of a segment: what a buffer of this Node version can have. */
export const SEGMENT_BYTES_MAX = Math.min(constants.MAX_LENGTH, 2 ** 46);

const WHAT = 'a segment that createSharedSegment made';

/** A segment as this thread has it. Nothing is lost with the object itself: {@link sharedSegmentOf} makes it again. */
export interface SharedSegment {
  /**
   * The bytes. `Atomics.load`, `store`, `add` and the like work on views of it between processes; `Atomics.wait` does not.
   * A plain ArrayBuffer: `postMessage` and `structuredClone` copy it, and it can't be transferred. Kernels of this package
   * work on it in place.
   */
  readonly buffer: ArrayBuffer;
  /**
   * The segment's file descriptor, for the `stdio` list of a child process. It stays the segment's: close it by
   * {@link SharedSegment.close} only. Errors: Error (`HEDDLE_CLOSED`).
   */
  readonly fd: number;
  readonly isClosed: boolean;
  /**
   * Closes the descriptor, so that the segment can't be passed on from here any more. The bytes stay until the last view of
   * them is collected. Closing twice does nothing; never closing neither: the descriptor goes with the bytes.
   */
  close(): void;
}

class Segment implements SharedSegment {
  readonly buffer: ArrayBuffer;
  readonly #id: number;

  constructor({ id, buffer }: AddonSegment) {
    this.#id = id;
    this.buffer = buffer;
  }

  /** What the addon knows the mapping by. */
  static idOf(segment: SharedSegment): number {
    return #id in segment ? segment.#id : 0;
  }

  get isClosed(): boolean {
    return addon().segmentDescriptor(this.#id) < 0;
  }

  get fd(): number {
    const fd = addon().segmentDescriptor(this.#id);
    if (fd >= 0) return fd;
    throw errorWithCode('HEDDLE_CLOSED', 'shared segment: its descriptor is closed');
  }

  close(): void {
    addon().closeSegment(this.#id);
  }
}

/** 0 for what is no segment of this package. */
export const idOfSegment = (segment: SharedSegment): number => Segment.idOf(segment);

/**
 * Other packages find segments among the values they handle without loading this one: from a thread's first segment for values on,
 * {@link sharedSegmentOf} stands under this symbol of the global object.
 */
const RECOGNISER = Symbol.for('@heddle/core-native/sharedSegmentOf');

/** Buffers of this thread by the number of their segment, so that each is mapped once. */
const buffers = new Map<number, WeakRef<ArrayBuffer>>();
const gone = new FinalizationRegistry((number: number) => {
  // The number may have been mapped again meanwhile.
  if (buffers.get(number)?.deref() === undefined) buffers.delete(number);
});

function known(number: number): SharedSegment | undefined {
  const buffer = buffers.get(number)?.deref();
  return buffer === undefined ? undefined : sharedSegmentOf(buffer);
}

/** For what memory is made and mapped. */
export interface SegmentOptions {
  /**
   * It carries the messages of a protocol and never is, or holds, a value: it does not make other packages look for segments in values,
   * and the system shows it as `memfd:heddle-wire`. Default false.
   */
  readonly isWire?: boolean;
}

function remember(number: number, made: AddonSegment, isWire: boolean): SharedSegment {
  if (!isWire) (globalThis as { [RECOGNISER]?: typeof sharedSegmentOf })[RECOGNISER] ??= sharedSegmentOf;
  buffers.set(number, new WeakRef(made.buffer));
  gone.register(made.buffer, number);
  return new Segment(made);
}

/**
 * Makes `bytes` zeros that other processes can map: 1 to {@link SEGMENT_BYTES_MAX}. The memory has no name. The kernel frees
 * it when its last descriptor is closed and its last mapping is gone, also when the processes were killed; here that is
 * when the buffer and its views have been collected, no kernel works on it any more, and the thread has ended at the
 * latest. Each counts for the collector, so that of many that are dropped some hundred are open at a time, if the event loop
 * gets its turns. Pages are taken at first use, and count as shared memory of every process that uses them.
 *
 * Linux. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), Error (`HEDDLE_UNSUPPORTED` elsewhere, `HEDDLE_MEMORY`,
 * `HEDDLE_DESCRIPTORS`), NativeUnavailableError.
 * Cost: five system calls, about 10 us, and one descriptor. First use of a page costs about 4 us (8 MiB: 8 ms), later uses
 * what memory costs.
 */
export function createSharedSegment(bytes: number, { isWire = false }: SegmentOptions = {}): SharedSegment {
  checkInteger('createSharedSegment', 'bytes', bytes, 1, SEGMENT_BYTES_MAX);
  const made = addon().createSegment(bytes, isWire);
  if (typeof made === 'number') throw systemError('createSharedSegment', made, undefined, WHAT);
  return remember(addon().segmentNumber(addon().segmentDescriptor(made.id)), made, isWire);
}

/**
 * Maps the segment of descriptor `fd`, as a child process finds it at its place in `stdio`. The descriptor stays the
 * caller's and may be closed afterwards: the segment has one of its own. A segment that this thread has mapped already is
 * not mapped again, the buffer is the same object.
 *
 * Linux. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`: no descriptor, or not a segment of this package: only a file that
 * can't shrink is safe to map), Error (`HEDDLE_UNSUPPORTED` elsewhere, `HEDDLE_MEMORY`, `HEDDLE_DESCRIPTORS`),
 * NativeUnavailableError.
 * Cost: 2 us when it is mapped here already, otherwise about 6 us, and 0.5 ms for the first look at all of 8 MiB.
 */
export function openSharedSegment(fd: number, { isWire = false }: SegmentOptions = {}): SharedSegment {
  checkInteger('openSharedSegment', 'fd', fd, 0, FD_MAX);
  const number = addon().segmentNumber(fd);
  if (number < 0) throw systemError('openSharedSegment', -number, fd, WHAT);
  const here = known(number);
  if (here !== undefined && !here.isClosed) return here;
  const made = addon().openSegment(fd);
  if (typeof made === 'number') throw systemError('openSharedSegment', made, fd, WHAT);
  return remember(number, made, isWire);
}

/**
 * The segment under an ArrayBuffer, or under a view of one; undefined for every other value, and where there is no binary.
 * Never throws. Cost: under a microsecond.
 */
export function sharedSegmentOf(value: unknown): SharedSegment | undefined {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  if (!types.isArrayBuffer(buffer)) return undefined;
  const id = segmentId(buffer);
  return id === 0 ? undefined : new Segment({ id, buffer });
}

/** 0: not a segment. */
function segmentId(buffer: ArrayBuffer): number {
  try {
    return addon().findSegment(buffer);
  } catch {
    return 0; // no binary, so no segment
  }
}
