/** A program with two worker processes that are busy for ever. Tells their ids, and waits to be killed. */
import { createPool } from '@heddle/ts-orchestrator';
import type * as tasks from '../faults/tasks.ts';
import { readOrder, tell } from './program.ts';

export interface ParentOrder {
  readonly task: 'loops' | 'waitsOnAWord' | 'blocksInNativeCode' | 'waitsForever';
  readonly addon: string | undefined;
  /** A file that is never there. */
  readonly release: string;
}

export interface ParentReady {
  readonly pids: readonly number[];
}

const { task, addon, release } = readOrder<ParentOrder>();
const pool = await createPool<typeof tasks>(new URL('../faults/tasks.js', import.meta.url), {
  backend: 'processes',
  workers: 2,
});
const pids: number[] = [];
const onProgress = (place: unknown) => {
  pids.push((place as tasks.Place).pid);
  if (pids.length === 2) tell({ pids } satisfies ParentReady);
};
await Promise.all([1, 2].map(() => pool.run(task, [{ addon, release }], { onProgress })));
