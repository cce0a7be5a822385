/**
 * Something that is to be done once among all threads: a mutex (lock-word.ts), and in its memory one word more.
 *
 * | word | written by | says |
 * | --- | --- | --- |
 * | `DONE` | who has the mutex, once, after its function has ended well | it is done |
 *
 * Whoever finds DONE does nothing; everybody else takes the mutex and looks again. So the function runs in one thread at a time, and not
 * after it has ended well. Who died in it has left the mutex abandoned: the next repairs that by running the function anew.
 */
import { MUTEX_FREE_WORD } from '../mutex/lock-word.ts';

const DONE = MUTEX_FREE_WORD;

export function isDone(words: Int32Array): boolean {
  return Atomics.load(words, DONE) !== 0;
}

/** Of who has the mutex. */
export function setDone(words: Int32Array): void {
  Atomics.store(words, DONE, 1);
}
