/** What a task module uses: `@heddle/ts-orchestrator/task`. Loads nothing but this. */
import { taskRealm } from './task/task-context.ts';

export { currentTask, move, type TaskContext } from './task/task-context.ts';
export type { NestedOptions } from './task/task-options.ts';

/**
 * True in a worker thread or worker process of a pool. A module that is its own task module asks it before it makes the pool:
 * `if (!isWorker) { const pool = await createPool(import.meta.url); … }`.
 */
export const isWorker: boolean = taskRealm.isWorker;
