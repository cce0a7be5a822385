// Who takes part, and in which setting: each peer's own best, by its documentation. The order is that of the tables.
import type { Backend } from './peers/pool-under-test.ts';

export interface DispatchContestant {
  readonly label: string;
  readonly backend: Backend;
  /** The adapter, in peers/. */
  readonly adapter: string;
  /** Package whose version stands beside the label. */
  readonly package?: string;
  /** One line for those who would set it otherwise. */
  readonly setting: string;
}

const TWO_THREADS = '2 threads';
const BY_VALUES = 'JSON for small values, structured clone for large ones';

export const DISPATCH_CONTESTANTS = {
  'heddle-threads': {
    label: 'heddle threads',
    backend: 'threads',
    adapter: 'heddle',
    setting: "backend 'threads', 2 workers, never idle out",
  },
  'heddle-processes': {
    label: 'heddle processes',
    backend: 'processes',
    adapter: 'heddle',
    setting: "backend 'processes', 2 workers, never idle out",
  },
  'heddle-inline': { label: 'heddle inline', backend: 'inline', adapter: 'heddle', setting: "backend 'inline'" },
  piscina: {
    label: 'piscina',
    backend: 'threads',
    adapter: 'piscina',
    package: 'piscina',
    setting: `${TWO_THREADS} kept, FixedQueue, recordTiming off, atomics sync (default, the fastest)`,
  },
  'tinypool-threads': {
    label: 'tinypool threads',
    backend: 'threads',
    adapter: 'tinypool',
    package: 'tinypool',
    setting: `${TWO_THREADS} kept, atomics (default)`,
  },
  'tinypool-processes': {
    label: 'tinypool processes',
    backend: 'processes',
    adapter: 'tinypool',
    package: 'tinypool',
    setting: `2 child processes kept; ${BY_VALUES}`,
  },
  'workerpool-threads': {
    label: 'workerpool threads',
    backend: 'threads',
    adapter: 'workerpool',
    package: 'workerpool',
    setting: `${TWO_THREADS} kept, script with registered functions`,
  },
  'workerpool-processes': {
    label: 'workerpool processes',
    backend: 'processes',
    adapter: 'workerpool',
    package: 'workerpool',
    setting: `2 processes kept, script with registered functions; ${BY_VALUES}`,
  },
  'poolifier-threads': {
    label: 'poolifier threads',
    backend: 'threads',
    adapter: 'poolifier',
    package: 'poolifier',
    setting: 'FixedThreadPool(2), no events, no task queue: sends at once; mapExecute for maps',
  },
  'poolifier-processes': {
    label: 'poolifier cluster',
    backend: 'processes',
    adapter: 'poolifier',
    package: 'poolifier',
    setting: `FixedClusterPool(2), no events, no task queue; mapExecute for maps; ${BY_VALUES}`,
  },
  'jest-worker-threads': {
    label: 'jest-worker threads',
    backend: 'threads',
    adapter: 'jest-worker',
    package: 'jest-worker',
    setting: 'enableWorkerThreads, 2 workers, exposedMethods named',
  },
  'jest-worker-processes': {
    label: 'jest-worker processes',
    backend: 'processes',
    adapter: 'jest-worker',
    package: 'jest-worker',
    setting: `2 workers, exposedMethods named; ${BY_VALUES}`,
  },
  'worker-threads': {
    label: 'plain worker_threads',
    backend: 'threads',
    adapter: 'worker-threads',
    setting: `${TWO_THREADS}, calls numbered and sent at once in turn; maps in chunks of 1,000 by hand`,
  },
  'child-process': {
    label: 'plain fork',
    backend: 'processes',
    adapter: 'child-process',
    setting: `2 children, calls numbered and sent at once in turn; maps in chunks of 1,000 by hand; ${BY_VALUES}`,
  },
  'plain-loop': {
    label: 'plain loop',
    backend: 'inline',
    adapter: 'plain-loop',
    setting: 'a loop that collects the results in an array',
  },
} as const satisfies Record<string, DispatchContestant>;

export type ContestantName = keyof typeof DISPATCH_CONTESTANTS;

export const isHeddle = (name: ContestantName): boolean => name.startsWith('heddle-');

/** What a contestant's runner is told; JSON. */
export interface DispatchContestantOptions {
  caseId: string;
  contestant: ContestantName;
  quick: boolean;
}
