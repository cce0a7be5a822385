/** Threads that wait for each other: one of them fails, and says why; the others go on. Waiting for nothing to happen is never the proof. */
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { GRAPH_WORDS, readWaits } from '../../src/deadlock/wait-records.ts';
import { REGISTRY_WORDS } from '../../src/registry/lives.ts';
import { Barrier, Latch, Mutex, reports, RwLock, Semaphore, start, until } from '../support.ts';
import {
  checkCircle,
  checkOne,
  circle,
  CIRCLE_KINDS,
  CIRCLE_SIZES,
  type Report,
  type Step,
  type Thing,
} from './circles.ts';

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

describe('in a circle', () => {
  it.each(CIRCLE_SIZES.flatMap((size) => CIRCLE_KINDS.map((kind) => [size, kind] as const)))(
    'of %i, %s: one fails and names all, the others go on',
    { timeout: TIMEOUT_MS },
    async (size, kind) => {
      const { things, plans } = circle(size, kind);
      checkCircle(await Promise.all(run(things, plans)));
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
