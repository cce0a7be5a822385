/**
 * What calls that are waited for compute on this thread, in all its parts: after an await a function goes on in a turn of the event loop
 * that nobody can tell from others. So the loop is asked how long it was active (event loop utilization) while such calls were under way.
 *
 * That counts whatever else this thread does. It is believed only where at least OVERLAP_LEAST calls overlapped: then other work that fills
 * the thread adds to each at most its share of the time, and calls that wait are still seen to wait.
 */
import { monotonicMs } from '../clock/clock.ts';

/**
 * Milliseconds that have passed, and how many of them the event loop was active. Asked of Node's own module when a call is waited for, for the
 * first time: it takes more than a millisecond to load. The global `performance` is what tests, and tasks, replace.
 */
const readLoop = () => ({
  nowMs: monotonicMs(),
  activeMs: process.getBuiltinModule('node:perf_hooks').performance.eventLoopUtilization().active,
});

const OVERLAP_LEAST = 2;
/** After so many calls the older half counts half. Twice what inline runs at a time, so that those under way are never most of them. */
const CALLS_KEPT = 1_024;

export class LoopUse {
  readonly #read: typeof readLoop;
  #underWay = 0;
  #opened = { nowMs: 0, activeMs: 0 };
  #activeMs = 0;
  #elapsedMs = 0;
  #wallMs = 0;
  #settled = 0;

  constructor(read = readLoop) {
    this.#read = read;
  }

  begin(): void {
    if (this.#underWay++ === 0) this.#open();
  }

  /** `wallMs`: of the call that ends, from its start. */
  end(wallMs: number): void {
    this.#settled++;
    this.#wallMs += wallMs;
    const isLast = --this.#underWay === 0;
    if (!isLast && this.#settled < CALLS_KEPT) return;
    this.#close();
    if (!isLast) this.#open();
    if (this.#settled < CALLS_KEPT) return;
    this.#activeMs /= 2;
    this.#elapsedMs /= 2;
    this.#wallMs /= 2;
    this.#settled /= 2;
  }

  /** Milliseconds that a call computes, about; undefined: too few ran beside each other to tell. */
  get computingMs(): number | undefined {
    if (this.#underWay > 0) {
      this.#close();
      this.#open();
    }
    if (this.#settled === 0 || this.#wallMs < OVERLAP_LEAST * this.#elapsedMs) return undefined;
    // Those under way have had their share of it: to begin five hundred is work, and the first to settle has not done it all.
    return this.#activeMs / (this.#settled + this.#underWay);
  }

  #open(): void {
    this.#opened = this.#read();
  }

  #close(): void {
    const { nowMs, activeMs } = this.#read();
    this.#elapsedMs += nowMs - this.#opened.nowMs;
    this.#activeMs += activeMs - this.#opened.activeMs;
  }
}
