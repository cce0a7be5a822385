/**
 * Sees from outside when a worker ends: a thread of its own looks at the worker's state in /proc about once in a millisecond. Linux only.
 *
 * The moment given is the last look at which the worker was alive, so a time counted from it is never too short.
 */
import { once } from 'node:events';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Place } from '../faults/tasks.ts';

export interface Death {
  /** On the clock of `process.hrtime`, in milliseconds. */
  readonly lastAliveMs: number;
}

export interface DeathWatch {
  /** Resolves when the first look was taken. */
  readonly isWatching: Promise<unknown>;
  readonly death: Promise<Death>;
}

const LOOK_EVERY_MS = 1;

export function watchDeath({ pid, tid }: Place): DeathWatch {
  const watcher = new Worker(fileURLToPath(import.meta.url), { workerData: `/proc/${pid}/task/${tid ?? pid}/stat` });
  // Both are listened for from the beginning: the second may be right behind the first.
  const isWatching = once(watcher, 'message');
  const death = new Promise<Death>((resolve) => {
    watcher.on('message', (message: Death | undefined) => {
      if (message !== undefined) resolve(message);
    });
  });
  return { isWatching, death };
}

/** A zombie is dead: it has ended, and only waits to be asked for. */
export function isAliveIn(statFile: string): boolean {
  try {
    const stat = fs.readFileSync(statFile, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

function watch(statFile: string): void {
  const port = parentPort!;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const now = () => Number(process.hrtime.bigint()) / 1e6;
  let lastAliveMs = now();
  port.postMessage(undefined);
  for (let looked = now(); isAliveIn(statFile); looked = now()) {
    lastAliveMs = looked;
    Atomics.wait(pause, 0, 0, LOOK_EVERY_MS);
  }
  port.postMessage({ lastAliveMs } satisfies Death);
}

if (!isMainThread && typeof workerData === 'string' && workerData.startsWith('/proc/')) watch(workerData);
