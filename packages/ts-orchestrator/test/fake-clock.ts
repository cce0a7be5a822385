import type { Clock, Timer } from '../src/clock/clock.ts';

interface Entry {
  readonly at: number;
  readonly fire: () => void;
}

/** Time that moves only when told to. */
export class FakeClock implements Clock {
  #now = 0;
  #entries: Entry[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, fire: () => void): Timer {
    const entry = { at: this.#now + delayMs, fire };
    this.#entries.push(entry);
    return {
      cancel: () => {
        this.#entries = this.#entries.filter((other) => other !== entry);
      },
    };
  }

  afterArrivals(fire: () => void): Timer {
    return this.after(0, fire);
  }

  /** Fires what is due, in order of time, up to `ms` from now. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#entries.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#entries = this.#entries.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.fire();
    }
    this.#now = end;
  }

  get pending(): number {
    return this.#entries.length;
  }
}
