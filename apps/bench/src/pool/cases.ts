// The cases, as data.
import type { PoolCase, PoolFigure, PoolWork } from './case-table.ts';
import type { PoolContestantName } from './contestants.ts';

type Names = readonly [PoolContestantName, ...PoolContestantName[]];
type Regions = Extract<PoolWork, { kind: 'regions' }>;

const POOLS: Names = ['heddle', 'openmp', 'openmp-active', 'openmp-passive', 'onetbb', 'spinning'];
const WITH_BRANCHES: Names = ['heddle', 'openmp', 'openmp-active', 'openmp-passive', 'onetbb'];
const WITH_QUEUE: Names = ['heddle', 'onetbb'];
const FROM_JAVASCRIPT: Names = ['heddle-kernel', 'napi-async-work', 'post-message'];
const SMALL_FROM_JAVASCRIPT: Names = ['heddle-kernel-small', 'napi-async-work', 'post-message'];

const lower = (key: string, label: string, unit: string, target?: number): PoolFigure => ({
  key,
  label,
  unit,
  better: 'lower',
  ...(target === undefined ? {} : { target }),
});
const higher = (key: string, label: string, unit: string, target?: number): PoolFigure => ({
  ...lower(key, label, unit, target),
  better: 'higher',
});

/** Who runs all chunks itself is quick with an empty region. */
const SHARED = higher('sharedPercent', 'shared by the threads', '% of regions');
const timed = (target: number): PoolCase['figures'] => [
  lower('p50Us', 'p50', 'us', target),
  lower('p99Us', 'p99', 'us'),
  SHARED,
];

const HOT: Regions = {
  kind: 'regions',
  chunkUs: 0,
  aloneUs: 0,
  samples: 4_000,
  batch: 1,
  neighbours: 0,
  idleWindowMs: 0,
};

export const CASES: readonly PoolCase[] = [
  {
    id: 'region-empty',
    group: 'region',
    about: 'Regions of two empty chunks, one after the other: the time of one.',
    figures: timed(0.35),
    full: { ...HOT, batch: 16 },
    quick: { ...HOT, batch: 16, samples: 100 },
    contestants: POOLS,
  },
  {
    id: 'region-5us',
    group: 'region',
    about: 'Regions of two chunks of 5 us, one after the other: the time of one.',
    figures: timed(5.4),
    full: { ...HOT, chunkUs: 5 },
    quick: { ...HOT, chunkUs: 5, samples: 100 },
    contestants: POOLS,
  },
  {
    id: 'region-20us-later',
    group: 'region',
    about:
      'A region of two chunks of 20 us each time the caller has worked alone for 1 ms: the time of one; then what the idle ' +
      'pool burns in 300 ms. Who burns more than 5 % is not compared.',
    figures: [...timed(21), lower('idlePercent', 'idle', '% of a core', 5)],
    limit: { key: 'idlePercent', atMost: 5 },
    full: { ...HOT, chunkUs: 20, aloneUs: 1_000, samples: 200, idleWindowMs: 300 },
    quick: { ...HOT, chunkUs: 20, aloneUs: 1_000, samples: 20, idleWindowMs: 300 },
    contestants: POOLS,
  },
  {
    id: 'region-oversubscribed',
    group: 'region',
    about:
      'Regions of two empty chunks while two other programs compute on the two processors, each time the caller has worked ' +
      'alone for 1 ms: the time of one.',
    figures: timed(50),
    full: { ...HOT, aloneUs: 1_000, samples: 200, neighbours: 2 },
    quick: { ...HOT, aloneUs: 1_000, samples: 20, neighbours: 2 },
    contestants: POOLS,
  },
  {
    id: 'idle',
    group: 'idle',
    about: 'A pool that has worked and waits: its processor time from 5 ms after its last region on.',
    // Reading the clocks and falling asleep costs something, too.
    figures: [{ ...lower('idlePercent', 'idle', '% of a core', 0.1), negligible: 0.1 }],
    full: { kind: 'idle', regions: 200, graceMs: 5, windowMs: 300 },
    quick: { kind: 'idle', regions: 200, graceMs: 5, windowMs: 100 },
    contestants: POOLS,
  },
  {
    id: 'tasks-empty',
    group: 'tasks',
    about:
      'A million empty tasks queued by one thread: tasks per second until all have ended. OpenMP takes no part: it runs such ' +
      'tasks at once instead of queueing them.',
    figures: [higher('perSecond', 'rate', 'tasks/s', 8e6)],
    full: { kind: 'queue', tasks: 1_000_000 },
    quick: { kind: 'queue', tasks: 50_000 },
    contestants: WITH_QUEUE,
  },
  {
    id: 'tasks-branches',
    group: 'tasks',
    about:
      'fib(30) by its definition, each sum above fib(15) as two branches that may run at once: the time of all, and what one ' +
      'thread takes without branches by twice that.',
    figures: [lower('ms', 'time', 'ms', 0.6), higher('sharePercent', 'of the ideal', '%')],
    full: { kind: 'forkJoin', n: 30, cutoff: 15, repeats: 100 },
    quick: { kind: 'forkJoin', n: 20, cutoff: 10, repeats: 20 },
    contestants: WITH_BRANCHES,
  },
  {
    id: 'rows',
    group: 'rows',
    about:
      'The 1,024 rows of a picture of the Mandelbrot set, of very different cost, one by one: what one thread takes by twice the ' +
      'time of two.',
    figures: [higher('sharePercent', 'of the ideal', '%', 99), lower('ms', 'time', 'ms')],
    full: { kind: 'rows', side: 1_024, iterationsMax: 256, repeats: 3 },
    quick: { kind: 'rows', side: 128, iterationsMax: 256, repeats: 3 },
    contestants: POOLS,
  },
  {
    id: 'completion-one',
    group: 'completion',
    about: 'From JavaScript: a tiny asynchronous call, awaited before the next: the time of a call.',
    figures: [lower('p50Us', 'p50', 'us', 2.8), lower('p99Us', 'p99', 'us')],
    full: { kind: 'completion', calls: 4_000, inFlight: 1 },
    quick: { kind: 'completion', calls: 300, inFlight: 1 },
    contestants: FROM_JAVASCRIPT,
  },
  {
    id: 'completion-many',
    group: 'completion',
    about: 'From JavaScript: 20,000 tiny asynchronous calls at once: their time by their number.',
    figures: [lower('eachUs', 'each', 'us', 0.5)],
    full: { kind: 'completion', calls: 20_000, inFlight: 20_000 },
    quick: { kind: 'completion', calls: 2_000, inFlight: 2_000 },
    contestants: FROM_JAVASCRIPT,
  },
  {
    id: 'completion-small-one',
    group: 'completion',
    about: 'The same one by one with so little work that heddle does it before the call returns: the time of a call.',
    figures: [lower('p50Us', 'p50', 'us'), lower('p99Us', 'p99', 'us')],
    full: { kind: 'completion', calls: 4_000, inFlight: 1 },
    quick: { kind: 'completion', calls: 300, inFlight: 1 },
    contestants: SMALL_FROM_JAVASCRIPT,
  },
  {
    id: 'completion-small-many',
    group: 'completion',
    about: 'The same 20,000 at once with so little work: their time by their number.',
    figures: [lower('eachUs', 'each', 'us')],
    full: { kind: 'completion', calls: 20_000, inFlight: 20_000 },
    quick: { kind: 'completion', calls: 2_000, inFlight: 2_000 },
    contestants: SMALL_FROM_JAVASCRIPT,
  },
];
