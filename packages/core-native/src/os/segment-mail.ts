// Segments and counters on their way to another process (core/os/segment_mail.h).
import { closeSync } from 'node:fs';
import { checkInteger, wrongType } from '../arguments.ts';
import { addon } from '../load-addon.ts';
import { errorWithCode, FD_MAX, systemError } from './system-error.ts';
import { idOfSegment, openSharedSegment, type SharedSegment } from './shared-segment.ts';
import os from 'node:os';

const { EAGAIN, EBADF, EPIPE } = os.constants.errno;

/**
 * Sends a segment over the Unix stream socket of descriptor `socket` (the host's end of a `'pipe'` in a child's `stdio`, or
 * the child's), under a number of the sender's choice, 0 to 2^53. The segment is on its way until the other side takes it, and
 * lives as long, also when this process ends. Nothing else may be written to the socket. Never waits.
 *
 * Linux. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), Error (`HEDDLE_CLOSED` the segment's descriptor or the other end of
 * the socket is closed, `HEDDLE_FULL` too many are on their way, some hundred, `HEDDLE_SYSTEM`, `HEDDLE_UNSUPPORTED`
 * elsewhere), NativeUnavailableError. Cost: one system call, about 2 us.
 */
export function sendSegment(socket: number, segment: SharedSegment, number: number): void {
  checkInteger('sendSegment', 'socket', socket, 0, FD_MAX);
  checkInteger('sendSegment', 'number', number, 0, Number.MAX_SAFE_INTEGER);
  const id = idOfSegment(segment);
  if (id === 0) throw wrongType('sendSegment', 'segment', 'a shared segment', segment);
  if (segment.isClosed) throw errorWithCode('HEDDLE_CLOSED', 'sendSegment: the segment is closed');
  checkSent('sendSegment', addon().sendSegment(socket, id, number), socket);
}

function checkSent(call: string, error: number, socket: number): void {
  if (error === 0) return;
  if (error === EAGAIN) throw errorWithCode('HEDDLE_FULL', `${call}: too many segments are on their way`);
  if (error === EPIPE) throw errorWithCode('HEDDLE_CLOSED', `${call}: the other end of the socket is closed`);
  throw systemError(call, error, error === EBADF ? socket : undefined, 'a Unix socket');
}

/**
 * Sends a descriptor of any kind in the same way, as `sendSegment` sends one of a segment: that of an {@link EventFd} too. It stays
 * the caller's. Errors and cost as of `sendSegment`.
 */
export function sendDescriptor(socket: number, fd: number, number: number): void {
  checkInteger('sendDescriptor', 'socket', socket, 0, FD_MAX);
  checkInteger('sendDescriptor', 'fd', fd, 0, FD_MAX);
  checkInteger('sendDescriptor', 'number', number, 0, Number.MAX_SAFE_INTEGER);
  checkSent('sendDescriptor', addon().sendDescriptor(socket, fd, number), socket);
}

/**
 * Takes the next segment that has arrived over a socket, and its number; undefined when there is none. One that this thread has
 * mapped already comes with the buffer that is known. Never waits.
 *
 * Linux. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`; also for a file that is no segment, which is dropped), Error
 * (`HEDDLE_CLOSED` the other end is closed, and all is taken, `HEDDLE_DESCRIPTORS`, `HEDDLE_MEMORY`, `HEDDLE_SYSTEM`,
 * `HEDDLE_UNSUPPORTED` elsewhere), NativeUnavailableError. Cost: three system calls more than {@link openSharedSegment}.
 */
export function receiveSegment(socket: number): { number: number; segment: SharedSegment } | undefined {
  const received = receive('receiveSegment', socket);
  if (received === undefined) return undefined;
  const { number, fd } = received;
  try {
    return { number, segment: openSharedSegment(fd) };
  } finally {
    closeSync(fd);
  }
}

/**
 * Takes the next descriptor that has arrived over a socket, of whichever kind, and its number; undefined when there is none. It is the
 * caller's to close: `openSharedSegment` and `openEventFd` tell whether it is what they open. Never waits.
 *
 * Linux. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), Error (`HEDDLE_CLOSED` the other end is closed, and all is taken,
 * `HEDDLE_DESCRIPTORS`, `HEDDLE_SYSTEM`, `HEDDLE_UNSUPPORTED` elsewhere), NativeUnavailableError. Cost: one system call.
 */
export function receiveDescriptor(socket: number): { number: number; fd: number } | undefined {
  return receive('receiveDescriptor', socket);
}

function receive(call: string, socket: number): { number: number; fd: number } | undefined {
  checkInteger(call, 'socket', socket, 0, FD_MAX);
  const answer = addon().receiveDescriptor(socket);
  if (answer === EAGAIN) return undefined;
  if (answer === EPIPE) throw errorWithCode('HEDDLE_CLOSED', `${call}: the other end of the socket is closed`);
  if (typeof answer === 'number')
    throw systemError(call, answer, answer === EBADF ? socket : undefined, 'a Unix socket');
  const [number, fd] = answer;
  return { number, fd };
}
