/**
 * Tasks of the storm. Each run is written down in a file that nothing of heddle reads or writes, before it does anything else.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { currentTask } from '@heddle/ts-orchestrator/task';
import type { FaultAddon } from '../faults/addon.ts';

/** How a worker is made to die. SIGKILL comes from the host; the others are set off inside. */
export type StormWay = 'SIGKILL' | 'SIGSEGV' | 'abort' | 'out of memory' | 'exit(0)';

/** One run in the file: number of the task, attempt; both unsigned, 32 bits. Appended in one write, so workers never mix. */
export const RUN_BYTES = 8;

let file: number;
const run = Buffer.alloc(RUN_BYTES);

export function setup(path: string): void {
  file = fs.openSync(path, 'a');
}

export async function work(n: number): Promise<number> {
  run.writeUInt32LE(n, 0);
  run.writeUInt32LE(currentTask().attempt, 4);
  fs.writeSync(file, run);
  // Some wait, so that a bomb goes off while they are under way; most are short work.
  if (n % 16 < 2) await sleep(1);
  else for (const end = performance.now() + 0.05; performance.now() < end;);
  return 2 * n + 1;
}

/** Goes off a little later, in the middle of whatever this worker does then. */
export function plantBomb(way: StormWay, delayMs: number, addon: string | undefined): void {
  setTimeout(() => {
    if (way === 'exit(0)') process.exit(0);
    if (way === 'abort') process.abort();
    if (way === 'SIGSEGV') (createRequire(import.meta.url)(addon!) as FaultAddon).segfault();
    const all: number[][] = [];
    for (;;) all.push(Array.from({ length: 10_000 }, (_, index) => index + all.length));
  }, delayMs);
}
