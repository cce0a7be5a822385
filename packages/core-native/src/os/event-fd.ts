// Counters in the kernel by which processes wake one another (core/os/event_fd.h).
import { checkInteger, wrongType } from '../arguments.ts';
import { addon } from '../load-addon.ts';
import { errorWithCode, FD_MAX, systemError } from './system-error.ts';

const COUNT_MAX = 2 ** 32 - 1;

/**
 * A counter that processes share by its descriptor. One thread uses one object; another thread or process opens the counter
 * for itself. Left open, it is closed when the object is collected or the thread ends, unless it is watched.
 */
export interface EventFd {
  /** For the `stdio` list of a child process. It stays the object's. Errors: Error (`HEDDLE_CLOSED`). */
  readonly fd: number;
  readonly isClosed: boolean;
  /**
   * Adds `count`, 1 to 2^32 - 1 (default 1), which wakes whoever watches the counter. One system call, never waits: a counter
   * that is full (2^64 - 2) stays full. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), Error (`HEDDLE_CLOSED`).
   */
  write(count?: number): void;
  /**
   * Takes the whole count, 0 when there is none. One system call, never waits. Above 2^53 it is rounded.
   * Errors: Error (`HEDDLE_CLOSED`).
   */
  read(): number;
  /**
   * Calls `onCount(count)` from this thread's event loop whenever the counter is not 0, with the count taken. Several writes
   * may come as one count. Of several that watch or read one counter, one gets it. What `onCount` throws is an uncaught
   * exception. A second `watch` replaces the first. Watching keeps the program alive, see {@link EventFd.unref}.
   * Where the thread is terminated meanwhile, watching ends with it and the counter stays good for others.
   * Errors: TypeError (`HEDDLE_ARGUMENT`), Error (`HEDDLE_CLOSED`, `HEDDLE_DESCRIPTORS`: it takes one more descriptor).
   *
   * Cost: from a write here to the call there, and from a write there to the call here, 10 to 15 us between two processes, measured
   * on two cores that had other work.
   */
  watch(onCount: (count: number) => void): void;
  /** Ends watching; no call comes after it. Nothing happens when nobody watches. */
  unwatch(): void;
  /** Watching keeps the program alive (default). */
  ref(): void;
  /** Watching does not keep the program alive. Holds for later calls of `watch` too. */
  unref(): void;
  /** Ends watching and closes the descriptor. Closing twice does nothing; every other call then throws `HEDDLE_CLOSED`. */
  close(): void;
}

const collected = new FinalizationRegistry((id: number) => addon().closeEvent(id));

class Event implements EventFd {
  readonly #id: number;
  #isClosed = false;
  #isRef = true;

  constructor(id: number) {
    this.#id = id;
    collected.register(this, id, this);
  }

  #open(): number {
    if (!this.#isClosed) return this.#id;
    throw errorWithCode('HEDDLE_CLOSED', 'event descriptor: it is closed');
  }

  /** What the addon knows it by. */
  static idOf(call: string, event: EventFd): number {
    const given: unknown = event;
    if (typeof given === 'object' && given !== null && #id in given) return (given as Event).#open();
    throw wrongType(call, 'event', 'a counter that createEventFd or openEventFd gave', event);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get fd(): number {
    return addon().eventDescriptor(this.#open());
  }

  write(count = 1): void {
    const id = this.#open();
    // The common case first: this is the hot path of a wake-up.
    if (count !== 1) checkInteger('write', 'count', count, 1, COUNT_MAX);
    const error = addon().writeEvent(id, count);
    if (error !== 0) throw systemError('write', error, undefined, '');
  }

  read(): number {
    const count = addon().readEvent(this.#open());
    if (count < 0) throw systemError('read', -count, undefined, '');
    return count;
  }

  watch(onCount: (count: number) => void): void {
    const id = this.#open();
    if (typeof onCount !== 'function') throw wrongType('watch', 'onCount', 'a function', onCount);
    // The callback holds this object, so a watched counter isn't collected.
    const error = addon().watchEvent(id, (count) => this.#isClosed || onCount(count));
    if (error !== 0) throw systemError('watch', error, undefined, '');
    if (!this.#isRef) addon().setEventRef(id, false);
  }

  unwatch(): void {
    addon().unwatchEvent(this.#open());
  }

  ref(): void {
    this.#isRef = true;
    addon().setEventRef(this.#open(), true);
  }

  unref(): void {
    this.#isRef = false;
    addon().setEventRef(this.#open(), false);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    collected.unregister(this);
    addon().closeEvent(this.#id);
  }
}

/** For other files of this package. Errors: TypeError (`HEDDLE_ARGUMENT`), Error (`HEDDLE_CLOSED`). */
export const idOfEvent = (call: string, event: EventFd): number => Event.idOf(call, event);

/**
 * A new counter at 0. Linux. Errors: Error (`HEDDLE_UNSUPPORTED` elsewhere, `HEDDLE_DESCRIPTORS`), NativeUnavailableError.
 * Cost: one system call, one descriptor.
 */
export function createEventFd(): EventFd {
  const id = addon().createEvent();
  if (id < 0) throw systemError('createEventFd', -id, undefined, '');
  return new Event(id);
}

/**
 * The counter of descriptor `fd`, as a child process finds it at its place in `stdio`. The descriptor stays the caller's and
 * may be closed afterwards: the object has one of its own.
 *
 * Linux. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`: no descriptor, or not one of such a counter), Error
 * (`HEDDLE_UNSUPPORTED` elsewhere, `HEDDLE_DESCRIPTORS`), NativeUnavailableError. Cost: four system calls, one descriptor.
 */
export function openEventFd(fd: number): EventFd {
  checkInteger('openEventFd', 'fd', fd, 0, FD_MAX);
  const id = addon().openEvent(fd);
  if (id < 0) throw systemError('openEventFd', -id, fd, 'a counter that createEventFd made');
  return new Event(id);
}
