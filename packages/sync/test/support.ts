import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { afterEach, expect } from 'vitest';
// The build: workers use it, and what is one in a thread is found by both anyway.
import type * as Sync from '../src/index.ts';

export const {
  AtomicCounter,
  attach,
  Barrier,
  Channel,
  checkLockOrder,
  Condition,
  DeadlockError,
  inherit,
  Latch,
  lockOrderInversions,
  Mutex,
  Once,
  RwLock,
  Semaphore,
  SyncError,
} = (await import(new URL('../dist/bundle/index.js', import.meta.url).href)) as typeof Sync;

const workers = new Set<Worker>();
afterEach(async () => {
  await Promise.all([...workers].map((worker) => worker.terminate()));
});

/** A worker of the tests: `file` in fixtures says what it does. */
export function start(workerData: object, options: WorkerOptions = {}, file = 'worker.mjs'): Worker {
  const worker = new Worker(new URL(`./fixtures/${file}`, import.meta.url), { ...options, workerData });
  workers.add(worker);
  worker.once('exit', () => workers.delete(worker));
  return worker;
}

/** A worker that fails fails the test. */
export async function ends(worker: Worker): Promise<void> {
  const [code] = (await once(worker, 'exit')) as [number];
  if (code !== 0) throw new Error(`the worker exited with ${code}`);
}

export async function says(worker: Worker): Promise<unknown> {
  return ((await once(worker, 'message')) as [unknown])[0];
}

/** The first message that is an object, also when it comes together with others. */
export function reports(worker: Worker): Promise<unknown> {
  return new Promise((resolve) => {
    worker.on('message', (message: unknown) => {
      if (typeof message === 'object') resolve(message);
    });
  });
}

/** Rejects when `promise` doesn't. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
}

export function codeOf(call: () => unknown): unknown {
  try {
    call();
    return 'nothing';
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return error.code;
  }
}

export const coded = (code: string): unknown => expect.objectContaining({ name: 'SyncError', code }) as unknown;

/** Looks again after every turn of the event loop. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}

/**
 * A program of its own, in which `names` of the package are imported. `later(act)` in it acts if the program is still there then, and
 * does not hold it: what waits for the act has to. So long after the start that a program which nothing holds is gone; a slow machine
 * makes that less certain, and fails nothing.
 */
export function runProgram(names: string, source: string): { status: number | null; stdout: string; stderr: string } {
  const url = JSON.stringify(new URL('../dist/bundle/index.js', import.meta.url));
  const text = `import { ${names} } from ${url}; import { Worker } from 'node:worker_threads';
    const later = (act) => setTimeout(act, 100).unref(); ${source}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', text], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
