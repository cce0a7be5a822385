import { once } from 'node:events';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { afterEach } from 'vitest';
// The build: workers use it, and what is one in a thread is found by both anyway.
import type * as Sync from '../src/index.ts';

export const { AtomicCounter, attach, Mutex, SyncError } = (await import(
  new URL('../dist/index.js', import.meta.url).href
)) as typeof Sync;

const workers = new Set<Worker>();
afterEach(async () => {
  await Promise.all([...workers].map((worker) => worker.terminate()));
});

export function start(workerData: object, options: WorkerOptions = {}): Worker {
  const worker = new Worker(new URL('./fixtures/worker.mjs', import.meta.url), { ...options, workerData });
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

/** Rejects when `promise` doesn't. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
}
