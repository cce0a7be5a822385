/** Sleep and wake-up of a ring's reader between threads, by `Atomics.waitAsync`: the reader's event loop stays free. */
import { SecondLook } from './paced-wake.ts';
import { type RingReader } from './ring.ts';
import { PARKED_WORD } from './ring-layout.ts';

/** ECMAScript 2024; every supported version of Node has it. */
const { waitAsync } = Atomics as typeof Atomics & {
  waitAsync(
    words: Int32Array,
    index: number,
    value: number,
  ): { readonly async: false } | { readonly async: true; readonly value: Promise<unknown> };
};

/** Ends the sleep of the reader of the ring that has these words. */
export function notifyReader(words: Int32Array): void {
  Atomics.notify(words, PARKED_WORD);
}

/**
 * Puts the reader to sleep; `wake` is called once, in a later turn of the event loop. False: there are records to read already, and
 * `wake` is not called. A sleep does not keep the program alive, and lasts until the writer or `endSleep` ends it.
 */
export function sleepReader(reader: RingReader, wake: () => void): boolean {
  if (!reader.park()) return false;
  const wait = waitAsync(reader.words, PARKED_WORD, 1);
  // The writer was faster: what it has written is there.
  if (!wait.async) return false;
  void wait.value.then(wake);
  return true;
}

/** Ends the reader's own sleep, so that nothing of it is held any longer. */
export function endSleep(reader: RingReader): void {
  Atomics.store(reader.words, PARKED_WORD, 0);
  notifyReader(reader.words);
}

/** How the reader of one ring between threads sleeps. */
export class ThreadSleep {
  readonly #secondLook = new SecondLook();

  sleep(reader: RingReader, wake: () => void, look: () => void): boolean {
    const isAsleep = sleepReader(reader, wake);
    if (isAsleep) this.#secondLook.after(reader.words, look);
    return isAsleep;
  }

  end(reader: RingReader): void {
    this.#secondLook.end();
    endSleep(reader);
  }
}
