// The list of all cases: data.
import type { SyncContestantName } from './contestants.ts';

export type LockKind = 'mutex' | 'rw-lock' | 'semaphore';

/** What every party does in a round, `rounds` times. */
export type SyncWork = {
  readonly rounds: number;
  /** The parties are processes; else threads of one. */
  readonly across?: 'processes';
} & (
  | /** Takes the lock, counts, and releases it. */ { readonly kind: LockKind; readonly parties: number }
  | /** The first of two sends, the other receives; 0 bytes: numbers. */ {
      readonly kind: 'channel';
      readonly parties: 2;
      readonly bytes: number;
    }
  | /** Waits for all others. */ { readonly kind: 'barrier'; readonly parties: number }
);
export type ChannelWork = Extract<SyncWork, { kind: 'channel' }>;

export interface SyncFigure {
  readonly key: 'nsEach' | 'perSecond' | 'mibPerSecond';
  readonly label: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
}

export interface SyncCase {
  /** Unique; begins with the group. */
  readonly id: string;
  readonly group: string;
  /** One sentence: what is done, what the figure counts. */
  readonly about: string;
  readonly figure: SyncFigure;
  readonly full: SyncWork;
  readonly quick: SyncWork;
  /** heddle first. */
  readonly contestants: readonly ['heddle', ...SyncContestantName[]];
}

const NS_EACH: SyncFigure = { key: 'nsEach', label: 'time of one', unit: 'ns', better: 'lower' };
const BLOCK_BYTES = 65_536;

const NAMES: Readonly<Record<LockKind, string>> = {
  mutex: 'a mutex',
  'rw-lock': 'a lock of readers and writers, to write',
  semaphore: 'a semaphore of one permit',
};
const LOCK_CONTESTANTS: Readonly<Record<LockKind, SyncCase['contestants']>> = {
  mutex: ['heddle', 'atomics', 'multithreading', 'async-mutex', 'navigator-locks'],
  'rw-lock': ['heddle', 'multithreading', 'navigator-locks'],
  semaphore: ['heddle', 'atomics', 'multithreading', 'async-mutex'],
};

function lock(kind: LockKind, parties: number): SyncCase {
  const rounds = parties === 1 ? 200_000 : 20_000;
  return {
    id: `${kind}-${parties}`,
    group: kind,
    about: `${parties === 1 ? 'One party takes' : `${parties} parties take`} ${NAMES[kind]}, counts and releases it, over and over: time of a pair, over all.`,
    figure: NS_EACH,
    full: { kind, parties, rounds },
    quick: { kind, parties, rounds: rounds / 20 },
    contestants: LOCK_CONTESTANTS[kind],
  };
}

function mutexOfProcesses(parties: number): SyncCase {
  const rounds = parties === 1 ? 200_000 : 20_000;
  const work = { kind: 'mutex', parties, across: 'processes' } as const;
  return {
    id: `processes-mutex-${parties}`,
    group: 'processes',
    about: `${parties === 1 ? 'One process takes' : `${parties} processes take`} ${NAMES.mutex}, counts and releases it, over and over: time of a pair, over all.`,
    figure: NS_EACH,
    full: { ...work, rounds },
    quick: { ...work, rounds: rounds / 20 },
    contestants: ['heddle', 'atomics', 'proper-lockfile'],
  };
}

export const SYNC_CASES: readonly SyncCase[] = [
  ...(['mutex', 'rw-lock', 'semaphore'] as const).flatMap((kind) => [1, 2, 4].map((parties) => lock(kind, parties))),
  {
    id: 'channel-small',
    group: 'channel',
    about: 'One thread sends numbers to another, 64 may wait: values per second.',
    figure: { key: 'perSecond', label: 'rate', unit: 'values/s', better: 'higher' },
    full: { kind: 'channel', parties: 2, rounds: 200_000, bytes: 0 },
    quick: { kind: 'channel', parties: 2, rounds: 5_000, bytes: 0 },
    contestants: ['heddle', 'atomics', 'multithreading'],
  },
  {
    id: 'channel-64k',
    group: 'channel',
    about: 'One thread sends blocks of 64 KiB to another, which gets copies of its own; 16 may wait: MiB per second.',
    figure: { key: 'mibPerSecond', label: 'rate', unit: 'MiB/s', better: 'higher' },
    full: { kind: 'channel', parties: 2, rounds: 4_000, bytes: BLOCK_BYTES },
    quick: { kind: 'channel', parties: 2, rounds: 100, bytes: BLOCK_BYTES },
    contestants: ['heddle', 'atomics'],
  },
  ...[2, 4].map((parties): SyncCase => ({
    id: `barrier-${parties}`,
    group: 'barrier',
    about: `${parties} threads wait for each other, over and over: time of a meeting.`,
    figure: NS_EACH,
    full: { kind: 'barrier', parties, rounds: 5_000 },
    quick: { kind: 'barrier', parties, rounds: 250 },
    contestants: ['heddle', 'atomics', 'multithreading'],
  })),
  ...[1, 2, 4].map(mutexOfProcesses),
  {
    id: 'processes-channel-small',
    group: 'processes',
    about: 'One process sends numbers to another, 64 may wait: values per second.',
    figure: { key: 'perSecond', label: 'rate', unit: 'values/s', better: 'higher' },
    full: { kind: 'channel', parties: 2, rounds: 100_000, bytes: 0, across: 'processes' },
    quick: { kind: 'channel', parties: 2, rounds: 5_000, bytes: 0, across: 'processes' },
    contestants: ['heddle', 'process-send'],
  },
  {
    id: 'processes-channel-64k',
    group: 'processes',
    about: 'One process sends blocks of 64 KiB to another, which gets copies of its own; 16 may wait: MiB per second.',
    figure: { key: 'mibPerSecond', label: 'rate', unit: 'MiB/s', better: 'higher' },
    full: { kind: 'channel', parties: 2, rounds: 2_000, bytes: BLOCK_BYTES, across: 'processes' },
    quick: { kind: 'channel', parties: 2, rounds: 100, bytes: BLOCK_BYTES, across: 'processes' },
    contestants: ['heddle', 'process-send'],
  },
];

export function findSyncCase(id: string): SyncCase | undefined {
  return SYNC_CASES.find((one) => one.id === id);
}

/** How many values may wait in a channel. */
export const capacityFor = (bytes: number): number => (bytes === 0 ? 64 : 16);
