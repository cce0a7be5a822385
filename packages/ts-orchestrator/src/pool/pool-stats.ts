/**
 * Counters of a pool. The scheduler is the only writer.
 */
import type { Backend, ParentDeath, Wire } from '../transport/transport.ts';
import type { CloneCounters, CloneWarning } from './clone-costs.ts';
import type { MemoryFit } from './memory-bound.ts';
import type { TimeStats } from './task-times.ts';
import type { WorkerState } from './worker-state.ts';

export class TaskCounters {
  submitted = 0;
  succeeded = 0;
  failed = 0;
  cancelled = 0;
  timedOut = 0;
  /** Given to another worker because theirs died before it began. */
  resent = 0;
  /** Runs after the first, of tasks that had begun and failed. */
  retried = 0;
  /** Given up because they took one worker after the other with them; counted in `failed` too. */
  quarantined = 0;
}

export class WorkerCounters {
  started = 0;
  /** Ended by themselves, or killed from outside. */
  died = 0;
  /** Ended because a task had to be stopped. */
  killed = 0;
  /** Replaced by the pool's own decision: `recycleAfterTasks`, `recycleAfterGrowthMiB`. */
  recycled = 0;
  /** Could not be ended, and were given up. */
  stuck = 0;
  startFailures = 0;
}

/** One moment of a pool, as `pool.stats()` gives it. Plain data. */
export interface PoolStats {
  readonly name: string;
  /** Where tasks run; `auto`: where the pool decides, see `parts` and `pool.explain()`. */
  readonly backend: Backend | 'auto';
  /** Of a pool with backend `auto`: what it holds of each backend. All other figures are of them together. */
  readonly parts: readonly PoolStats[] | undefined;
  readonly state: 'open' | 'closing' | 'closed' | 'failed';
  readonly tasks: Readonly<TaskCounters> & {
    /** Waiting for a worker now, those among them that were sent ahead and wait in it for another to end. */
    readonly queued: number;
    /** Waiting for their next attempt now. */
    readonly delayed: number;
    /** In a worker and running now, as far as the pool knows. */
    readonly running: number;
  };
  readonly workers: Readonly<WorkerCounters> & {
    /** Most workers at a time. Where memory decides, as far as is known: it may become less when workers have shown what they take. */
    readonly max: number;
    /** What it comes from. `pool.explain()` says it in words. */
    readonly maxFrom: 'options' | 'cores' | 'memory';
    /**
     * How many fit into memory: the limit, less what all others take, by the most that a worker has taken. Undefined: nobody has asked,
     * because there is one worker, or the options say how many there are.
     */
    readonly memory: MemoryFit | undefined;
    /**
     * Cores that pools, kernels and libraries inside each worker may use: their part of what this program has. Inline, and with one worker,
     * all of them.
     */
    readonly coresEach: number;
    /** Tasks one worker runs at a time; more than 1 only inline. */
    readonly tasksPerWorker: number;
    /** Ready and kept in reserve now (`spares`); they are among `live`, and not among `max`. */
    readonly spares: number;
    readonly live: ReadonlyArray<{
      readonly id: number;
      readonly state: WorkerState;
      readonly pid: number | undefined;
      readonly threadId: number | undefined;
      /**
       * How small tasks are sent to it now. `ring`: through memory that it shares with this program, as to threads always and to processes
       * after their first tasks, where `@heddle/core-native` can be loaded. `channel`: as messages. Inline undefined.
       */
      readonly wire: Wire | undefined;
      readonly tasks: readonly string[];
    }>;
  };
  /**
   * What the workers hold now of `sharedArray`s made across processes, each counted once: how many, and their memory in whole pages.
   * Read from the system, which costs about half a millisecond per worker once this program has had any. 0 for other backends.
   */
  readonly shared: { readonly segments: number; readonly bytes: number };
  /**
   * What it cost this thread to copy large arguments and results (16 KiB or more): bytes, and milliseconds. What structured clone
   * carries from a thread is copied by Node itself: its bytes are estimated, its time is not known and not in `unpackMs`.
   */
  readonly cloning: CloneCounters;
  /** Functions of which calls spend most of their time on copies, each told once on `heddle:task` too (`cloning`). */
  readonly warnings: readonly CloneWarning[];
  /** How long tasks waited and ran; undefined without `recordTimes`. */
  readonly times: TimeStats | undefined;
  /** What ends the workers when this program is killed. */
  readonly parentDeath: ParentDeath;
}
