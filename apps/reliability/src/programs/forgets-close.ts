/** A script that uses a pool and never closes it. Tells when it had its last result. */
import { createPool, type Backend } from '@heddle/ts-orchestrator';
import type * as tasks from '../faults/tasks.ts';
import { readOrder, tell } from './program.ts';
import { nowMs } from './run-program.ts';

export interface ForgetOrder {
  readonly backend: Backend;
}

export interface ForgetReport {
  readonly doneMs: number;
}

const { backend } = readOrder<ForgetOrder>();
const pool = await createPool<typeof tasks>(new URL('../faults/tasks.js', import.meta.url), { backend, workers: 2 });
await Promise.all(Array.from({ length: 8 }, (_, n) => pool.run('innocent', [n, 5])));
tell({ doneMs: nowMs() } satisfies ForgetReport);
