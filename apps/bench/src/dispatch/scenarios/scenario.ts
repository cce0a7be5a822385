// What a case does to a pool, round by round. Values are checked outside of the time; what was wrong is counted.
import type { Backend, OpenOptions, PoolUnderTest } from '../peers/pool-under-test.ts';

/** The work of one round; counts are per round. */
export type Work =
  /** One small task at a time. */
  | { kind: 'awaited'; calls: number }
  /** Small tasks with so many under way. */
  | { kind: 'flood'; task: 'add' | 'rename'; calls: number; inFlight: number }
  /** The function called once per item; those without a map of their own get fewer items, so many under way. */
  | { kind: 'map'; items: number; itemsWithoutMap: number; inFlight: number }
  /** An array of float64 there and back; one that should be shared is copied by those who share nothing with processes. */
  | { kind: 'array'; way: 'copied' | 'moved' | 'shared'; bytes: number; calls: number }
  /** An array of small objects there and back. */
  | { kind: 'objects'; count: number; calls: number }
  /** Tasks that keep a worker busy for `ms` each, all submitted at once. */
  | { kind: 'busy'; calls: number; ms: number }
  /** Such tasks one at a time, for each length. */
  | { kind: 'latency'; calls: number; lengthsMs: readonly number[] }
  /** A fresh program, until its first result. */
  | { kind: 'start' }
  /** A fresh program whose workers have worked and now wait. */
  | { kind: 'memory' }
  | { kind: 'idle'; windowMs: number };

export type WorkOf<K extends Work['kind']> = Extract<Work, { kind: K }>;

/** Figures of a round, by key. */
export type Figures = Record<string, number>;

export interface Scenario {
  round(): Promise<Figures>;
  close(): Promise<unknown>;
}

/** What a scenario is given. */
export interface Place {
  backend: Backend;
  /** URL of the adapter's module. */
  adapter: string;
  /** Counts what comes back wrong. */
  expect: Expectations;
  open(values: OpenOptions['values']): Promise<PoolUnderTest>;
}

/** How results compare with what they must be. */
export class Expectations {
  #right = 0;
  #wrong = 0;
  #first = '';

  that(isRight: boolean, describe: () => string): void {
    if (isRight) this.#right++;
    else if (this.#wrong++ === 0) this.#first = describe();
  }

  get problem(): string | undefined {
    if (this.#wrong > 0) return `${this.#wrong} of ${this.#wrong + this.#right} results are wrong: ${this.#first}`;
    return this.#right === 0 ? 'no result was checked' : undefined;
  }
}
