/** Threads that wait for each other: one of them fails, and says why; the others go on. Waiting for nothing to happen is never the proof. */
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { GRAPH_WORDS, readWaits } from '../../src/deadlock/wait-records.ts';
import { REGISTRY_WORDS } from '../../src/registry/lives.ts';
import { Barrier, Latch, Mutex, Once, reports, RwLock, Semaphore, start, until } from '../support.ts';

interface Thing {
  readonly handle: object;
}
type Step = readonly [act: string, name: string | number, option?: unknown];
interface Report {
  readonly ended: string;
  readonly message?: string;
  readonly waits?: readonly { readonly waitsFor: string; readonly stack: string; readonly reason: string }[];
}

const TIMEOUT_MS = 600_000;
const WORDS = 8;

/** Each worker takes its steps; `meet` is for all of them. */
function run(things: Readonly<Record<string, Thing>>, plans: readonly (readonly Step[])[]): Promise<Report>[] {
  const words = new SharedArrayBuffer(4 * WORDS);
  const handles = Object.fromEntries(
    Object.entries(things).map(([name, thing]) => [name, { kind: thing.constructor.name, handle: thing.handle }]),
  );
  return plans.map(async (steps) => {
    const worker: Worker = start({ steps, handles, words }, {}, 'deadlock.mjs');
    return (await reports(worker)) as Report;
  });
}

/** One failed, the others ended well. */
function checkOne(reports: readonly Report[]): Report {
  const failed = reports.filter(({ ended }) => ended !== 'well');
  expect(failed.map(({ ended }) => ended)).toEqual(['SYNC_DEADLOCK']);
  return failed[0]!;
}

interface Kind {
  make(name: string): Thing;
  readonly hold: string;
  readonly want: string;
  readonly amount?: number;
}
const KINDS: Readonly<Record<string, Kind>> = {
  mutex: { make: (name) => Mutex.create({ name }), hold: 'lock', want: 'lock' },
  writer: { make: (name) => RwLock.create({ name }), hold: 'write', want: 'write' },
  'writer, readers wait': { make: (name) => RwLock.create({ name }), hold: 'write', want: 'read' },
  'reader, writers wait': { make: (name) => RwLock.create({ name }), hold: 'read', want: 'write' },
  semaphore: { make: (name) => Semaphore.create(1, { name }), hold: 'acquire', want: 'acquire' },
  once: { make: (name) => Once.create({ name }), hold: 'once', want: 'once' },
};

describe('in a circle', () => {
  const sizes = [2, 3, 5];
  const kinds = [...Object.keys(KINDS), 'one of each'];
  it.each(sizes.flatMap((size) => kinds.map((kind) => [size, kind] as const)))(
    'of %i, %s: one fails and names all, the others go on',
    { timeout: TIMEOUT_MS },
    async (size, kind) => {
      const order = Array.from({ length: size }, (_, index) =>
        kind === 'one of each' ? Object.values(KINDS)[index]! : KINDS[kind]!,
      );
      const things = Object.fromEntries(order.map((each, index) => [`t${index}`, each.make(`thing ${index}`)]));
      const plans = order.map((each, index): Step[] => {
        const next = (index + 1) % size;
        return [
          [each.hold, `t${index}`],
          ['meet', 0, size],
          [order[next]!.want, `t${next}`],
        ];
      });
      const { message, waits } = checkOne(await Promise.all(run(things, plans)));
      expect(waits).toHaveLength(size);
      expect(waits!.map(({ reason }) => reason)).toEqual(waits!.map(() => 'has it'));
      for (let index = 0; index < size; index++) expect(message).toContain(`"thing ${index}"`);
      for (const { stack } of waits!) expect(stack).toContain('fixtures/deadlock.mjs');
    },
  );
});

describe('several holders', () => {
  it('permits: all of them are held by who waits', { timeout: TIMEOUT_MS }, async () => {
    const things = { s: Semaphore.create(3, { name: 'permits' }) };
    const plan = (permits: number): Step[] => [
      ['acquire', 's', permits],
      ['meet', 0, 2],
      ['acquire', 's', 2],
    ];
    checkOne(await Promise.all(run(things, [plan(1), plan(1)])));
  });

  it('readers: both want to write, a third waits behind', { timeout: TIMEOUT_MS }, async () => {
    const things = { r: RwLock.create(), a: Mutex.create(), b: Mutex.create() };
    const plans: Step[][] = [
      [
        ['read', 'r'],
        ['meet', 0, 3],
        ['lock', 'a'],
      ],
      [
        ['read', 'r'],
        ['lock', 'a'],
        ['meet', 0, 3],
        ['lock', 'b'],
      ],
      [
        ['lock', 'b'],
        ['meet', 0, 3],
        ['write', 'r'],
      ],
    ];
    checkOne(await Promise.all(run(things, plans)));
  });

  it('a reader behind a writer in line', { timeout: TIMEOUT_MS }, async () => {
    const things = { r: RwLock.create({ name: 'r' }), a: Mutex.create({ name: 'a' }) };
    const plans: Step[][] = [
      [
        ['read', 'r'],
        ['meet', 0, 3],
        ['lock', 'a'],
      ],
      [
        ['meet', 0, 3],
        ['write', 'r'],
      ],
      [
        ['lock', 'a'],
        ['meet', 0, 3],
        ['read again and again', 'r'],
      ],
    ];
    const { waits } = checkOne(await Promise.all(run(things, plans)));
    expect(waits!.map(({ reason }) => reason).toSorted()).toEqual(['has it', 'has it', 'is before it in line']);
  });
});

/** The waits that the threads with this lock have said. */
function waitsOf({ handle }: Thing): readonly unknown[] {
  const { registry } = handle as { registry: SharedArrayBuffer };
  const graph = new Int32Array(registry, 4 * REGISTRY_WORDS, GRAPH_WORDS);
  return readWaits(graph, new Int32Array(registry, 0, REGISTRY_WORDS));
}

describe('who waits for others', () => {
  it('no alarm: a party is blocked that has arrived already, without blocking', { timeout: TIMEOUT_MS }, async () => {
    const [z, a] = [Barrier.create(3), Mutex.create()];
    z.join();
    const plans: Step[][] = [
      [
        ['join', 'z'],
        ['lock', 'a'],
        ['meet', 0, 2],
        ['arrive', 'z'],
        ['release', 'a'],
      ],
      [
        ['join', 'z'],
        ['arrive without blocking', 'z'],
        ['meet', 0, 2],
        ['lock', 'a'],
        ['release', 'a'],
      ],
    ];
    const reports = run({ z, a }, plans);
    await until(() => waitsOf(a).length === 2);
    await z.wait();
    expect((await Promise.all(reports)).map(({ ended }) => ended)).toEqual(['well', 'well']);
  });

  it('a party of a barrier waits for a lock of one who has arrived', { timeout: TIMEOUT_MS }, async () => {
    const things = { z: Barrier.create(2, { name: 'z' }), a: Mutex.create({ name: 'a' }) };
    const plans: Step[][] = [
      [
        ['join', 'z'],
        ['lock', 'a'],
        ['meet', 0, 2],
        ['arrive', 'z'],
        ['release', 'a'],
      ],
      [
        ['join', 'z'],
        ['meet', 0, 2],
        ['lock', 'a'],
        ['release', 'a'],
        ['arrive', 'z'],
      ],
    ];
    const reports = await Promise.all(run(things, plans));
    // The one that failed ends, and without it the other can't pass.
    expect(reports.map(({ ended }) => ended).toSorted()).toEqual(['SYNC_BROKEN', 'SYNC_DEADLOCK']);
  });

  it('one who has promised to count waits for a lock of one who waits for that', { timeout: TIMEOUT_MS }, async () => {
    const things = { l: Latch.create(1, { name: 'l' }), a: Mutex.create({ name: 'a' }) };
    const plans: Step[][] = [
      [
        ['lock', 'a'],
        ['meet', 0, 2],
        ['open', 'l'],
        ['release', 'a'],
      ],
      [
        ['promise', 'l'],
        ['meet', 0, 2],
        ['lock', 'a'],
        ['release', 'a'],
        ['count', 'l'],
      ],
    ];
    const reports = await Promise.all(run(things, plans));
    expect(reports.filter(({ ended }) => ended === 'SYNC_DEADLOCK')).toHaveLength(1);
  });

  it('itself: it has promised what it waits for', { timeout: TIMEOUT_MS }, async () => {
    const things = { l: Latch.create(1, { name: 'l' }) };
    const { waits } = checkOne(
      await Promise.all(
        run(things, [
          [
            ['promise', 'l'],
            ['open', 'l'],
          ],
        ]),
      ),
    );
    expect(waits).toMatchObject([{ waitsFor: 'latch "l"', reason: 'has not counted' }]);
  });
});
