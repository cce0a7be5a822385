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
  /** `HEDDLE_CORES` of the process. */
  readonly processShare: string | undefined;
  /** Undefined: the order says how many cores it gets. */
  readonly lateCores: Int32Array | undefined;
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

/**
 * One word, for the first thread of a program when it is started before the machine was read: cores that it gets, 0 until that is known.
 * Writer: the host, once, as soon as the rest of the library is loaded; if that fails, it ends the thread instead. Reader: the thread,
 * which sleeps until then, before it loads code of the user. The host stores before it wakes, and `Atomics.wait` looks at the word again
 * before it sleeps, so no wake-up is lost; that the thread is terminated wakes it too.
 */
export function createLateCores(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Host. */
export function tellCores(late: Int32Array, cores: number): void {
  Atomics.store(late, 0, cores);
  Atomics.notify(late, 0);
}

/** Thread. */
export function awaitCores(late: Int32Array): number {
  Atomics.wait(late, 0, 0);
  return Atomics.load(late, 0);
}
