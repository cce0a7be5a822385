// Sleeping on words of memory that processes share (core/os/shared_word.h).
import os from 'node:os';
import { checkInteger, wrongRange, wrongType } from '../arguments.ts';
import { addon } from '../load-addon.ts';
import { idOfEvent, type EventFd } from './event-fd.ts';
import { systemError } from './system-error.ts';

/** The longest time that a sleep may be given, as of setTimeout. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;
const INT32_MAX = 2 ** 31 - 1;

const { EINVAL, ETIMEDOUT } = os.constants.errno;

function checkWord(call: string, words: Int32Array, index: number): void {
  if (!(words instanceof Int32Array)) throw wrongType(call, 'words', 'an Int32Array', words);
  checkInteger(call, 'index', index, 0, words.length - 1);
}

/**
 * `Atomics.wait` for memory that processes share: blocks this thread while the word `words[index]` is `value`, until
 * {@link wakeWord} is called for it, by whichever process, or `timeoutMs` have passed (0 to 2147483647). Gives whether
 * that is why it ended. It may end without a reason: look at the word again. Who changes the word calls `wakeWord` after it.
 *
 * While it blocks, nothing ends the thread but the end of the process: `terminate()` of a worker waits for it. So wait in
 * slices of the time that such an end may take.
 *
 * Linux. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), Error (`HEDDLE_UNSUPPORTED` elsewhere), NativeUnavailableError.
 * Cost: one system call.
 */
export function waitOnWord(words: Int32Array, index: number, value: number, timeoutMs: number): 'ok' | 'timed-out' {
  checkWord('waitOnWord', words, index);
  checkInteger('waitOnWord', 'value', value, -INT32_MAX - 1, INT32_MAX);
  if (typeof timeoutMs !== 'number') throw wrongType('waitOnWord', 'timeoutMs', 'a number', timeoutMs);
  if (!(timeoutMs >= 0 && timeoutMs <= TIMEOUT_MS_MAX))
    throw wrongRange('waitOnWord', 'timeoutMs', `be 0 to ${TIMEOUT_MS_MAX}`, String(timeoutMs));
  const error = addon().waitOnWord(words, index, value, timeoutMs);
  if (error === 0) return 'ok';
  if (error === ETIMEDOUT) return 'timed-out';
  throw systemError('waitOnWord', error, undefined, '');
}

/**
 * Wakes all who sleep on the word `words[index]` in {@link waitOnWord}, in any process.
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), NativeUnavailableError. Cost: one system call.
 */
export function wakeWord(words: Int32Array, index: number): void {
  checkWord('wakeWord', words, index);
  addon().wakeWord(words, index);
}

/**
 * Tells `event` of every change of the word `words[index]` of a segment that comes with a {@link wakeWord}, until `event` is
 * closed: for a thread that can't block, which watches the event. Several changes may come as one. A second call for the same event
 * replaces the first. That it ends is a change of the word by 1.
 *
 * Linux. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`; also for memory that is no segment), Error (`HEDDLE_CLOSED`,
 * `HEDDLE_UNSUPPORTED` elsewhere, `HEDDLE_DESCRIPTORS`, `HEDDLE_SYSTEM`), NativeUnavailableError.
 * Cost: a thread that sleeps, and a descriptor; two changes of the running thread for each change of the word.
 */
export function forwardWord(words: Int32Array, index: number, event: EventFd): void {
  checkWord('forwardWord', words, index);
  const error = addon().forwardWord(words, index, idOfEvent('forwardWord', event));
  if (error === EINVAL) throw wrongRange('forwardWord', 'words', 'be over a shared segment', 'other memory');
  if (error !== 0) throw systemError('forwardWord', error, undefined, '');
}
