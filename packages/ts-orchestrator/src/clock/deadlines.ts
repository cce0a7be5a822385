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
/** Restarts within the window that follows before the pool gives up. Sane by the usage of supervisors: 5 in 10 to 30 s. */
export const RESTART_COUNT = 5;
export const RESTART_WINDOW_MS = 30_000;
/** Base and bound of the wait before a second, third … restart; the first is immediate. */
export const RESTART_DELAY_MS = 100;
export const RESTART_DELAY_MS_MAX = 5_000;

// ---- ending a worker ----

/** For the task module's `teardown`. */
export const TEARDOWN_TIMEOUT_MS = 10_000;
/** Between SIGTERM and SIGKILL, for a process that did not end when it was asked to. */
export const SIGTERM_GRACE_MS = 1_000;
/** From ending a worker by force to its being gone; then it is given up. */
export const TERMINATE_TIMEOUT_MS = 10_000;
/**
 * How long the parts of an end are waited for: the last words and the closed channel of a dead process, the exit of one that has
 * closed its channel. They come together unless a grandchild holds a pipe.
 */
export const LATE_END_MS = 500;
/** From its start: for a thread that is to be ended to finish loading, where Node would leave files open otherwise. */
export const THREAD_LOAD_MS = 2_000;
/** Workers that could not be ended before the pool gives up: each may hold a core and memory for good. */
export const STUCK_MAX = 2;
/** A worker without work for this long is ended. */
export const IDLE_TIMEOUT_MS = 30_000;

// ---- finding out what a worker is at ----

/** Between two looks at a worker's processor time: three ticks of the kernel's clock, and enough for an event loop to answer. */
export const LOOK_MS = 30;
/** For a worker process to open its inspector. Measured: 2 to 11 ms; one in native code does it never. */
export const INSPECTOR_OPEN_MS = 500;
/** For the probe to read a stack. Measured: 150 ms with its start. */
export const INSPECTOR_STACK_MS = 2_000;
/**
 * For all of it, when an end waits for it. A thread tells its stack in 26 to 43 ms, a process in 150 to 340; a thread that computes
 * on a machine under load (12 busy threads on 2 cores) took 900 ms, and its error does without. With the end itself, longer would put
 * it off by more than a tenth of a deadline of ten seconds.
 */
export const EXAMINE_URGENT_MS = 750;
/** The same when nothing is to be ended, and nobody waits for it. */
export const EXAMINE_PATIENT_MS = 10_000;

// ---- replacing a worker ----

/** Between two looks of a worker at its own memory. */
export const MEMORY_LOOK_MS = 1_000;
/** For which a reading of the machine's memory holds, where a pool asks how many workers fit. Reading it takes part of a millisecond. */
export const MEMORY_HOLDS_MS = 1_000;

// ---- tasks ----

/** For a cancelled task to settle by itself before its worker is ended. */
export const CANCEL_GRACE_MS = 250;
/** Further runs of a task that its caller may ask for. */
export const RETRIES_MAX = 1_000;
/** Base of the wait before a task runs again, and what it grows to. */
export const RETRY_DELAY_MS = 100;
export const RETRY_DELAY_MS_MAX = 30_000;
/**
 * How often a task is given to another worker because its own died before it began. Workers die for many reasons, and four in a
 * row before one task began have that task in common: reading its arguments may be what kills them.
 */
export const RESENDS_MAX = 3;
/** Tasks that wait for a worker. */
export const QUEUE_LIMIT = 1_000_000;
/** A task that runs longer is told of. */
export const STUCK_AFTER_MS = 30_000;
/** How deep tasks may call their own pool: each level may hold a worker per worker asked for. */
export const NESTED_DEPTH_MAX = 16;
/** Calls of its own pool that one task may have open: they wait in memory. */
export const NESTED_CALLS_MAX = 10_000;
/** Items of a stream that the worker may be ahead of its consumer. */
export const STREAM_WINDOW = 8;

// ---- limits of a worker ----

/** As fast as memory can grow: a core fills fresh pages with about 4 GiB/s. The next look comes before the limit can be reached. */
export const MEMORY_GROWTH_MIB_PER_MS = 4;
/** Close to the limit: what is allocated between two looks is what a worker can go beyond it. One look costs about 50 us. */
export const MEMORY_LOOK_MS_MIN = 10;
export const MEMORY_LOOK_MS_MAX = 250;
/** Who belongs to the worker's group is asked less often: it takes a look at every process of the machine, 2 to 8 ms. */
export const MEMORY_MEMBERS_MS = 1_000;
/** Raising the limit of CPU time takes a program; below this much use it isn't worth it, and each task gets as much on top. */
export const CPU_RENEW_SECONDS = 0.5;
/** The kernel counts from the start of the process: room for Node's own, measured at 0.1 s. */
export const CPU_START_SECONDS = 1;
