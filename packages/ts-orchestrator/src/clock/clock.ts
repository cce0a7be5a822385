/**
 * All time comes from here: one interface, so that a test can hold time in its hand.
 */
export interface Timer {
  /** Never fires after this; harmless when it has fired already. */
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds, with fractions. */
  now(): number;
  /** Calls `fire` once after `delayMs`. Such a timer never keeps the program alive: the pool's own handle does. */
  after(delayMs: number, fire: () => void): Timer;
  /** Calls `fire` once after everything that has already arrived (messages, exits) has been handed out. */
  afterArrivals(fire: () => void): Timer;
}

/** Taken now: tests, and tasks, replace the clock that they see. Not `performance`, which takes a start two milliseconds to load. */
const { hrtime } = process;

/** Milliseconds of the machine's monotonic clock, with fractions: the same in every thread and process. Some 70 ns. */
export function monotonicMs(): number {
  const time = hrtime();
  return time[0] * 1_000 + time[1] / 1e6;
}

/** A program's tests that hold time in their hand replace both halves of it, or neither. */
export const systemClock: Clock = {
  now() {
    const time = process.hrtime();
    return time[0] * 1_000 + time[1] / 1e6;
  },
  after(delayMs, fire) {
    const timer = setTimeout(fire, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  afterArrivals(fire) {
    // A timer callback runs before the poll phase of the loop and an immediate runs after it, so whatever waits in a pipe
    // or a port by now is seen first. The second turn is for a port whose wake-up the first poll only just collects.
    let second: NodeJS.Immediate | undefined;
    const first = setImmediate(() => {
      second = setImmediate(fire);
    });
    return {
      cancel() {
        clearImmediate(first);
        clearImmediate(second);
      },
    };
  },
};
