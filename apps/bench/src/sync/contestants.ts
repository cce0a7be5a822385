// Who takes part, and in which setting. The order is that of the tables.
import type { SyncWork } from './case-table.ts';

export interface SyncContestant {
  readonly label: string;
  /** Package whose version stands beside the label. */
  readonly package?: string;
  /** One line for those who would set it otherwise. */
  readonly setting: string;
  /** What part of the rounds it does where all would take too long; default: all. */
  readonly part?: number;
  /** Why it can't run in this Node; undefined: it can. */
  readonly missing?: () => string | undefined;
}

/** Node 20 has none, Node 24 has one with locks. */
const { navigator } = globalThis as { navigator?: { locks?: unknown } };

export const SYNC_CONTESTANTS = {
  heddle: { label: 'heddle', setting: '@heddle/sync, blocking calls, in worker threads or in processes' },
  atomics: {
    label: 'plain Atomics',
    setting:
      'made by hand for the case: a word to lock and wait on, a ring between one sender and one receiver, a counter to meet at; no turns, and who has died is waited for. Between processes it sleeps by the system calls of @heddle/core-native',
  },
  multithreading: {
    label: 'multithreading',
    package: 'multithreading',
    setting:
      'blocking calls in the threads of its own pool; its channel has 64 KiB for all that waits, so it takes no part in blocks of that size',
    missing: () => (navigator === undefined ? 'it needs `navigator`, which Node has from 21 on' : undefined),
  },
  'async-mutex': {
    label: 'async-mutex',
    package: 'async-mutex',
    setting: 'one thread only: parties are asynchronous functions of it, so nothing goes from thread to thread',
  },
  'navigator-locks': {
    label: 'navigator.locks',
    setting: 'Web Locks of Node, one name, in worker threads; asynchronous, as there is no other way',
    missing: () => (navigator?.locks === undefined ? 'this Node has none (24 has)' : undefined),
  },
  'proper-lockfile': {
    label: 'proper-lockfile',
    package: 'proper-lockfile',
    setting: 'a file in the folder for temporary files, asked for again after a millisecond; a hundredth of the rounds',
    part: 0.01,
  },
  'process-send': {
    label: 'process.send',
    setting: "the channel between a process and its child, serialization 'advanced', as many on their way as may wait",
  },
} as const satisfies Record<string, SyncContestant>;

export type SyncContestantName = keyof typeof SYNC_CONTESTANTS;

/** What it does of the work. */
export function partOf(name: SyncContestantName, work: SyncWork): SyncWork {
  return { ...work, rounds: Math.ceil(work.rounds * ((SYNC_CONTESTANTS[name] as SyncContestant).part ?? 1)) };
}

export const missingReason = (name: SyncContestantName): string | undefined =>
  (SYNC_CONTESTANTS[name] as SyncContestant).missing?.();
