/**
 * What a contestant is: the module a runner process loads, and the spec that names it.
 *
 * A contestant lives in its own runner process for the whole comparison, because two pieces of code in one process
 * share its heap, its compiled code and its garbage collector, and then differ from themselves.
 */

/** Default export of a contestant module. `options` is the spec's `options`, as JSON carries it. */
// eslint-disable-next-line typescript/no-explicit-any -- each contestant declares the shape of its own options
export type CreateContestant<O = any> = (options: O) => Contestant | Promise<Contestant>;

/** One way to do the work. Every method is called in the runner process, one call at a time. */
export interface Contestant {
  /**
   * The whole work once; timed. May return the workload's own measures as finite numbers with the unit in the name,
   * e.g. `{ delayP99Ms: 3.1 }`. A rejection ends this contestant, not the comparison.
   */
  round(): Promise<Record<string, number> | void> | Record<string, number> | void;
  /** Examines the output of the last round; not timed. Called after the warm-up and after the last timed round. */
  check(): Promise<CheckReport> | CheckReport;
  /** Lets go of what `create` took. The runner and all its children are ended afterwards in any case. */
  close?(): Promise<void> | void;
}

/** What `check()` found. */
export interface CheckReport {
  /** Equal digests mean equal results. */
  digest: string;
  /** Why the result is wrong, against an independent computation; absent when it is right. */
  problem?: string;
  /** Files the round made: name -> absolute path. */
  artifacts?: Record<string, string>;
  /** What was seen, in words: label -> text. */
  notes?: Record<string, string>;
  /** Why the contestant did what it did, where it chose: JSON, passed on as it is. */
  explanation?: unknown;
}

/** Names a contestant and how its runner is started. */
export interface ContestantSpec {
  /** Unique in the comparison; key of the result. */
  id: string;
  /** What people read. */
  label: string;
  /** `file:` URL of an ES module whose default export is a `CreateContestant`. */
  module: string;
  /** Passed to the default export; JSON. */
  options?: unknown;
  /** Added to the environment of the host. */
  env?: Record<string, string>;
  /** Node's own options for the runner, e.g. `['--expose-gc']`. Default none: those of the host are not inherited. */
  execArgv?: string[];
}
