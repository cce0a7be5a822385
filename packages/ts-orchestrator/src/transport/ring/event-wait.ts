/**
 * Sleep and wake-up of a ring's reader between processes, by a counter of the kernel that the reader's event loop watches: one system
 * call to wake, one to take the count, none while nobody sleeps. The watch stays, so falling asleep costs nothing; it does not keep
 * the program alive.
 */
import type { EventCounter } from '../../task/os-services.ts';
import { SecondLook } from './paced-wake.ts';
import type { RingReader } from './ring.ts';

export class EventSleep {
  readonly #event: EventCounter;
  readonly #secondLook = new SecondLook();
  /** Set while the reader sleeps. */
  #wake: (() => void) | undefined;

  /** Takes the counter over. Throws when it can't be watched. */
  constructor(event: EventCounter) {
    this.#event = event;
    event.unref();
    event.watch(() => {
      const wake = this.#wake;
      this.#wake = undefined;
      wake?.();
    });
  }

  /** See `ReaderSleep`. The counter keeps a wake-up that comes before the event loop looks for one. */
  sleep(reader: RingReader, wake: () => void, look: () => void): boolean {
    if (!reader.park()) return false;
    this.#wake = wake;
    this.#secondLook.after(reader.words, look);
    return true;
  }

  end(): void {
    this.#wake = undefined;
    this.#secondLook.end();
    this.#event.close();
  }
}
