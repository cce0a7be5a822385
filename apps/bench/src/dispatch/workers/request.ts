// What plain workers are sent and answer: a few lines anyone would write.
import * as tasks from '../tasks.ts';
import type { TaskName } from '../peers/pool-under-test.ts';

/** Number of the call, task, argument. `increments`: a chunk of a map; `bumpMoved`: the result's buffer is handed over. */
export type Request = [id: number, name: TaskName | 'increments' | 'bumpMoved', argument: unknown];
export type Answer = [id: number, value: unknown];

const TASKS = { ...tasks } as Record<TaskName, (argument: unknown) => unknown>;

export function answer([id, name, argument]: Request): Answer {
  if (name === 'increments') return [id, (argument as number[]).map((n) => tasks.increment(n))];
  if (name === 'bumpMoved') return [id, tasks.bump(argument as Float64Array)];
  return [id, TASKS[name](argument)];
}
