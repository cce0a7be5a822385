/**
 * What the pool needs of workers. The supervisor implements it; the pool never sees a transport's start or end.
 */
import type { RecycleReason } from '../diagnostics/events.ts';
import type { Examination } from '../errors/examination.ts';
import type { TaskTrace } from '../errors/errors.ts';
import type { NumberMap } from '../queue/number-map.ts';
import type { Packed, Wire } from '../transport/transport.ts';
import type { WorkerMemory, WorkerMessage } from '../transport/protocol.ts';
import type { Task } from '../task/task.ts';
import type { WorkerState } from './worker-state.ts';

export type PoolTask = Task<Packed, PoolWorker>;

/** Messages about a task, as the pool gets them. */
export type TaskMessage = Extract<
  WorkerMessage,
  { t: 'value' | 'item' | 'end' | 'error' | 'skipped' | 'given-back' | 'progress' | 'call' | 'uncall' }
>;

export interface PoolWorker {
  /** From 1, never used twice in a pool. */
  readonly id: number;
  readonly state: WorkerState;
  readonly pid: number | undefined;
  readonly threadId: number | undefined;
  /** What it takes of the machine's memory, as it has told; undefined: it has not. */
  readonly memory?: WorkerMemory | undefined;
  /** How small tasks travel to it now. */
  readonly wire?: Wire | undefined;
  /** The last lines it wrote to stderr, oldest first. */
  readonly stderrTail: readonly string[];
  /** Tasks it has answered so far. */
  readonly answered: number;
  /** Tasks it holds, by id, in the order in which they were sent. */
  readonly tasks: Pick<NumberMap<PoolTask>, 'size' | 'get' | 'values'>;
  /** Of them, the one that it was sent first. */
  readonly firstTask: PoolTask | undefined;
  /** Of them, the one that it was sent last before the one of this number in it; `Infinity`: of all. */
  taskBefore(id: number): PoolTask | undefined;
  /** Milliseconds that these are expected to run. */
  readonly heldMs: number;
  /** Tasks it runs at a time. */
  readonly places: number;
  /** Would a task that is sent now begin at once? */
  readonly hasPlace: boolean;
  /** Is it known what it has begun, and can the rest be taken back? */
  readonly canTakeBack: boolean;
  /** Does it take one more task that waits behind those it has? */
  readonly mayHoldMore: boolean;
  /** Tasks it was given so far. */
  readonly tasksGiven: number;
  /** Sends the task, and numbers it. Throws what can't be sent; the worker is as before then. */
  run(task: PoolTask): void;
  /**
   * Takes back what of a task has not begun. Returns how many of its items may have: 0 or 1, for a batch up to all. What has begun is
   * answered; where nothing has, or all of that was answered before, the task is off this worker. `isSaid`: it has said that it left out
   * the rest, and won't again.
   */
  revoke(task: PoolTask, isSaid?: boolean): number;
  /** An item of a batch was answered. */
  onItem(): void;
  /** Milliseconds since a task began; undefined: it has not. Where workers don't tell, what was sent has begun. */
  elapsedMs(task: PoolTask): number | undefined;
  /** Aborts the task's signal. */
  cancel(task: PoolTask, reason: unknown): void;
  addCredit(task: PoolTask, items: number): void;
  /** Tells the task the outcome of a call it made: a packed list of the value, or an error. */
  answerCall(
    task: PoolTask,
    call: number,
    outcome: { readonly value: unknown } | { readonly error: unknown; readonly task: TaskTrace | undefined },
  ): void;
  /** Takes the task off, after its reply or at the worker's end. */
  release(task: PoolTask): void;
  /** Asks it to end: teardown, then gone. Only without tasks. */
  stop(): void;
  /** Replaced: takes no more, finishes what it has, then ends as by `stop`. */
  retire(why: RecycleReason): void;
  /** Ends it at once. */
  kill(): void;
  /** Ends it because code of the user has to be stopped: what that is at is found out first, if it can be, within a deadline. */
  interrupt(): void;
  /** It will probably have to be interrupted soon: what it is at is found out meanwhile. */
  prepareInterrupt(): void;
  /** Finds out what it is at. Calls `done` once, within a deadline; with undefined where nothing can be found out. */
  examine(done: (examination: Examination | undefined) => void): void;
}

/** How a worker's life ended. */
export interface WorkerEnd {
  /** Undefined when it could not be ended. */
  readonly exit: { readonly exitCode: number | null; readonly signal: NodeJS.Signals | null } | undefined;
  /** The error for a task that was running, or for whoever waited for the start. */
  readonly errorFor: (task: PoolTask | undefined, hasBegun?: boolean) => unknown;
  /** Did it begin this task? */
  readonly hasBegun: (task: PoolTask) => boolean;
  /** How many items of this batch? None of the others will begin. */
  readonly itemsBegun: (task: PoolTask) => number;
  /** It had become ready once. */
  readonly wasReady: boolean;
  /** It never became ready, and nobody had asked it to end. */
  readonly isStartFailure: boolean;
  /** What it was at when it had to be ended. */
  readonly examination: Examination | undefined;
  /** It could not be ended and is given up. */
  readonly isStuck: boolean;
  /** What went wrong in teardown. */
  readonly teardownError: unknown;
}

export interface WorkerListener {
  /** Ready for the first time: takes tasks from now on. */
  onReady(worker: PoolWorker, tasks: readonly string[]): void;
  /** What one run of a function takes in it, about. */
  onRunTime(name: string, ms: number): void;
  /** It has told anew what it takes of the machine's memory. */
  onMemory(worker: PoolWorker): void;
  /** It holds more memory than it may and should be replaced. */
  onGrown(worker: PoolWorker): void;
  onTaskMessage(worker: PoolWorker, message: TaskMessage): void;
  /** Once per worker, last. Its tasks are still in `tasks`. */
  onEnd(worker: PoolWorker, end: WorkerEnd): void;
}

export interface WorkerSource {
  start(listener: WorkerListener): PoolWorker;
}
