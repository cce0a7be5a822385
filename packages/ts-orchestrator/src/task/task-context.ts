/**
 * What a task can ask about itself, carried through its awaits by AsyncLocalStorage.
 *
 * The task module imports `@heddle/ts-orchestrator/task` from its own place, which may be another copy of this package than
 * the one that runs it. So the storage is not a module variable: it hangs on the global object under one well-known symbol.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { heddleError } from '../errors/errors.ts';
import type { CallRest, TaskArgs, TaskName, TaskResult, UntypedModule } from './module-types.ts';
import type { TransferItem } from './payload.ts';
import type { NestedOptions } from './task-options.ts';

/** A task's view of itself, given by `currentTask()`. */
export interface TaskContext<M = UntypedModule> {
  /** Name of the exported function. */
  readonly name: string;
  /** Aborted when the task is cancelled or timed out. A task that heeds it keeps its worker alive. */
  readonly signal: AbortSignal;
  /** Position in the input of `map`; undefined in `run` and `stream`. */
  readonly index: number | undefined;
  /** 1 for the first run. */
  readonly attempt: number;
  /** Number of the worker in its pool, from 1. */
  readonly workerId: number;
  /** Writes a line to the host's stderr, with worker and task named. */
  readonly log: (text: string) => void;
  /**
   * Calls a function of the same module in the same pool, in whatever worker, and never deadlocks: while it is under way, this task
   * counts as waiting, and with no worker free another is started. Calls may be nested 16 deep. They end with this task: what is
   * still open when it returns, throws or is cancelled is cancelled. Arguments and result travel by value.
   *
   * Rejects as `pool.run` does, and with HEDDLE_NESTED_LIMIT.
   */
  readonly run: <K extends TaskName<M>>(
    name: K,
    ...rest: CallRest<TaskArgs<M, K>, NestedOptions>
  ) => Promise<TaskResult<M, K>>;
  /** Sends a value to the caller's `onProgress`; by value, so the same rules as for a result. */
  readonly progress: (value: unknown) => void;
}

/** A task as this side knows it. */
export interface RealmTask extends TaskContext {
  /** Number of its run on the wire. */
  readonly id: number;
  /** Stands for its pool where that lives on this side, which is inline. */
  readonly poolKey: object | undefined;
  /** Takes text that the task prints. */
  readonly print: (text: string) => void;
}

interface TaskRealm {
  readonly storage: AsyncLocalStorage<RealmTask | undefined>;
  /** True in a worker thread or process of a pool. Written once, by the worker's entry. */
  isWorker: boolean;
  /** Task module that is being loaded by this worker; undefined before and after. */
  loadingUrl: string | undefined;
}

const KEY = Symbol.for('@heddle/ts-orchestrator/task-realm@1');

export const taskRealm: TaskRealm = ((globalThis as { [KEY]?: TaskRealm })[KEY] ??= {
  storage: new AsyncLocalStorage(),
  isWorker: false,
  loadingUrl: undefined,
});

/** Runs `action` outside of any task: what the host does on a task's behalf is not the task's. */
export function outsideTask<T>(action: () => T): T {
  return taskRealm.storage.run(undefined, action);
}

/**
 * The task that is running, also after awaits, and in every function it calls. `currentTask<typeof import('./x.tasks.ts')>()` has the
 * names and arguments of `run` checked.
 * @throws {HeddleError} HEDDLE_NO_TASK outside a task.
 */
export function currentTask<M = UntypedModule>(): TaskContext<M> {
  const context = taskRealm.storage.getStore();
  if (context === undefined) throw heddleError('HEDDLE_NO_TASK', { call: 'currentTask()' });
  return context as unknown as TaskContext<M>;
}

const MOVED = Symbol.for('@heddle/ts-orchestrator/moved@1');

interface Moved {
  readonly [MOVED]: readonly TransferItem[];
  readonly value: unknown;
}

/**
 * Returns `value` from a task (or yields it) with the listed buffers moved instead of copied. They are detached in the worker
 * in every backend; between threads that saves the copy. Use it only as `return move(…)` or `yield move(…)`.
 */
export function move<T>(value: T, buffers: readonly TransferItem[]): T {
  if (!Array.isArray(buffers))
    throw heddleError('HEDDLE_OPTION_INVALID', {
      option: 'buffers of move()',
      expected: 'an array of ArrayBuffer',
      got: typeof buffers,
    });
  const moved: Moved = { [MOVED]: buffers, value };
  return moved as T;
}

/** Takes apart what a task returned: the value, and what to move. */
export function unwrapMoved(result: unknown): { value: unknown; transfer: readonly TransferItem[] } {
  if (typeof result === 'object' && result !== null && Object.hasOwn(result, MOVED)) {
    const moved = result as Moved;
    return { value: moved.value, transfer: moved[MOVED] };
  }
  return { value: result, transfer: [] };
}
