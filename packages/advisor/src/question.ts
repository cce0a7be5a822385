/**
 * What a decision rests on. Plain data in milliseconds and MiB: whoever asks has measured it. Everything here is read and nothing kept,
 * so the same question has the same answer.
 */

/** Where calls run. */
export type Backend = 'inline' | 'threads' | 'processes';

/** From the least isolated to the most. */
export const BACKENDS: readonly Backend[] = ['inline', 'threads', 'processes'];

/** What keeps calls apart from the program and from each other; each level contains the one before it. */
export type Isolation = 'none' | 'heap' | 'process' | 'sandbox';

/** Of a small sample: its median, and the median distance from that. */
export interface Spread {
  readonly median: number;
  readonly spread: number;
}

/** What is known of the calls of one function. */
export interface Profile {
  readonly name: string;
  /** One call that runs alone, from its start to its outcome, waiting included. Undefined: none was measured. */
  readonly wallMs: Spread | undefined;
  /** Of it, what its thread computes. Undefined: all of it. */
  readonly cpuMs?: Spread | undefined;
  /** What it takes the caller's thread to copy the arguments and the result of a call for a worker. Undefined: see `bytes`. */
  readonly cloneMs?: number | undefined;
  /** Of arguments and result together, where `cloneMs` is not known. Default 0. */
  readonly bytes?: number | undefined;
  /** Workers that calls of it have ended so far. Default 0. */
  readonly crashes?: number | undefined;
  /** Of these, by running out of memory. Default 0. */
  readonly memoryCrashes?: number | undefined;
}

/** What there is to do. */
export interface Work {
  /** Calls that wait or are still to come. */
  readonly calls: number;
  /** Calls that may be under way at a time inline, where waiting for one lets others run. Default 1. */
  readonly atOnce?: number | undefined;
}

export interface MachineFacts {
  /** Cores that the program may really use. */
  readonly cores: number;
  /** Part of the time in which somebody on the machine waits for a core, 0 to 1: starts take longer then. Default 0. */
  readonly pressure?: number | undefined;
  /** Memory that workers may take, in MiB. Undefined: as much as they want. */
  readonly memoryMiB?: number | undefined;
}

/** What a backend costs, whatever runs in it. */
export interface BackendCosts {
  /** From the wish for a worker until it takes calls. */
  readonly startMs: number;
  /** Of the caller's thread, for each call. */
  readonly callerMs: number;
  /** Of the worker, for each call, beside the function. */
  readonly workerMs: number;
  /** The way of one call there and back. */
  readonly latencyMs: number;
  /** Of one worker. */
  readonly memoryMiB: number;
  /** A worker is there and takes calls now. */
  readonly isReady: boolean;
}

export interface Wishes {
  /** Hard: what can't meet it is ruled out. */
  readonly require?: {
    readonly isolation?: Isolation | undefined;
    /** A call that computes must be stoppable from outside. */
    readonly interruption?: boolean | undefined;
    readonly sharedMemory?: boolean | undefined;
  };
  /** Soft: what meets it counts as if it took a fifth less time. */
  readonly prefer?: { readonly isolation?: Isolation | undefined; readonly sharedMemory?: boolean | undefined };
  /**
   * `throughput`: the least time for all calls. `latency`: and no call holds the caller's thread for long. `memory`: workers have to gain
   * half of the time. Default `throughput`.
   */
  readonly objective?: 'throughput' | 'latency' | 'memory' | undefined;
}

export interface Question {
  readonly profile: Profile;
  readonly work: Work;
  readonly machine: MachineFacts;
  readonly costs: Readonly<Record<Backend, BackendCosts>>;
  /** Workers at most. Default: the cores. */
  readonly workersMax?: number | undefined;
  readonly wishes?: Wishes | undefined;
  /** Milliseconds per call that these calls have really taken in a backend: instead of the model's. */
  readonly observedMs?: Readonly<Partial<Record<Backend, number>>> | undefined;
  /** Where they run now; left only for a gain that is worth it. */
  readonly current?: Backend | undefined;
  /**
   * What work of the same program has taken longer so far because workers were not there: it pays for their start as well, since a program
   * that has had such work will have more of it. Default 0.
   */
  readonly missedMs?: number | undefined;
  /** What the asker rules out, with the reason: a backend that could not be started, for example. */
  readonly unavailable?: ReadonlyArray<{ readonly backend: Backend; readonly reason: string }> | undefined;
}
