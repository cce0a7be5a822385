// The cases, as data.
import type { DispatchCase, Figure } from './case-table.ts';
import type { ContestantName } from './contestants.ts';

type Names = readonly [ContestantName, ...ContestantName[]];

const THREADS: Names = [
  'heddle-threads',
  'piscina',
  'tinypool-threads',
  'workerpool-threads',
  'poolifier-threads',
  'jest-worker-threads',
  'worker-threads',
];
const PROCESSES: Names = [
  'heddle-processes',
  'tinypool-processes',
  'workerpool-processes',
  'poolifier-processes',
  'jest-worker-processes',
  'child-process',
];
/** Those that hand results over, too. */
const MOVERS: Names = ['heddle-threads', 'piscina', 'tinypool-threads', 'workerpool-threads', 'worker-threads'];

const BACKENDS = [
  ['threads', THREADS],
  ['processes', PROCESSES],
] as const;

const lower = (key: string, label: string, unit: string, more: Partial<Figure> = {}): Figure => ({
  key,
  label,
  unit,
  better: 'lower',
  ...more,
});
const perSecond = (what: 'tasks' | 'items', more: Partial<Figure>): Figure => ({
  key: 'perSecond',
  label: 'rate',
  unit: `${what}/s`,
  better: 'higher',
  ...more,
});

const MIB_8 = 8 * 1024 * 1024;
const IN_FLIGHT = 1_000;

const AWAITED = {
  group: 'awaited',
  about: 'add({ a, b }), one call at a time: the time of a call.',
  full: { kind: 'awaited', calls: 2_000 },
  quick: { kind: 'awaited', calls: 300 },
} as const;

const ARRAY = { group: 'array', floorOf: 'one copy of 8 MiB' } as const;
const arrayWork = (way: 'copied' | 'moved' | 'shared') =>
  ({
    about: `A Float64Array of 8 MiB there and back, ${way}; its ends are changed by the task: the time of a call.`,
    full: { kind: 'array', way, bytes: MIB_8, calls: 9 },
    quick: { kind: 'array', way, bytes: MIB_8, calls: 3 },
  }) as const;

const flood = (id: string, task: 'add' | 'rename', about: string, figure: Partial<Figure>, contestants: Names) =>
  ({
    id,
    group: 'flood',
    about: `${about}, 1,000 in flight: tasks per second.`,
    figures: [perSecond('tasks', figure)],
    full: { kind: 'flood', task, calls: 100_000, inFlight: IN_FLIGHT },
    quick: { kind: 'flood', task, calls: 10_000, inFlight: IN_FLIGHT },
    contestants,
  }) as const;

const map = (
  id: string,
  contestants: Names,
  figure: Partial<Figure>,
  more: Partial<DispatchCase> = {},
): DispatchCase => ({
  id,
  group: 'map',
  about:
    'increment(n) for each of 1,000,000 numbers, results in order: items per second. Without a map of its own: 100,000 ' +
    'single calls, 1,000 in flight.',
  figures: [perSecond('items', { target: 5_000_000, ...figure })],
  full: { kind: 'map', items: 1_000_000, itemsWithoutMap: 100_000, inFlight: IN_FLIGHT },
  quick: { kind: 'map', items: 100_000, itemsWithoutMap: 10_000, inFlight: IN_FLIGHT },
  contestants,
  ...more,
});

const busy = (ms: number, target: number): DispatchCase[] =>
  BACKENDS.map(([backend, contestants]) => ({
    id: `busy-${ms}ms-${backend}`,
    group: 'busy',
    about: `64 tasks that keep a worker busy for ${ms} ms each, submitted at once: 32 times ${ms} ms as a share of the time taken.`,
    figures: [{ key: 'sharePercent', label: 'of the ideal', unit: '%', better: 'higher', target, floor: 100 }],
    floorOf: 'two workers that never wait',
    full: { kind: 'busy', calls: 64, ms },
    quick: { kind: 'busy', calls: 16, ms },
    contestants,
  }));

const LENGTHS_MS = [1, 5, 20] as const;

export const CASES: readonly DispatchCase[] = [
  {
    ...AWAITED,
    id: 'awaited-threads',
    figures: [lower('p50Us', 'p50', 'us', { floor: 3.3, target: 6 }), lower('p99Us', 'p99', 'us')],
    floorOf: 'Atomics.wait and notify between two threads that park',
    contestants: THREADS,
  },
  {
    ...AWAITED,
    id: 'awaited-processes',
    figures: [lower('p50Us', 'p50', 'us', { floor: 3.1, target: 7 }), lower('p99Us', 'p99', 'us', { target: 15 })],
    floorOf: 'a ring in shared memory with a futex',
    contestants: PROCESSES,
  },
  {
    ...flood(
      'flood-threads',
      'add',
      '100,000 calls of add({ a, b })',
      { floor: 6_000_000, target: 1_000_000 },
      THREADS,
    ),
    floorOf: 'a ring in shared memory, records of fixed length',
  },
  {
    ...flood(
      'flood-json-threads',
      'rename',
      '100,000 calls with a small record with strings, there and back',
      { floor: 1_600_000, target: 500_000 },
      THREADS,
    ),
    floorOf: 'a ring in shared memory, records as JSON text',
  },
  flood('flood-processes', 'add', '100,000 calls of add({ a, b })', { target: 300_000 }, PROCESSES),
  ...BACKENDS.map(([backend, contestants]) => map(`map-${backend}`, contestants, {})),
  map(
    'map-inline',
    ['heddle-inline', 'plain-loop'],
    { target: { of: 'plain-loop', share: 1 / 3 } },
    {
      about: 'increment(n) for each of 1,000,000 numbers on this thread, results in order: items per second.',
    },
  ),
  {
    ...ARRAY,
    ...arrayWork('copied'),
    id: 'array-copied-threads',
    figures: [lower('ms', 'there and back', 'ms', { floor: 2.8 })],
    contestants: THREADS,
  },
  {
    ...arrayWork('moved'),
    id: 'array-moved-threads',
    group: 'array',
    figures: [lower('ms', 'there and back', 'ms', { target: 0.05 })],
    contestants: MOVERS,
  },
  {
    ...arrayWork('shared'),
    id: 'array-shared-threads',
    group: 'array',
    figures: [lower('ms', 'there and back', 'ms', { target: 0.05 })],
    contestants: THREADS,
  },
  {
    ...ARRAY,
    ...arrayWork('copied'),
    id: 'array-copied-processes',
    figures: [lower('ms', 'there and back', 'ms', { floor: 2.8, target: 8 })],
    contestants: PROCESSES,
  },
  {
    ...arrayWork('shared'),
    id: 'array-shared-processes',
    group: 'array',
    about:
      'A Float64Array of 8 MiB there and back, shared; its ends are changed by the task. The others share nothing with processes ' +
      'and copy it: the time of a call.',
    figures: [lower('ms', 'there and back', 'ms', { target: 0.2 })],
    contestants: PROCESSES,
  },
  ...BACKENDS.map(([backend, contestants]): DispatchCase => ({
    id: `objects-${backend}`,
    group: 'objects',
    about: '5,000 small objects (0.9 MB as JSON) there and back, each changed: the time of a call.',
    figures: [lower('ms', 'there and back', 'ms', { target: 10 })],
    full: { kind: 'objects', count: 5_000, calls: 9 },
    quick: { kind: 'objects', count: 5_000, calls: 3 },
    contestants,
  })),
  ...BACKENDS.map(([backend, contestants]): DispatchCase => ({
    id: `start-${backend}`,
    group: 'start',
    about: 'A fresh program, from its first line to its first result, the import of the library included.',
    figures: [
      lower('firstResultMs', 'first result', 'ms', { target: 60, ...(backend === 'threads' ? { floor: 45 } : {}) }),
    ],
    ...(backend === 'threads' ? { floorOf: 'a bare Worker' } : {}),
    full: { kind: 'start' },
    quick: { kind: 'start' },
    contestants,
  })),
  {
    id: 'memory-threads',
    group: 'memory',
    about: 'A program whose two threads have worked and now wait: its resident and its private memory.',
    figures: [lower('rssMiB', 'resident', 'MiB', { target: 76 }), lower('privateMiB', 'private', 'MiB')],
    full: { kind: 'memory' },
    quick: { kind: 'memory' },
    contestants: THREADS,
  },
  {
    id: 'memory-processes',
    group: 'memory',
    about: 'A program whose two children have worked and now wait: private memory of everything below it, per child.',
    figures: [lower('childMiB', 'per child', 'MiB', { target: 13 })],
    full: { kind: 'memory' },
    quick: { kind: 'memory' },
    contestants: PROCESSES,
  },
  ...busy(20, 98),
  ...busy(1, 90),
  ...BACKENDS.map(([backend, contestants]): DispatchCase => ({
    id: `latency-${backend}`,
    group: 'latency',
    about: 'Tasks that keep a worker busy for 1, 5 and 20 ms, one at a time: what is added to that, median.',
    figures: [
      lower('added1Us', 'to 1 ms', 'us', { target: 30 }),
      lower('added5Us', 'to 5 ms', 'us', { target: 30 }),
      lower('added20Us', 'to 20 ms', 'us', { target: 30 }),
    ],
    full: { kind: 'latency', calls: 21, lengthsMs: LENGTHS_MS },
    quick: { kind: 'latency', calls: 3, lengthsMs: LENGTHS_MS },
    contestants,
  })),
  ...BACKENDS.map(([backend, contestants]): DispatchCase => ({
    id: `idle-${backend}`,
    group: 'idle',
    about: 'Two workers that have worked and now wait: processor time of the whole program over a second.',
    figures: [lower('cpuPercent', 'of a core', '%', { target: 1 })],
    full: { kind: 'idle', windowMs: 1_000 },
    quick: { kind: 'idle', windowMs: 300 },
    contestants,
  })),
];
