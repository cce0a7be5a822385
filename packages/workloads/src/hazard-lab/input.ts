/** The hazards, and the innocent tasks that run beside each. */
export interface HazardLabSize {
  [key: string]: number;
  innocents: number;
}

const FULL_INNOCENTS = 32;

export function sizeOf(work: number): HazardLabSize {
  return { innocents: Math.max(1, Math.round(FULL_INNOCENTS * work)) };
}

/** 8 tasks. */
export const minimumWork = 8 / FULL_INNOCENTS;

/** Each is an export of the task module, and what it stands for in the table. */
export const HAZARDS = {
  throws: 'a task throws',
  exits: 'a task calls process.exit(7)',
  aborts: 'a task calls process.abort()',
  segfaults: 'a task meets a segmentation fault',
  leaks: 'a task fills its heap',
  loops: 'a task loops for ever',
} as const;

export type Hazard = keyof typeof HAZARDS;

/** Time limit of the task that loops: what ends it where it can be ended. */
export const TIME_LIMIT_MS = 200;
/** Heap of a worker, and of the program where the task runs on its main thread: small, so that it is full soon. */
export const HEAP_MIB = 48;
/** Workers of a program's pool. */
export const WORKERS = 2;

/** What tasks do to state that they share, and what it stands for in the table. One program does all of it, in this order. */
export const SHARINGS = {
  plainly: 'shared counter: added to plainly',
  atomically: 'shared counter: by Atomics',
  underMutex: 'shared counter: under a Mutex',
  byMessage: 'shared counter: by message to its owner',
  twoLocks: 'shared locks: two tasks take two of them in opposite order',
  deadOwner: 'shared lock: a task dies while it holds it',
} as const;

export type SharingName = keyof typeof SHARINGS;

/** Additions of each task. Where a task waits for others at each, fewer tell what it costs. */
export const UPDATES = { plainly: 2_000_000, atomically: 2_000_000, underMutex: 10_000, byMessage: 10_000 } as const;

/** How long a task waits for its second lock: what ends a deadlock that nobody finds. */
export const LOCK_WAIT_MS = 200;
