/**
 * Tasks that have called their own pool: how many of them only wait, and so leave their place to others. See nested-calls.ts.
 */
import { Family } from '../task/task.ts';
import type { PoolTask } from './worker-source.ts';

export class Callers {
  /** Tasks that run and wait for calls of their own. Writer: this class. */
  waiting = 0;

  /** What the run of a task has called; made with its first call. */
  familyOf(task: PoolTask): Family<PoolTask> {
    return (task.family ??= new Family(task.depth + 1));
  }

  /** A called task begins (1) or ceases (-1) to wait for a worker or to have one; its caller waits as long as one does. */
  countUnderWay({ parent }: PoolTask, change: 1 | -1): void {
    if (parent === undefined) return;
    const wasWaiting = parent.underWay > 0;
    parent.underWay += change;
    if (!parent.isOver && wasWaiting !== parent.underWay > 0) this.waiting += change;
  }

  /** The run of a task is over. True: it had made calls. */
  endRun({ family }: PoolTask): boolean {
    if (family === undefined) return false;
    if (family.underWay > 0) this.waiting--;
    family.isOver = true;
    return true;
  }
}

/**
 * May a task wait in a worker behind this one? Behind one that the program submitted, every one may; behind a call, calls of the same
 * caller only. When a call is answered its caller goes on, in the place that the call had, or the call itself runs again: the next in
 * its worker, which begins at once, would run beside them in no place at all. Of the same caller it is what that caller waits for still.
 */
export function mayFollow(task: PoolTask, before: PoolTask): boolean {
  return before.parent === undefined || before.parent === task.parent;
}
