/** Opens, uses and closes pools one after the other, and tells from time to time what the process holds. Needs --expose-gc. */
import fs from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { createPool, type Backend } from '@heddle/ts-orchestrator';
import type * as tasks from '../faults/tasks.ts';
import { readOrder, tell } from './program.ts';

export interface OpenCloseOrder {
  readonly backend: Backend;
  readonly pools: number;
  readonly sampleEvery: number;
}

export interface Holdings {
  readonly pools: number;
  readonly threads: number;
  readonly fds: number;
  readonly children: number;
  /** Files in /dev/shm, and mappings of shared memory without a name. */
  readonly sharedMemory: number;
  readonly rssBytes: number;
}

const { backend, pools, sampleEvery } = readOrder<OpenCloseOrder>();
const count = (folder: string) => fs.readdirSync(folder).length;

async function sample(opened: number): Promise<Holdings> {
  // What a closed handle leaves is freed in a turn of the loop, and its memory by a collection after that.
  for (let round = 0; round < 3; round++) {
    await turn();
    (globalThis as { gc?: () => void }).gc!();
  }
  const maps = fs.readFileSync('/proc/self/maps', 'utf8');
  return {
    pools: opened,
    threads: count('/proc/self/task'),
    fds: count('/proc/self/fd'),
    children: fs.readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).length,
    sharedMemory: count('/dev/shm') + maps.split('\n').filter((line) => line.includes('/memfd:')).length,
    rssBytes: process.memoryUsage.rss(),
  };
}

for (let opened = 1; opened <= pools; opened++) {
  const pool = await createPool<typeof tasks>(new URL('../faults/tasks.js', import.meta.url), { backend, workers: 1 });
  await Promise.all([1, 2, 3].map((n) => pool.run('innocent', [n, 0])));
  // Now and then one dies, so that this path leaves nothing either.
  if (backend !== 'inline' && opened % 10 === 0) await pool.run('exits', [{}, 1]).catch(() => {});
  await pool.close();
  if (opened % sampleEvery === 0) tell(await sample(opened));
}
