/** Task module: tasks that change what another task changes at the same time. */
import { isMainThread } from 'node:worker_threads';
import { Mutex, type MutexGuard, type MutexHandle } from '@heddle/sync';
import { currentTask } from '@heddle/ts-orchestrator/task';

/** Where in the shared words the count is, and how many tasks have come to the start. */
export const COUNT = 0;
export const ARRIVED = 1;

/** Returns when as many tasks have come as there are; spins, for worker processes have no memory on which to sleep. */
function meet(words: Int32Array, tasks: number): void {
  Atomics.add(words, ARRIVED, 1);
  while (Atomics.load(words, ARRIVED) < tasks);
}

function timed(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

/** Reads, adds, writes: what another task writes in between is lost. Gives the time of the additions in milliseconds, as the next do. */
export function plainly(words: Int32Array, tasks: number, updates: number): number {
  meet(words, tasks);
  return timed(() => {
    for (let update = 0; update < updates; update++) words[COUNT]! += 1;
  });
}

export function atomically(words: Int32Array, tasks: number, updates: number): number {
  meet(words, tasks);
  return timed(() => {
    for (let update = 0; update < updates; update++) Atomics.add(words, COUNT, 1);
  });
}

/** Adds plainly, like the first. The main thread must not block, so inline it waits. */
export async function underMutex(
  words: Int32Array,
  tasks: number,
  updates: number,
  handle: MutexHandle,
): Promise<number> {
  const mutex = Mutex.from(handle);
  meet(words, tasks);
  const startMs = performance.now();
  for (let update = 0; update < updates; update++) {
    const guard = isMainThread ? await mutex.lock() : mutex.lockSync();
    words[COUNT]! += 1;
    guard.release();
  }
  return performance.now() - startMs;
}

/** Shares nothing: the owner of the counter adds. */
export function byMessage(updates: number): void {
  const { progress } = currentTask();
  for (let update = 0; update < updates; update++) progress(1);
}

export interface Locking {
  /** 'both', or the code of the error that the second lock gave. */
  outcome: string;
  /** From the wish for the second lock on. */
  waitedMs: number;
}

/** Takes both locks, the second once every task has its first, and gives back what it has. */
export async function twoLocks(
  words: Int32Array,
  tasks: number,
  handles: readonly [MutexHandle, MutexHandle],
  timeoutMs: number,
): Promise<Locking> {
  const [first, second] = handles.map((handle) => Mutex.from(handle)) as [Mutex, Mutex];
  const take = async (mutex: Mutex): Promise<MutexGuard> =>
    isMainThread ? mutex.lock({ timeoutMs }) : mutex.lockSync({ timeoutMs });
  const guard = await take(first);
  meet(words, tasks);
  const startMs = performance.now();
  const outcome = await take(second).then(
    (other) => {
      other.release();
      return 'both';
    },
    (error: { code?: string }) => error.code ?? String(error),
  );
  const waitedMs = performance.now() - startMs;
  guard.release();
  return { outcome, waitedMs };
}

/** Ends its worker with the lock; inline, the program. */
export async function deadOwner(handle: MutexHandle): Promise<never> {
  const mutex = Mutex.from(handle);
  if (isMainThread) await mutex.lock();
  else mutex.lockSync();
  process.exit(7);
}

/** The next owner: was it told that the one before it had died? */
export async function nextOwner(handle: MutexHandle): Promise<boolean> {
  const mutex = Mutex.from(handle);
  const guard = isMainThread ? await mutex.lock() : mutex.lockSync();
  const wasTold = guard.abandoned;
  if (wasTold) guard.repair();
  guard.release();
  return wasTold;
}
