// No pool at all: the floor of `inline`.
import * as tasks from '../tasks.ts';
import type { OpenPool, TaskName } from './pool-under-test.ts';

const TASKS = { ...tasks } as Record<TaskName, (argument: unknown) => unknown>;

export const open: OpenPool = async () => ({
  run: async (name, argument) => TASKS[name](argument),
  async map(_, items) {
    const results: number[] = [];
    for (const item of items) results.push(tasks.increment(item));
    return results;
  },
  close: async () => undefined,
});
