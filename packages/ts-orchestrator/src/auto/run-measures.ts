/**
 * What calls take that run inline, by function: the probe is the first calls themselves, and nothing of it is thrown away.
 */
import type { Profile } from '@heddle/advisor';
import { COMPUTES_SHARE } from '@heddle/advisor/computes-share';
import type { RunObserver } from '../entry/task-runner.ts';
import type { Backend } from '../transport/transport.ts';
import { LoopUse } from './loop-use.ts';
import { Samples } from './samples.ts';

/** A call that gives a promise after less than this waits for something, as long as nothing else is known. A guess. */
const PROMPT_MS = 1;
/** The same of the first call, whose code never ran before. */
const FIRST_PROMPT_MS = 5;
/** So many calls, or so long, tell what a function takes: the first ones run code that is not compiled yet. */
export const PROBE_CALLS = 8;
export const PROBE_MS = 20;
/** It is judged anew whether calls wait when twice as many are known, and every so many. */
const JUDGED_EVERY = 64;

/** So much work is under way inline, unless it waits: what stands in this thread's own line stays here. */
const AHEAD_MS = 4;
/** While it is probed or workers start. */
const AHEAD_CALLS_MAX = 64;

/** Calls of a function that may be under way inline; `isBrief`: where they belong is not settled. */
export function inlineWindow(measures: FunctionMeasures, isBrief: boolean): number {
  if (measures.seemsToWait) return Infinity;
  const calls = Math.max(1, Math.floor(AHEAD_MS / (measures.itemMs ?? AHEAD_MS)));
  return isBrief ? Math.min(AHEAD_CALLS_MAX, calls) : calls;
}

export class FunctionMeasures {
  readonly name: string;
  /** Calls measured here. */
  calls = 0;
  crashes = 0;
  memoryCrashes = 0;
  /** A call of it had a value that only goes to the same process: see `isForThisProcess`. */
  isForThisProcess = false;
  /** Calls that went to each backend. */
  readonly sent: Partial<Record<Backend, number>> = {};
  /** Milliseconds per item of the last map that told. */
  readonly actualMs: Partial<Record<Backend, number>> = {};
  /** Milliseconds of calls that ran inline and could have run beside each other. */
  crowdMs = 0;
  #computedMs = 0;
  readonly #loop: LoopUse;
  readonly #computed = new Samples();
  readonly #waited = new Samples();
  #isWaitedFor = false;
  #seemsToWait = false;
  #itemMs: number | undefined;
  /** Calls that have come back, and promises that have settled. */
  #events = 0;

  constructor(name: string, loop: LoopUse) {
    this.name = name;
    this.#loop = loop;
  }

  returned(ms: number, isWaited: boolean): void {
    this.calls++;
    this.#computedMs += ms;
    this.#computed.add(ms);
    this.#isWaitedFor = isWaited;
    if (isWaited) this.#loop.begin();
    this.#judgeSometimes();
  }

  settled(ms: number): void {
    this.#waited.add(ms);
    this.#loop.end(ms);
    this.#judgeSometimes();
  }

  /** Not after each: it takes longer than a short call. */
  #judgeSometimes(): void {
    const events = ++this.#events;
    const isPowerOfTwo = (events & (events - 1)) === 0;
    if (isPowerOfTwo || events % JUDGED_EVERY === 0) this.#judge();
  }

  /** Enough calls have run here to tell what it takes. */
  get isProbed(): boolean {
    return this.calls >= PROBE_CALLS || this.#computedMs >= PROBE_MS;
  }

  /** Such calls go inline now. */
  countCrowd(calls: number): void {
    if (!this.#seemsToWait && this.#itemMs !== undefined) this.crowdMs += calls * this.#itemMs;
  }

  countSent(backend: Backend, calls: number): void {
    this.sent[backend] = (this.sent[backend] ?? 0) + calls;
  }

  /** Do its calls give promises, as far as is known for something that waits? Then this thread takes many at once. */
  get seemsToWait(): boolean {
    return this.#seemsToWait;
  }

  /** What one takes, as it was when that was judged last. */
  get itemMs(): number | undefined {
    return this.#itemMs;
  }

  #judge(): void {
    if (!this.#isWaitedFor) {
      this.#seemsToWait = false;
      this.#itemMs = this.#computed.median;
      return;
    }
    const { wallMs, cpuMs } = this.times();
    this.#itemMs = wallMs?.median;
    this.#seemsToWait =
      wallMs === undefined
        ? this.#computed.least < (this.calls === 1 ? FIRST_PROMPT_MS : PROMPT_MS)
        : cpuMs!.median < wallMs.median * COMPUTES_SHARE;
  }

  /**
   * For the wall time of a call that is waited for, the least: others that ran meanwhile only make it longer, and what is asked is how
   * long one takes alone.
   */
  times(): Pick<Profile, 'wallMs' | 'cpuMs'> {
    if (this.calls === 0) return { wallMs: undefined };
    const computed = this.#computed.spread;
    if (!this.#isWaitedFor) return { wallMs: computed, cpuMs: computed };
    if (this.#waited.size === 0) return { wallMs: undefined };
    const wallMs = Math.max(this.#waited.least, computed.median);
    const cpuMs = Math.min(wallMs, Math.max(computed.median, this.#loop.computingMs ?? 0));
    return { wallMs: { median: wallMs, spread: 0 }, cpuMs: { median: cpuMs, spread: computed.spread } };
  }
}

export class RunMeasures implements RunObserver {
  readonly #byName = new Map<string, FunctionMeasures>();
  readonly #loop: LoopUse;
  /** Hears of every call that gave a promise. */
  onWaited: () => void = () => {};

  constructor(loop = new LoopUse()) {
    this.#loop = loop;
  }

  of(name: string): FunctionMeasures {
    let measures = this.#byName.get(name);
    if (measures === undefined) this.#byName.set(name, (measures = new FunctionMeasures(name, this.#loop)));
    return measures;
  }

  /** Of all functions. */
  get crowdMs(): number {
    let ms = 0;
    for (const measures of this.#byName.values()) ms += measures.crowdMs;
    return ms;
  }

  /** Workers are there: what comes now is not missed any more. */
  forgetCrowd(): void {
    for (const measures of this.#byName.values()) measures.crowdMs = 0;
  }

  /** Asks without making an entry: names that no function has come here too. */
  hasCrashed(name: string): boolean {
    return (this.#byName.get(name)?.crashes ?? 0) > 0;
  }

  get all(): Iterable<FunctionMeasures> {
    return this.#byName.values();
  }

  returned(name: string, ms: number, isWaited: boolean): void {
    const measures = this.of(name);
    measures.returned(ms, isWaited);
    if (isWaited) this.onWaited();
  }

  settled(name: string, ms: number): void {
    this.of(name).settled(ms);
  }
}
