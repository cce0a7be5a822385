/**
 * The only file that knows the optional package @heddle/core-native: its services of the operating system. Everything works
 * without it, but for memory that processes share: segments. A segment is an ArrayBuffer here, and one memory in every process
 * that has it.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { types } from 'node:util';

// Not a literal type: the package is optional, so the types of this one must not need it.
const SPECIFIER: string = '@heddle/core-native/os';

export interface OsServices {
  /** The signal this process gets when its parent ends. False: not possible here, or the parent has ended already. */
  setParentDeathSignal(signal: NodeJS.Signals, parentPid: number): boolean;
}

/** Once they are loaded, in whichever way. */
let loaded: (OsServices & SegmentServices) | undefined;

/** Loads the services; undefined when the package isn't installed, or its binary isn't built for this machine. */
export async function loadOsServices(): Promise<OsServices | undefined> {
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
}

interface SegmentServices {
  createSharedSegment(bytes: number): Segment;
  sendSegment(socket: number, segment: Segment, number: number): void;
  receiveSegment(socket: number): { readonly number: number; readonly segment: Segment } | undefined;
}

/**
 * The services, loaded when they are first needed and without a wait, because arrays are made and messages are read without one.
 * @throws what the load throws: the package isn't installed. Its functions throw when it has no binary.
 */
export function segmentServices(): SegmentServices {
  loaded ??= createRequire(import.meta.url)(SPECIFIER) as OsServices & SegmentServices;
  return loaded;
}

// ---- lanes: segments that no value of the user ever is ----

/** What the system calls the lanes of this process: its own, and not shared arrays. */
const laneFiles = new Set<string>();

/** Is this file, by its number in /proc, a lane? */
export function isLaneFile(inode: string): boolean {
  return laneFiles.has(inode);
}

/** Makes a segment, or maps one, that values need not be looked through for. */
function aside<T extends { readonly segment: Segment } | undefined>(make: () => T): T {
  const hadSegments = hasSegments();
  const made = make();
  if (!hadSegments) delete realm[RECOGNISER];
  if (made !== undefined) laneFiles.add(String(fs.fstatSync(made.segment.fd).ino));
  return made;
}

/** @throws where there are no segments, or no memory or descriptor for one. */
export function createLaneMemory(bytes: number): Segment {
  return aside(() => ({ segment: segmentServices().createSharedSegment(bytes) })).segment;
}

export function sendLaneMemory(socket: number, segment: Segment, number: number): ArrayBuffer {
  segmentServices().sendSegment(socket, segment, number);
  return segment.buffer;
}

/** The one that was sent under this number; those before it, which nobody took, are dropped. */
export function receiveLaneMemory(socket: number, number: number): ArrayBuffer {
  for (;;) {
    const next = aside(() => segmentServices().receiveSegment(socket));
    if (next === undefined || next.number > number) throw new Error('its memory has not arrived');
    if (next.number === number) return next.segment.buffer;
  }
}

/** Where core-native leaves its function that tells segments from other buffers, as soon as this thread has one. */
const RECOGNISER = Symbol.for('@heddle/core-native/sharedSegmentOf');
const realm = globalThis as { [RECOGNISER]?: (value: unknown) => Segment | undefined };

/** Is there any segment in this thread? When not, no value needs a look. */
export function hasSegments(): boolean {
  return realm[RECOGNISER] !== undefined;
}

/** The segment below a buffer, or a view of one; undefined for everything else. */
export function segmentOf(value: unknown): Segment | undefined {
  const find = realm[RECOGNISER];
  return find !== undefined && (ArrayBuffer.isView(value) || types.isArrayBuffer(value)) ? find(value) : undefined;
}
