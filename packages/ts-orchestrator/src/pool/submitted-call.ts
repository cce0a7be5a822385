/**
 * One call as its task keeps it: what its caller said, and who hears of its outcome.
 */
import type { parseRunOptions, RetryRule } from '../task/task-options.ts';
import type { Batch } from '../task/batch.ts';
import type { Outcome, TaskCall } from '../task/task.ts';

/** The options that every kind of call has. */
type CallParsed = Pick<ReturnType<typeof parseRunOptions>, 'timeoutMs' | 'priority' | 'onProgress'>;

/** What else makes a call. Who waits for one result names `resolve` and `reject`, the others `onOutcome`. */
interface CallParts {
  readonly retry: RetryRule;
  readonly index?: number;
  readonly lane?: TaskCall['lane'];
  readonly credit?: number;
  readonly onItem?: (value: unknown) => void;
  readonly onOutcome?: (outcome: Outcome) => void;
  readonly resolve?: (value: unknown) => void;
  readonly reject?: (error: unknown) => void;
}

/** Items of a map that travel as one: as the call of the first of them, but for its outcome. */
export class SubmittedBatch implements TaskCall {
  readonly name: string;
  readonly credit = 0;
  readonly index: number | undefined;
  readonly priority: number;
  readonly lane: TaskCall['lane'];
  readonly timeoutMs: number | undefined;
  readonly retry: RetryRule;
  readonly onItem = undefined;
  readonly onProgress = undefined;
  readonly batch: Batch;

  constructor({ name, index, priority, lane, timeoutMs, retry }: TaskCall, batch: Batch) {
    this.name = name;
    this.index = index;
    this.priority = priority;
    this.lane = lane;
    this.timeoutMs = timeoutMs;
    this.retry = retry;
    this.batch = batch;
  }

  onOutcome(): void {
    throw new Error('a batch settles item by item');
  }
}

/** One object for each call: of a hundred thousand calls a second each closure counts. */
export class SubmittedCall implements TaskCall {
  readonly name: string;
  readonly credit: number;
  readonly index: number | undefined;
  readonly priority: number;
  readonly lane: TaskCall['lane'];
  readonly timeoutMs: number | undefined;
  readonly retry: RetryRule;
  readonly onItem: TaskCall['onItem'];
  readonly onProgress: TaskCall['onProgress'];
  /** Takes it off its signal. */
  undo: (() => void) | undefined;
  readonly #parts: CallParts;

  constructor(name: string, { timeoutMs, priority, onProgress }: CallParsed, parts: CallParts) {
    const { index } = parts;
    this.name = name;
    this.credit = parts.credit ?? 0;
    this.index = index;
    this.priority = priority;
    this.lane = parts.lane;
    this.timeoutMs = timeoutMs;
    this.retry = parts.retry;
    this.onItem = parts.onItem;
    this.onProgress = onProgress === undefined ? undefined : (value) => onProgress(value, index);
    this.#parts = parts;
  }

  onOutcome(outcome: Outcome): void {
    this.undo?.();
    const { resolve, reject, onOutcome } = this.#parts;
    if (onOutcome !== undefined) onOutcome(outcome);
    else if (outcome.ok) resolve!(outcome.value);
    else reject!(outcome.error);
  }
}
