/**
 * What host and worker thread share: the port's end that the thread gets, and two words of memory.
 */
import type { MessagePort } from 'node:worker_threads';
import type { StartOrder } from './protocol.ts';

/** In `workerData` of the thread, under the key `heddle`. */
export interface ThreadStart {
  readonly port: MessagePort;
  readonly order: StartOrder;
  /**
   * Word 0, ownership: id of the last task begun. Writer: the thread, before each task. Reader: the host, after the thread has
   * ended; the exit event orders the two.
   * Word 1, printed: characters sent and not yet taken. Writers: the thread adds, the host subtracts and notifies.
   */
  readonly words: Int32Array;
}

export const OWNERSHIP_WORD = 0;
export const PRINTED_WORD = 1;

export function createThreadWords(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** Characters a thread may be ahead of the host in printing; then it waits, as a full pipe would make it. */
const PRINT_CHARS_MAX = 2 ** 20;
/** It waits for a host that may be waiting for it: not for ever. */
const PRINT_WAIT_MS = 1_000;

/** Thread: after it has sent text. Blocks while the host is far behind. */
export function addPrinted(words: Int32Array, text: string): void {
  const chars = Math.min(text.length, PRINT_CHARS_MAX);
  const ahead = Atomics.add(words, PRINTED_WORD, chars) + chars;
  if (ahead > PRINT_CHARS_MAX) Atomics.wait(words, PRINTED_WORD, ahead, PRINT_WAIT_MS);
}

/** Host: when it has taken text. */
export function takePrinted(words: Int32Array, text: string): void {
  Atomics.sub(words, PRINTED_WORD, Math.min(text.length, PRINT_CHARS_MAX));
  Atomics.notify(words, PRINTED_WORD);
}
