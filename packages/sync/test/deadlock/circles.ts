/** Plans of parties that take things in a circle, for the steps of deadlock.mjs. */
import { expect } from 'vitest';
import { Mutex, Once, RwLock, Semaphore } from '../support.ts';

export interface Thing {
  readonly handle: object;
}
export type Step = readonly [act: string, name: string | number, option?: unknown];
export interface Report {
  readonly ended: string;
  readonly message?: string;
  readonly waits?: readonly {
    readonly waitsFor: string;
    readonly stack: string;
    readonly reason: string;
    readonly process: number;
    readonly otherProcess: number;
    readonly thread: number;
  }[];
}

interface Options {
  readonly name: string;
  readonly across?: 'processes';
}
interface Kind {
  make(options: Options): Thing;
  readonly hold: string;
  readonly want: string;
}
const KINDS: Readonly<Record<string, Kind>> = {
  mutex: { make: (options) => Mutex.create(options), hold: 'lock', want: 'lock' },
  writer: { make: (options) => RwLock.create(options), hold: 'write', want: 'write' },
  'writer, readers wait': { make: (options) => RwLock.create(options), hold: 'write', want: 'read' },
  'reader, writers wait': { make: (options) => RwLock.create(options), hold: 'read', want: 'write' },
  semaphore: { make: (options) => Semaphore.create(1, options), hold: 'acquire', want: 'acquire' },
  once: { make: (options) => Once.create(options), hold: 'once', want: 'once' },
};

export const ONE_OF_EACH = 'one of each';
export const CIRCLE_KINDS: readonly string[] = [...Object.keys(KINDS), ONE_OF_EACH];
export const CIRCLE_SIZES = [2, 3, 5];

/** Each of `size` parties holds one thing and then wants that of the next. */
export function circle(size: number, kind: string, options: Omit<Options, 'name'> = {}) {
  const order = Array.from({ length: size }, (_, index) =>
    kind === ONE_OF_EACH ? Object.values(KINDS)[index]! : KINDS[kind]!,
  );
  const things = Object.fromEntries(
    order.map((each, index) => [`t${index}`, each.make({ ...options, name: `thing ${index}` })]),
  );
  const plans = order.map((each, index): Step[] => {
    const next = (index + 1) % size;
    return [
      [each.hold, `t${index}`],
      ['meet', 0, size],
      [order[next]!.want, `t${next}`],
    ];
  });
  return { things, plans };
}

/** One failed, the others ended well. */
export function checkOne(reports: readonly Report[]): Report {
  const failed = reports.filter(({ ended }) => ended !== 'well');
  expect(failed.map(({ ended }) => ended)).toEqual(['SYNC_DEADLOCK']);
  return failed[0]!;
}

/** And that one names all. */
export function checkCircle(reports: readonly Report[]): NonNullable<Report['waits']> {
  const { message, waits } = checkOne(reports);
  expect(waits).toHaveLength(reports.length);
  expect(waits!.map(({ reason }) => reason)).toEqual(waits!.map(() => 'has it'));
  for (let index = 0; index < reports.length; index++) expect(message).toContain(`"thing ${index}"`);
  for (const { stack } of waits!) expect(stack).toContain('fixtures/deadlock.mjs');
  return waits!;
}
