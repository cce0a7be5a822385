/**
 * Items of one map that travel as one task: packed, queued and sent once, run one after the other in one worker, each answered for
 * itself. Every item keeps its own outcome; what concerns a single one (a cancel, a time-out, the death of the worker) takes the batch apart
 * first, see pool/sending.ts. Not for calls that may run again when the function throws, or report progress: those are tasks of their own
 * from the start.
 */
import type { Outcome, Task, TaskCall } from './task.ts';

export interface BatchParts {
  /** In its map, of the first item. */
  readonly firstIndex: number;
  /** Primitive values: they are taken over by being listed. Not to be changed. */
  readonly items: readonly unknown[];
  /** The call of one item, for when it has to go on alone. */
  readonly callOf: (index: number) => TaskCall;
  /** Called once for each item that the batch itself has settled. */
  readonly onOutcome: (index: number, outcome: Outcome) => void;
}

export class Batch {
  /** Items that have become tasks of their own, by index. */
  readonly alone = new Map<number, Task>();
  readonly #parts: BatchParts;
  /** Items with an outcome, from the first on. */
  #answered = 0;
  /** Those up to here are answered by the task that this batch is. */
  #end: number;
  #isClosed = false;

  constructor(parts: BatchParts) {
    this.#parts = parts;
    this.#end = parts.items.length;
  }

  get items(): readonly unknown[] {
    return this.#parts.items;
  }

  get answered(): number {
    return this.#answered;
  }

  get end(): number {
    return this.#end;
  }

  /** Items without an outcome that its task stands for. */
  get left(): number {
    return this.#end - this.#answered;
  }

  /** Its task goes on as its last item, and the batch is the answers that come before that one's. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Closes it at its item number `end - 1`. */
  close(end: number): void {
    this.#end = end;
    this.#isClosed = true;
  }

  indexOf(item: number): number {
    return this.#parts.firstIndex + item;
  }

  callOf(item: number): TaskCall {
    return this.#parts.callOf(this.indexOf(item));
  }

  /** The next item has its outcome. Returns its index, to be told with that. */
  settle(): number {
    return this.indexOf(this.#answered++);
  }

  tell(index: number, outcome: Outcome): void {
    this.#parts.onOutcome(index, outcome);
  }
}
