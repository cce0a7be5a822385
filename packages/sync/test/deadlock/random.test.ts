/**
 * Random programs. Those that take locks in one order never hear of a deadlock; `HEDDLE_SYNC_SOAK_SECONDS` lets them run for longer. Those that take
 * them in any order end, each by itself or by SYNC_DEADLOCK: a hang shows as the time-out of the test.
 */
import { describe, expect, it } from 'vitest';
import { Mutex, RwLock, says, Semaphore, start } from '../support.ts';

const SECONDS = Number(process.env['HEDDLE_SYNC_SOAK_SECONDS'] ?? 0);
const ROUNDS = 40;
const TIMEOUT_MS = 600_000 + SECONDS * 1_000;

const MIXED = () => [Mutex.create(), RwLock.create(), Semaphore.create(2), Mutex.create(), RwLock.create()];
const MUTEXES = () => Array.from({ length: 4 }, () => Mutex.create());

async function run(
  isOrdered: boolean,
  how: readonly boolean[],
  seed: number,
  make: () => readonly { readonly handle: object }[] = MIXED,
): Promise<number> {
  const things = make();
  const handles = things.map((thing) => ({ kind: thing.constructor.name, handle: thing.handle }));
  const reports = await Promise.all(
    how.map(async (blocks, index) => {
      // A call behind another of its thread in the line of one lock is not seen, so without an order each thread makes one at a time.
      const atOnce = isOrdered ? 3 : 1;
      const data = { handles, seed: seed + index, isOrdered, rounds: ROUNDS, endMs: SECONDS * 1_000, blocks, atOnce };
      return (await says(start(data, {}, 'random-order.mjs'))) as { alarms: number; done: number };
    }),
  );
  for (const { done } of reports) expect(done).toBeGreaterThanOrEqual(ROUNDS);
  return reports.reduce((sum, { alarms }) => sum + alarms, 0);
}

const HOW: Readonly<Record<string, readonly boolean[]>> = {
  'threads that block': [true, true, true],
  'asynchronous calls': [false, false, false],
  both: [true, false, true, false],
};
const seed = Math.floor(Math.random() * 2 ** 31);

describe(`random programs, seed ${seed}`, () => {
  it.each(Object.keys(HOW))('in one order: no alarm, %s', { timeout: TIMEOUT_MS }, async (how) => {
    expect(await run(true, HOW[how]!, seed)).toBe(0);
  });

  // How many fail is chance: where they meet the machine decides. An asynchronous call in a line behind another is not seen, so those take mutexes.
  it.each(Object.keys(HOW))('in any order: each ends, %s', { timeout: TIMEOUT_MS }, async (how) => {
    const make = how === 'threads that block' ? MIXED : MUTEXES;
    expect(await run(false, HOW[how]!, seed, make)).toBeLessThanOrEqual(3 * HOW[how]!.length * ROUNDS);
  });
});
