// What each call of a workload is told. Made before the clock runs.
import { makeText } from './tasks.ts';

/** Steps of `spin` that take a microsecond on this machine; measured before the run and the same for every contestant. */
export interface Rate {
  readonly stepsPerUs: number;
}

const RECORDS_PER_KIB = 20;

const textOf = (kib: number): string => makeText({ records: kib * RECORDS_PER_KIB });

/** One in so many of the uneven calls takes that many times as long; the average stays. */
const UNEVEN = 20;

/** For each task the item that call number `index` is told. `make` runs before the clock does. */
export const ITEMS = {
  computeNumber: ({ us }, { stepsPerUs }) => Math.round(us! * stepsPerUs),
  compute: ({ us }, { stepsPerUs }) => ({ steps: Math.round(us! * stepsPerUs) }),
  computeUneven: ({ us }, { stepsPerUs }, index) => ({
    steps: Math.round((us! * stepsPerUs * (index % UNEVEN === UNEVEN >> 1 ? UNEVEN : 1)) / (2 - 1 / UNEVEN)),
  }),
  computeLater: ({ us }, { stepsPerUs }) => ({ steps: Math.round(us! * stepsPerUs) }),
  wait: ({ ms }) => ({ ms }),
  computeAndWait: ({ us, ms }, { stepsPerUs }) => ({ steps: Math.round(us! * stepsPerUs), ms }),
  readFile: ({ kib }, _, index) => ({ bytes: kib! * 1024, offset: (index % 256) * kib! * 1024 }),
  parseText: ({ kib }) => ({ text: textOf(kib!) }),
  makeText: ({ kib }) => ({ records: kib! * RECORDS_PER_KIB }),
  sumArray: ({ numbers }) => ({ data: new Float64Array(numbers!).fill(0.5) }),
  transformArray: ({ numbers }) => ({ data: new Float64Array(numbers!).fill(0.5) }),
  changeObjects: ({ objects }, _, index) => ({
    things: Array.from({ length: objects! }, (_each, id) => ({ id, name: `thing ${id + index}`, price: id / 4 })),
  }),
  sortNumbers: ({ numbers }) => ({ numbers }),
} as const satisfies Record<string, (size: Readonly<Record<string, number>>, rate: Rate, index: number) => unknown>;

export type TaskName = keyof typeof ITEMS;

/** The text is the same for every call: made once. */
export function itemsOf(task: TaskName, size: Readonly<Record<string, number>>, rate: Rate, calls: number): unknown[] {
  const make = ITEMS[task] as (size: Readonly<Record<string, number>>, rate: Rate, index: number) => unknown;
  const isSame = task === 'parseText';
  const first = isSame ? make(size, rate, 0) : undefined;
  return Array.from({ length: calls }, (_, index) => (isSame ? first : make(size, rate, index)));
}
