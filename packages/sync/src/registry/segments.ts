/**
 * Memory of processes by name. A descriptor means something in its process only, and may mean another file later, so it goes with
 * the number of the file: a name that means nothing here, or no longer, is found out.
 */
import fs from 'node:fs';
import { osServices, unavailable, type Segment } from './os-services.ts';

/** What a handle says of memory that processes share. Plain data. */
export interface SegmentName {
  /** Its descriptor, in the process that has the handle. */
  readonly fd: number;
  /** By which the system knows the memory. */
  readonly file: number;
}

/** Zeros that processes can share. @throws SYNC_UNAVAILABLE. */
export function createSegment(bytes: number): ArrayBuffer {
  const services = osServices();
  try {
    return services.createSharedSegment(bytes, { isWire: true }).buffer;
  } catch (error) {
    throw unavailable(error);
  }
}

/** Of memory that {@link createSegment} or {@link openSegment} gave in this thread, or that is a shared array. Undefined for other memory. */
export function nameOf(memory: ArrayBufferLike): SegmentName | undefined {
  const segment = segmentOf(memory);
  return segment === undefined || segment.isClosed ? undefined : { fd: segment.fd, file: fs.fstatSync(segment.fd).ino };
}

/** Where core-native leaves its function that tells segments from other buffers, as soon as this thread has one for values. */
const RECOGNISER = Symbol.for('@heddle/core-native/sharedSegmentOf');

/** Is it memory that processes share, of the caller's? Loads nothing. */
export function isShareable(memory: ArrayBufferLike): boolean {
  const realm = globalThis as { [RECOGNISER]?: (value: unknown) => Segment | undefined };
  return realm[RECOGNISER]?.(memory) !== undefined;
}

function segmentOf(memory: ArrayBufferLike): Segment | undefined {
  return memory instanceof SharedArrayBuffer ? undefined : osServices().sharedSegmentOf(memory);
}

export function isSegmentName(value: unknown): value is SegmentName {
  const { fd, file } = (value ?? {}) as Partial<Record<keyof SegmentName, unknown>>;
  return typeof fd === 'number' && Number.isInteger(fd) && fd >= 0 && fd < 2 ** 31 && typeof file === 'number';
}

/** Maps the memory, once in a thread. Undefined: the name means nothing here. @throws SYNC_UNAVAILABLE. */
export function openSegment({ fd, file }: SegmentName): ArrayBuffer | undefined {
  const services = osServices();
  try {
    if (fs.fstatSync(fd).ino !== file) return undefined;
  } catch {
    return undefined;
  }
  try {
    return services.openSharedSegment(fd, { isWire: true }).buffer;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'HEDDLE_ARGUMENT') return undefined;
    throw unavailable(error);
  }
}
