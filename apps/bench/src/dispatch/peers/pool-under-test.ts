// What a scenario sees of a pool, whoever wrote it. An adapter adds nothing but the peer's own way of calling.
import type * as tasks from '../tasks.ts';

export type TaskName = keyof typeof tasks;
export type Backend = 'threads' | 'processes' | 'inline';

export interface OpenOptions {
  backend: Backend;
  /** Large values cross between processes by structured clone, small ones as JSON, where the peer lets one choose: it is the faster. */
  values: 'small' | 'large';
}

export interface PoolUnderTest {
  run(name: TaskName, argument: unknown): Promise<unknown>;
  /** `bump` with the array's buffer handed over, there and back. Absent where the peer can't. */
  bumpMoved?(array: Float64Array): Promise<unknown>;
  /** Its own way to call a function for many items; results in order. Absent where it has none. */
  map?(name: 'increment', items: readonly number[]): Promise<readonly unknown[]>;
  /** Memory that the host and its workers share. Default: over a SharedArrayBuffer with threads, none with processes. */
  sharedArray?(length: number): Float64Array;
  close(): Promise<unknown>;
}

/** Workers of every pool. */
export const WORKERS = 2;

export type OpenPool = (options: OpenOptions) => Promise<PoolUnderTest>;
