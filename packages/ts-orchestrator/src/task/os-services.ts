/**
 * The only file that knows the optional package @heddle/core-native: its services of the operating system. Everything works
 * without it, but for memory that processes share: segments. A segment is an ArrayBuffer here, and one memory in every process
 * that has it.
 */
import { segmentOf as findSegment } from '@heddle/codec/segments';

// Not a literal type: the package is optional, so the types of this one must not need it.
const SPECIFIER: string = '@heddle/core-native/os';

export interface OsServices {
  /** The signal this process gets when its parent ends. False: not possible here, or the parent has ended already. */
  setParentDeathSignal(signal: NodeJS.Signals, parentPid: number): boolean;
}

/** Once they are loaded, in whichever way. */
let loaded: (OsServices & SegmentServices) | undefined;

/** Loads the services; undefined when the package isn't installed, or its binary isn't built for this machine. */
export async function loadOsServices(): Promise<(OsServices & SegmentServices) | undefined> {
  try {
    const services = (await import(SPECIFIER)) as OsServices & SegmentServices & { threadId?: () => number };
    // The package loads without its binary; the first call tells.
    services.threadId?.();
    if (typeof services.setParentDeathSignal !== 'function') return undefined;
    loaded = services;
    return services;
  } catch {
    return undefined;
  }
}

/** One segment, as core-native gives it. */
export interface Segment {
  readonly buffer: ArrayBuffer;
  /** Its descriptor. */
  readonly fd: number;
  /** Closed by its owner: it can't be passed on any more. */
  readonly isClosed: boolean;
  /** Closes its descriptor; the memory stays. */
  close(): void;
}

/** A counter of the kernel that processes share, and that an event loop can watch. */
export interface EventCounter {
  readonly isClosed: boolean;
  readonly fd: number;
  write(): void;
  watch(onCount: (count: number) => void): void;
  unref(): void;
  close(): void;
}

export interface SegmentServices {
  /** `isWire`: for records, never a value; what looks for shared arrays in values does not see it. */
  createSharedSegment(bytes: number, options?: { readonly isWire: boolean }): Segment;
  openSharedSegment(fd: number, options?: { readonly isWire: boolean }): Segment;
  createEventFd(): EventCounter;
  openEventFd(fd: number): EventCounter;
  sendSegment(socket: number, segment: Segment, number: number): void;
  sendDescriptor(socket: number, fd: number, number: number): void;
  /** The descriptor is the caller's to close. */
  receiveDescriptor(socket: number): { readonly number: number; readonly fd: number } | undefined;
}

/**
 * The services, loaded when they are first needed and without a wait, because arrays are made and messages are read without one.
 * @throws what the load throws: the package isn't installed. Its functions throw when it has no binary.
 */
export function segmentServices(): SegmentServices {
  loaded ??= process.getBuiltinModule('node:module').createRequire(import.meta.url)(SPECIFIER) as OsServices &
    SegmentServices;
  return loaded;
}

/** The segment below a buffer, or a view of one; undefined for everything else. */
export function segmentOf(value: unknown): Segment | undefined {
  return findSegment(value) as Segment | undefined;
}
