/**
 * Virtual time and the order of events, with the phases of Node's event loop and nothing of its waiting.
 *
 * Two sides share the time. Outside (workers, wires) events happen exactly when they are due. The host gets its turns between
 * them: timers that are due, then what has arrived, then what was put off until after that; after each call of the host all
 * promises that can go on do so. The host may be late: a stall lets outside events go on while it stands still.
 *
 * Nothing here waits for the real event loop: `process.nextTick` called from a microtask runs when no microtask is left, so one
 * await of it drains every chain of promises (0.3 us; a setImmediate costs five times as much).
 */
import type { Clock, Timer } from '../../src/clock/clock.ts';
import type { Chance } from './chance.ts';

interface Event {
  readonly at: number;
  readonly sequence: number;
  readonly act: () => void;
  isCancelled: boolean;
}

export interface Stalls {
  /** Probability per turn that the host is late. */
  readonly chance: number;
  readonly msMax: number;
}

/** Far above the longest sane run: a schedule that gets here goes round in circles. */
const TURNS_MAX = 20_000;

const drained = () => new Promise<void>((resolve) => process.nextTick(resolve));

export class World implements Clock {
  /** Time the host stood still, in all. */
  stalledMs = 0;
  /** An exception that the host let out of a callback: in a real program it would end it. */
  onThrow: (error: unknown) => void = () => {};
  #now = 0;
  #sequence = 0;
  #turns = 0;
  #pendingTimers = 0;
  readonly #outside = new EventHeap();
  readonly #timers = new EventHeap();
  #inbox: Array<() => void> = [];
  #putOff: Event[] = [];
  readonly #random: Chance;
  readonly #stalls: Stalls;

  constructor(random: Chance, stalls: Stalls) {
    this.#random = random;
    this.#stalls = stalls;
  }

  // ---- the host's clock ----

  now(): number {
    return this.#now;
  }

  after(delayMs: number, fire: () => void): Timer {
    return this.#timer(this.#timers, this.#event(delayMs, fire));
  }

  afterArrivals(fire: () => void): Timer {
    const event = this.#event(0, fire);
    this.#putOff.push(event);
    return this.#timer(undefined, event);
  }

  /** Timers of the host that may still fire. */
  get pendingTimers(): number {
    return this.#pendingTimers;
  }

  /** The host computes: it sees nothing of what happens meanwhile. */
  block(ms: number): void {
    this.stalledMs += ms;
    this.#passTo(this.#now + ms);
  }

  // ---- outside of the host ----

  /** Something happens outside in `delayMs`. */
  outside(delayMs: number, act: () => void): void {
    this.#outside.push(this.#event(delayMs, act));
  }

  /** Something has arrived at the host, which sees it in its next turn. */
  arrive(act: () => void): void {
    this.#inbox.push(act);
  }

  /** The host goes on in a microtask. */
  microtask(act: () => void): void {
    queueMicrotask(() => {
      try {
        act();
      } catch (error) {
        this.onThrow(error);
      }
    });
  }

  /** A caller of the pool waits: an event of the host's loop, and none of the pool's timers. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.outside(ms, () => this.arrive(resolve)));
  }

  /** Lets time pass until nothing is due any more. */
  async run(): Promise<void> {
    await drained();
    for (;;) {
      const isBehind = this.#inbox.length > 0 || this.#putOff.length > 0;
      const next = isBehind ? this.#now : Math.min(this.#outside.nextAt, this.#timers.nextAt);
      if (next === Infinity) return;
      if (++this.#turns > TURNS_MAX) throw new Error('it never comes to rest');
      if (this.#random.chance(this.#stalls.chance)) {
        const stalledMs = this.#random.int(1, this.#stalls.msMax);
        this.stalledMs += stalledMs;
        this.#passTo(Math.max(next, this.#now) + stalledMs);
      } else this.#passTo(Math.max(next, this.#now));
      // A loop that woke for an arrival looks at its timers only in the next round.
      if (this.#inbox.length === 0 || this.#random.chance(0.5)) await this.#fireTimers();
      await this.#handOut();
      await this.#runPutOff();
    }
  }

  #event(delayMs: number, act: () => void): Event {
    return { at: this.#now + delayMs, sequence: ++this.#sequence, act, isCancelled: false };
  }

  #timer(heap: EventHeap | undefined, event: Event): Timer {
    heap?.push(event);
    this.#pendingTimers++;
    return {
      cancel: () => {
        if (event.isCancelled) return;
        event.isCancelled = true;
        this.#pendingTimers--;
      },
    };
  }

  #passTo(at: number): void {
    while (this.#outside.nextAt <= at) {
      const event = this.#outside.shift()!;
      this.#now = Math.max(this.#now, event.at);
      event.act();
    }
    this.#now = at;
  }

  async #fireTimers(): Promise<void> {
    while (this.#timers.nextAt <= this.#now) await this.#fire(this.#timers.shift()!);
  }

  async #runPutOff(): Promise<void> {
    if (this.#putOff.length === 0) return;
    const putOff = this.#putOff;
    this.#putOff = [];
    for (const event of putOff) await this.#fire(event);
  }

  async #fire(event: Event): Promise<void> {
    if (event.isCancelled) return;
    event.isCancelled = true;
    this.#pendingTimers--;
    await this.#call(event.act);
  }

  async #handOut(): Promise<void> {
    if (this.#inbox.length === 0) return;
    const inbox = this.#inbox;
    this.#inbox = [];
    for (const act of inbox) await this.#call(act);
  }

  async #call(act: () => void): Promise<void> {
    try {
      act();
    } catch (error) {
      this.onThrow(error);
    }
    await drained();
  }
}

/** Earliest first, first in first out at the same time. Cancelled events fall out as they come up. */
class EventHeap {
  readonly #heap: Event[] = [];

  get nextAt(): number {
    while (this.#heap[0]?.isCancelled === true) this.#take();
    return this.#heap[0]?.at ?? Infinity;
  }

  push(event: Event): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = event;
  }

  shift(): Event | undefined {
    return this.nextAt === Infinity ? undefined : this.#take();
  }

  #take(): Event {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (last === first) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
