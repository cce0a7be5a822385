// What a suite is to the command: cases to choose from, and a run of some of them that gives everything to report.

export interface SuiteOptions {
  quick: boolean;
  signal: AbortSignal;
  /** A step begins; `detail` changes with every round. */
  onProgress(step: string, detail: string): void;
}

export interface SuiteRun {
  /** Plain JSON: every sample. */
  result: { readonly wasInterrupted: boolean };
  /** Tables for the terminal. */
  text: string;
  /** One HTML file. */
  page: string;
  /** Whether every contestant finished with right results. */
  isGood: boolean;
}

/** What was to be read is no run that could be used: one sentence. */
export class UnreadableRun extends Error {}

/** A case as it is chosen on the command line. */
export interface Choice {
  /** Unique in its suite. */
  readonly id: string;
  /** What several cases share, e.g. the kernel; a mistyped word is compared with it too. */
  readonly group: string;
  readonly isQuick: boolean;
}

export interface Suite {
  /** One phrase for --help. */
  readonly about: string;
  readonly cases: readonly Choice[];
  /** Runs these cases in this order. After an abort, those that were finished. */
  run(ids: readonly string[], options: SuiteOptions): Promise<SuiteRun>;
  /** Computes anew what follows from a recorded run, whose JSON this is, without measuring. Throws `UnreadableRun`. */
  simulate?(recorded: string): SuiteRun;
}
