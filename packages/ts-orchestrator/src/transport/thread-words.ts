/**
 * What a worker thread gets from its host: its end of the port and of the rings, the memory of its words, and a count of what it has printed.
 */
import type { MessagePort } from 'node:worker_threads';
import type { StartOrder } from './protocol.ts';
import type { MailboxMemory } from './mailbox-memory.ts';

/** In `workerData` of the thread, under the key `heddle`. */
export interface ThreadStart {
  readonly port: MessagePort;
  /** The rings of the mailbox. */
  readonly mailbox: MailboxMemory;
  readonly order: StartOrder;
  /** For `MemoryWords`. */
  readonly words: SharedArrayBuffer;
  /** One word: characters printed and not yet taken. Writers: the thread adds, the host subtracts and notifies. */
  readonly printed: Int32Array;
}

export function createPrinted(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Characters a thread may be ahead of the host in printing; then it waits, as a full pipe would make it. */
const PRINT_CHARS_MAX = 2 ** 20;
/**
 * What a piece of text counts at least. Short lines cost the host as much as long ones, some twenty microseconds each, and it takes
 * all that are there before its timers have a turn: a hundred thousand of them made a time-out two seconds late, and four thousand
 * still one, because finding out where the thread stands takes several turns.
 */
const PIECE_CHARS_LEAST = 1_024;
/** It waits for a host that may be waiting for it: not for ever. */
const PRINT_WAIT_MS = 1_000;

const weightOf = (text: string): number => Math.min(Math.max(text.length, PIECE_CHARS_LEAST), PRINT_CHARS_MAX);

/** Thread: after it has sent text. Blocks while the host is far behind. */
export function addPrinted(printed: Int32Array, text: string): void {
  const chars = weightOf(text);
  const ahead = Atomics.add(printed, 0, chars) + chars;
  if (ahead > PRINT_CHARS_MAX) Atomics.wait(printed, 0, ahead, PRINT_WAIT_MS);
}

/** Host: when it has taken text. */
export function takePrinted(printed: Int32Array, text: string): void {
  Atomics.sub(printed, 0, weightOf(text));
  Atomics.notify(printed, 0);
}
