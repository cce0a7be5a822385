// What a job would take wherever its calls run: the seam between the replay of a choice and where its times come from, which are measured ones of this
// machine (measured-world.ts) or those of a machine that is only computed (simulated-world.ts). All times in milliseconds. Pure.
import type { FixedBackend } from '../contestants.ts';

export type Workers = Exclude<FixedBackend, 'inline'>;

/** One workload on one machine, in the second job of a pool; what the first takes more is `setUpMs`. */
export interface World {
  readonly cores: number;
  readonly calls: number;
  /** Until the first call of a new pool, and for code that is new. */
  readonly setUpMs: number;
  /** Of call number `index` inline, and of all calls from there on. */
  itemMs(index: number): number;
  inlineMs(first: number): number;
  /** All calls from `first` on in workers that are there, as many as make sense. */
  readyMs(backend: Workers, first: number): number;
  /** The same, where only so many are there: more are started, and this thread takes calls beside them until they are. */
  leavingMs(backend: Workers, first: number, there: number): Leaving;
  /** From the wish for a worker until it takes calls. */
  startMs(backend: Workers): number;
}

export interface Leaving {
  readonly ms: number;
  /** Workers by the end of it. */
  readonly there: number;
}
