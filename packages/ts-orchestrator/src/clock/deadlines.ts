/**
 * Every deadline, delay and bound of heddle's own that has a default: the one place to read what a pool waits for and how long.
 * Options start from these; nothing else repeats a number. Rank 0, so that every room may read it.
 *
 * Where no source is given the figure is a guess: far above what the step takes, far below what a person would wait.
 */

/** Timers of Node hold 31 bits. */
export const DELAY_MS_MAX = 2 ** 31 - 1;

// ---- starting a worker ----

/** From starting a worker to the first line of its entry. Measured: 50 to 100 ms; a machine under heavy load takes seconds. */
export const SPAWN_TIMEOUT_MS = 30_000;
/** For loading the task module, with everything that it imports. */
export const LOAD_TIMEOUT_MS = 60_000;
/** For the task module's `setup`. */
export const SETUP_TIMEOUT_MS = 60_000;
/** Starts that fail one after the other, with none that succeeds between, before the pool gives up. */
export const START_FAILURES_MAX = 3;

// ---- ending a worker ----

/** For the task module's `teardown`. */
export const TEARDOWN_TIMEOUT_MS = 10_000;
/** From ending a worker by force to its being gone; then it is given up. */
export const TERMINATE_TIMEOUT_MS = 10_000;
/**
 * How long the parts of an end are waited for: the last words and the closed channel of a dead process, the exit of one that has
 * closed its channel. They come together unless a grandchild holds a pipe.
 */
export const LATE_END_MS = 500;
/** Workers that could not be ended before the pool gives up: each may hold a core and memory for good. */
export const STUCK_MAX = 2;
/** A worker without work for this long is ended. */
export const IDLE_TIMEOUT_MS = 30_000;

// ---- tasks ----

/** For a cancelled task to settle by itself before its worker is ended. */
export const CANCEL_GRACE_MS = 250;
/** Tasks that wait for a worker. */
export const QUEUE_LIMIT = 1_000_000;
/** Items of a stream that the worker may be ahead of its consumer. */
export const STREAM_WINDOW = 8;
