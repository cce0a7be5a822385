/**
 * A schedule as plain data: the pool's options, what its callers do and when, how each task and each worker behaves.
 * `random-plan.ts` makes it from a seed; the sweep and the tests write it by hand.
 */
import type { PoolOptions } from '../../src/pool/pool-options.ts';
import type { Stalls } from './world.ts';

export interface Plan {
  readonly seed: number;
  readonly options: PoolOptions;
  readonly wire: WirePlan;
  readonly stalls: Stalls;
  /** In the order of time. */
  readonly calls: readonly Call[];
  /** How a worker behaves, by its number from 1; drawn from the seed or written by hand. */
  readonly worker: (number: number) => WorkerPlan;
  readonly sabotage?: Sabotage;
}

/** What may be made to fail, each time it happens; the name of the fault, or undefined. */
export type Sabotage = (operation: Operation) => string | undefined;
export type Operation = 'start' | 'tell' | 'receive' | 'kill' | 'exit' | 'timer';

/** How late a sabotaged timer or exit is. */
export const LATE_MS = 700;

export interface WirePlan {
  /** Is somebody there who finds out what a worker is at, before it is ended? */
  readonly hasExaminer: boolean;
  /** Longest way of one message, in milliseconds. */
  readonly latencyMsMax: number;
  /** Does the host know what a dead worker had begun? */
  readonly hasWords: boolean;
  /** Are messages on their way lost when a worker dies? Some of the last. */
  readonly losesMessages: boolean;
  /** Does the exit come twice? */
  readonly repeatsExit: boolean;
}

/** How one task behaves in a worker. */
export interface Work {
  readonly kind: 'value' | 'throw' | 'never';
  /** From its arrival to its begin. */
  readonly beginMs: number;
  /** From its begin to its end; for a stream between two items. */
  readonly ms: number;
  /** From the abort of its signal to its end; undefined: it doesn't listen. */
  readonly heedsMs: number | undefined;
  readonly progress: number;
  /** Items it yields; a stream only. */
  readonly items: number;
  /** Its worker dies, the first so many times that a worker gets it. */
  readonly crash: { readonly when: 'before' | 'during' | 'after'; readonly times: number } | undefined;
  readonly args: 'plain' | 'object' | 'moved' | 'uncloneable';
  /** Tasks that it calls in its own pool when it has begun, and waits for; only where it runs once. */
  readonly children: readonly Child[];
}

export interface Child {
  readonly key: number;
  readonly work: Work;
}

export type Reentry = 'throw' | 'abort' | 'run' | 'close' | 'block';

interface CallBase {
  readonly at: number;
}

export interface TaskCallBase extends CallBase {
  /** Number of the task, of the first of several; never used twice. */
  readonly key: number;
  readonly timeoutMs: number | undefined;
  readonly priority: number;
  /** Of this call; undefined: the pool's. */
  readonly retries: number | undefined;
  readonly abortMs: number | undefined;
  /** What the caller does inside of its own callback. */
  readonly onProgress: Reentry | undefined;
}

export type Call = RunCall | MapCall | StreamCall | PoolCall;

export interface RunCall extends TaskCallBase {
  readonly do: 'run';
  readonly work: Work;
  /** What a getter in its arguments does while they are packed. */
  readonly onPack: Reentry | undefined;
}

export interface MapCall extends TaskCallBase {
  readonly do: 'map';
  readonly works: readonly Work[];
  readonly ordered: boolean;
  readonly onError: 'fail' | 'collect';
  readonly source: 'plain' | 'async' | 'slow' | 'throws';
  /** The consumer takes so long over each. */
  readonly consumeMs: number;
  /** It leaves after so many: by break, or by an exception of its own. */
  readonly leaveAfter: number | undefined;
}

export interface StreamCall extends TaskCallBase {
  readonly do: 'stream';
  readonly work: Work;
  readonly consumeMs: number;
  readonly leaveAfter: number | undefined;
}

export type PoolCall =
  | (CallBase & { readonly do: 'drain' })
  | (CallBase & { readonly do: 'close'; readonly cancel: boolean })
  | (CallBase & { readonly do: 'block'; readonly ms: number });

/** How one worker behaves besides its tasks. */
export interface WorkerPlan {
  readonly spawnMs: number;
  readonly loadMs: number;
  readonly setupMs: number;
  readonly start: 'fine' | 'refused' | 'typescript' | StartFault;
  readonly stop: 'fine' | 'error' | 'hangs' | 'hangs-after' | 'exits-without-word' | 'crashes';
  readonly teardownMs: number;
  readonly kill: 'fine' | 'never' | 'late';
  /** From a kill, or from a death, to the exit that the host sees. */
  readonly exitMs: number;
  /** What it tells of how long a task takes; undefined: how long its last took. */
  readonly toldMs: number | undefined;
  /** Tells so long after it became ready that it has grown too much. */
  readonly growsAfterMs: number | undefined;
  /** Dies so long after it became ready, whatever it does then. */
  readonly diesAfterMs: number | undefined;
}

export type StartFault = `${'hangs' | 'exits'}-in-${'spawn' | 'load' | 'setup'}` | `fails-in-${'load' | 'setup'}`;

export const CALM_WORKER: WorkerPlan = {
  spawnMs: 1,
  loadMs: 1,
  setupMs: 1,
  start: 'fine',
  stop: 'fine',
  teardownMs: 1,
  kill: 'fine',
  exitMs: 1,
  toldMs: undefined,
  growsAfterMs: undefined,
  diesAfterMs: undefined,
};

export const CALM_WORK: Work = {
  kind: 'value',
  beginMs: 0,
  ms: 1,
  heedsMs: 1,
  progress: 0,
  items: 0,
  crash: undefined,
  args: 'plain',
  children: [],
};
