/**
 * What a pool spends on copying large values, by function, and whether that is most of its work.
 *
 * Only the host's own time is counted. The worker copies the same bytes once more at its end, so a function whose values take the
 * host as long as their runs take the worker spends most of its time on copies.
 */
import type { CloneCost } from '../task/clone-cost.ts';

/** A warning of `pool.stats()`: calls of this function spend most of their time on copying values. */
export interface CloneWarning {
  readonly kind: 'cloning';
  /** The function. */
  readonly task: string;
  /** Calls that carried something large. */
  readonly calls: number;
  /** To the workers and back, of these calls. */
  readonly bytes: number;
  /** The host's time for that. */
  readonly cloneMs: number;
  /** What these calls ran in workers, by the mean that workers tell. */
  readonly runMs: number;
  /** What to do about it. */
  readonly advice: string;
}

/** Counters of `pool.stats().cloning`: of values that are no small ones (16 KiB or more). */
export interface CloneCounters {
  /** To workers. */
  readonly bytesOut: number;
  /** From workers. */
  readonly bytesIn: number;
  readonly packMs: number;
  readonly unpackMs: number;
}

/** Before that a warning could be chance: the code of a function that is new is slow. Guesses. */
const CALLS_LEAST = 8;
const BYTES_LEAST = 2 ** 20;
const CLONE_MS_LEAST = 20;

const ADVICE =
  'hand buffers over (the option transfer, and move() for results), keep numbers in a sharedArray(), or send what the task needs instead ' +
  'of all of it';

class FunctionCost {
  calls = 0;
  bytes = 0;
  ms = 0;
  /** Set once it was found to be most of the work. */
  isTold = false;
}

export class CloneCosts {
  readonly #byName = new Map<string, FunctionCost>();
  readonly #msOfRun: (name: string) => number | undefined;
  #bytesOut = 0;
  #bytesIn = 0;
  #packMs = 0;
  #unpackMs = 0;

  /** `msOfRun`: what one run of a function takes, when workers have told. */
  constructor(msOfRun: (name: string) => number | undefined) {
    this.#msOfRun = msOfRun;
  }

  get counters(): CloneCounters {
    return { bytesOut: this.#bytesOut, bytesIn: this.#bytesIn, packMs: this.#packMs, unpackMs: this.#unpackMs };
  }

  /** Milliseconds per call that carried something large; undefined: none has. */
  msOf(name: string): number | undefined {
    const cost = this.#byName.get(name);
    return cost === undefined || cost.calls === 0 ? undefined : cost.ms / cost.calls;
  }

  received(name: string, { bytes, ms }: CloneCost): void {
    this.#bytesIn += bytes;
    this.#unpackMs += ms;
    this.#add(name, bytes, ms);
  }

  sent(name: string, { bytes, ms }: CloneCost): void {
    this.#bytesOut += bytes;
    this.#packMs += ms;
    this.#add(name, bytes, ms);
  }

  #add(name: string, bytes: number, ms: number): void {
    let cost = this.#byName.get(name);
    if (cost === undefined) this.#byName.set(name, (cost = new FunctionCost()));
    cost.bytes += bytes;
    cost.ms += ms;
  }

  /** A call that carried something large has its outcome. The warning, if it is the one that makes it certain. */
  settled(name: string): CloneWarning | undefined {
    const cost = this.#byName.get(name);
    if (cost === undefined) return undefined;
    cost.calls++;
    if (cost.isTold) return undefined;
    const warning = this.#warningOf(name, cost);
    if (warning !== undefined) cost.isTold = true;
    return warning;
  }

  /** Those that hold now. */
  warnings(): CloneWarning[] {
    return [...this.#byName].flatMap(([name, cost]) => this.#warningOf(name, cost) ?? []);
  }

  #warningOf(task: string, { calls, bytes, ms }: FunctionCost): CloneWarning | undefined {
    const msOfRun = this.#msOfRun(task);
    if (calls < CALLS_LEAST || bytes < BYTES_LEAST || ms < CLONE_MS_LEAST || msOfRun === undefined) return undefined;
    const runMs = msOfRun * calls;
    return ms < runMs ? undefined : { kind: 'cloning', task, calls, bytes, cloneMs: ms, runMs, advice: ADVICE };
  }
}
