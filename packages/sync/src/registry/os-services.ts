/**
 * The only file that knows the optional package @heddle/core-native: memory that processes share, and sleep on its words. Loaded with the
 * first thing across processes, never before.
 */
import { createRequire } from 'node:module';
import { syncError } from '../errors.ts';

// Not a literal type: the package is optional, so the types of this one must not need it.
const SPECIFIER: string = '@heddle/core-native/os';

/** Memory, as this thread has it mapped. */
export interface Segment {
  readonly buffer: ArrayBuffer;
  readonly fd: number;
  readonly isClosed: boolean;
}

/** A counter of the kernel that this thread's event loop watches. */
export interface EventCounter {
  watch(onCount: () => void): void;
  unref(): void;
}

export interface OsServices {
  createSharedSegment(bytes: number, options: { readonly isWire: boolean }): Segment;
  openSharedSegment(fd: number, options: { readonly isWire: boolean }): Segment;
  sharedSegmentOf(value: unknown): Segment | undefined;
  createEventFd(): EventCounter;
  forwardWord(words: Int32Array, index: number, event: EventCounter): void;
  waitOnWord(words: Int32Array, index: number, value: number, timeoutMs: number): 'ok' | 'timed-out';
  wakeWord(words: Int32Array, index: number): void;
}

/** Of the thread, which may hold several copies of this module. */
const SERVICES = Symbol.for('@heddle/sync/os-services@1');
const thread = globalThis as { [SERVICES]?: OsServices };

/** @throws SYNC_UNAVAILABLE: the package isn't installed, has no binary, or is not for this system. */
export function osServices(): OsServices {
  const known = thread[SERVICES];
  if (known !== undefined) return known;
  try {
    const services = createRequire(import.meta.url)(SPECIFIER) as OsServices;
    // The package loads without its binary; the first call tells.
    services.createSharedSegment(1, { isWire: true });
    thread[SERVICES] = services;
    return services;
  } catch (error) {
    throw unavailable(error);
  }
}

/** What the system refused, as an error of this package. */
export function unavailable(error: unknown): Error {
  const reason = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
  return Object.assign(syncError('SYNC_UNAVAILABLE', reason), { cause: error });
}
