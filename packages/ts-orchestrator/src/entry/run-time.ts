/**
 * How long one function runs in this worker: a moving mean, and when it is worth telling the host.
 */

/** Weight of the newest run. The first runs of a function are its slowest: after twenty little is left of them. */
const NEWEST = 1 / 8;
/**
 * One run counts for so many times the mean at most: a run during which the thread stood still, for a collection or another program,
 * is not told then (1 + 3/8 is less than CHANGE), while a function that has become slower is within a few runs.
 */
const JUMP_MAX = 4;
/** Told again when it has changed by this factor: a handful of times while a function gets warm, then never. */
const CHANGE = 1.5;
/** Nothing shorter is told apart, and nothing longer: in milliseconds. */
const MS_MIN = 0.001;
const MS_MAX = 10;

export class RunTime {
  #meanMs: number | undefined;
  #toldMs = 0;

  /** One run took `ms`. Returns what to tell the host, or undefined. */
  add(ms: number): number | undefined {
    const before = this.#meanMs;
    this.#meanMs =
      before === undefined ? ms : before + (Math.min(ms, JUMP_MAX * Math.max(before, MS_MIN)) - before) * NEWEST;
    const meanMs = Math.min(MS_MAX, Math.max(MS_MIN, this.#meanMs));
    if (meanMs < this.#toldMs * CHANGE && meanMs > this.#toldMs / CHANGE) return undefined;
    if (meanMs === this.#toldMs) return undefined;
    this.#toldMs = meanMs;
    return meanMs;
  }
}
