// The workloads by which the choice of `auto` is judged: data. Families of jobs that differ in what decides where they belong: how long
// a call takes, how many there are, whether it waits, what it copies, how the calls are made.
import type { TaskName } from './items.ts';

/**
 * How the calls of a job are made. `map`: `pool.map` over an array. `stream`: `pool.map` over a source that doesn't say how many items it
 * has. `burst`: single calls, all at once. `serial`: single calls, each after the one before.
 */
export type Mode = 'map' | 'stream' | 'burst' | 'serial';

export interface AdvisorWorkload {
  /** Unique: the family, what is varied, and how many calls. */
  readonly id: string;
  readonly family: string;
  readonly mode: Mode;
  readonly task: TaskName;
  /** What each call is told, see items.ts. */
  readonly size: Readonly<Record<string, number>>;
  readonly calls: number;
}

interface Family {
  readonly family: string;
  readonly mode: Mode;
  readonly task: TaskName;
  /** Size of a call, and for it the numbers of calls. */
  readonly jobs: ReadonlyArray<readonly [size: Readonly<Record<string, number>>, ...calls: number[]]>;
}

/** Every job takes a quarter of a second or less in its best place, so that all of them fit into one run. */
const FAMILIES: readonly Family[] = [
  {
    family: 'numbers, map',
    mode: 'map',
    task: 'computeNumber',
    jobs: [
      [{ us: 1 }, 100, 10_000, 100_000],
      [{ us: 10 }, 100, 1_000, 10_000],
      [{ us: 100 }, 10, 100, 1_000],
      [{ us: 300 }, 30, 300],
      [{ us: 1_000 }, 4, 30, 200],
      [{ us: 5_000 }, 4, 40],
      [{ us: 20_000 }, 2, 10],
    ],
  },
  {
    family: 'records, burst',
    mode: 'burst',
    task: 'compute',
    jobs: [
      [{ us: 1 }, 100, 10_000],
      [{ us: 10 }, 100, 10_000],
      [{ us: 100 }, 10, 100, 1_000],
      [{ us: 300 }, 100],
      [{ us: 1_000 }, 4, 30, 200],
      [{ us: 10_000 }, 4, 20],
    ],
  },
  {
    family: 'records, one by one',
    mode: 'serial',
    task: 'compute',
    jobs: [
      [{ us: 10 }, 100, 1_000],
      [{ us: 100 }, 100, 1_000],
      [{ us: 1_000 }, 10, 100],
      [{ us: 10_000 }, 10],
    ],
  },
  {
    family: 'unknown number',
    mode: 'stream',
    task: 'compute',
    jobs: [
      [{ us: 100 }, 1_000],
      [{ us: 1_000 }, 100],
      [{ us: 5_000 }, 40],
    ],
  },
  {
    family: 'uneven',
    mode: 'map',
    task: 'computeUneven',
    jobs: [
      [{ us: 100 }, 100, 1_000],
      [{ us: 1_000 }, 40, 200],
      [{ us: 5_000 }, 40],
    ],
  },
  {
    family: 'computing after an await',
    mode: 'map',
    task: 'computeLater',
    jobs: [
      [{ us: 10 }, 1_000],
      [{ us: 100 }, 100, 1_000],
      [{ us: 1_000 }, 30, 200],
      [{ us: 10_000 }, 4, 20],
    ],
  },
  {
    family: 'timers, map',
    mode: 'map',
    task: 'wait',
    jobs: [
      [{ ms: 1 }, 10, 100, 500],
      [{ ms: 5 }, 10, 100],
      [{ ms: 20 }, 10, 40],
    ],
  },
  {
    family: 'timers, burst',
    mode: 'burst',
    task: 'wait',
    jobs: [
      [{ ms: 1 }, 100],
      [{ ms: 5 }, 100],
      [{ ms: 20 }, 20],
    ],
  },
  {
    family: 'computing and waiting',
    mode: 'map',
    task: 'computeAndWait',
    jobs: [
      [{ us: 100, ms: 5 }, 40],
      [{ us: 1_000, ms: 1 }, 100],
      [{ us: 1_000, ms: 5 }, 60],
      [{ us: 5_000, ms: 1 }, 40],
      [{ us: 5_000, ms: 5 }, 30],
    ],
  },
  { family: 'files, map', mode: 'map', task: 'readFile', jobs: [[{ kib: 64 }, 20, 200, 1_000]] },
  { family: 'files, burst', mode: 'burst', task: 'readFile', jobs: [[{ kib: 64 }, 200]] },
  {
    family: 'text in',
    mode: 'map',
    task: 'parseText',
    jobs: [
      [{ kib: 1 }, 100, 10_000],
      [{ kib: 50 }, 20, 200],
      [{ kib: 500 }, 5, 30],
    ],
  },
  {
    family: 'text out',
    mode: 'map',
    task: 'makeText',
    jobs: [
      [{ kib: 1 }, 1_000],
      [{ kib: 100 }, 50, 500],
    ],
  },
  {
    family: 'arrays, one pass',
    mode: 'map',
    task: 'sumArray',
    jobs: [
      [{ numbers: 1_000 }, 100, 1_000],
      [{ numbers: 100_000 }, 10, 100],
      [{ numbers: 1_000_000 }, 3, 10],
    ],
  },
  {
    family: 'arrays, many passes',
    mode: 'map',
    task: 'transformArray',
    jobs: [
      [{ numbers: 1_000 }, 1_000],
      [{ numbers: 100_000 }, 10, 50],
      [{ numbers: 1_000_000 }, 3],
    ],
  },
  {
    family: 'objects in and out',
    mode: 'map',
    task: 'changeObjects',
    jobs: [
      [{ objects: 10 }, 1_000],
      [{ objects: 100 }, 100, 1_000],
      [{ objects: 1_000 }, 10, 100],
    ],
  },
  {
    family: 'much memory',
    mode: 'map',
    task: 'sortNumbers',
    jobs: [
      [{ numbers: 10_000 }, 100],
      [{ numbers: 100_000 }, 4, 20],
      [{ numbers: 1_000_000 }, 2],
    ],
  },
];

function idOf({ family }: Family, size: Readonly<Record<string, number>>, calls: number): string {
  const sizes = Object.entries(size).map(([unit, value]) => `${value} ${unit}`);
  return `${family}: ${calls} of ${sizes.join(' + ')}`;
}

export const WORKLOADS: readonly AdvisorWorkload[] = FAMILIES.flatMap((each) =>
  each.jobs.flatMap(([size, ...counts]) =>
    counts.map((calls) => ({
      id: idOf(each, size, calls),
      family: each.family,
      mode: each.mode,
      task: each.task,
      size,
      calls,
    })),
  ),
);

export function findWorkload(id: string): AdvisorWorkload | undefined {
  return WORKLOADS.find((one) => one.id === id);
}
