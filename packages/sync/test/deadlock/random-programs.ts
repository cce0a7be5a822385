/** Programs that take locks at random, for fixtures/random-order.mjs. */
import { expect } from 'vitest';
import { Mutex, RwLock, says, Semaphore, start } from '../support.ts';

/** How long each of those in one order goes on; else {@link ROUNDS} rounds. */
const SECONDS = Number(process.env['HEDDLE_SYNC_SOAK_SECONDS'] ?? 0);
export const ROUNDS = 40;
export const TIMEOUT_MS = 600_000 + SECONDS * 1_000;

interface Options {
  readonly across?: 'processes';
}
type Make = (options: Options) => readonly { readonly handle: object }[];
export const MIXED: Make = (options) => [
  Mutex.create(options),
  RwLock.create(options),
  Semaphore.create(2, options),
  Mutex.create(options),
  RwLock.create(options),
];
export const MUTEXES: Make = (options) => Array.from({ length: 4 }, () => Mutex.create(options));

export interface Program {
  readonly isOrdered: boolean;
  /** For each party: does it block? */
  readonly how: readonly boolean[];
  readonly seed: number;
  readonly make?: Make;
  readonly options?: Options;
  /** Starts a party and gives what it reports; default: a thread. */
  readonly begin?: (data: object, index: number) => Promise<unknown>;
}
const inThread = (data: object) => says(start(data, { execArgv: [] }, 'random-order.mjs'));

/** Each does all its rounds; gives how often one failed by SYNC_DEADLOCK. */
export async function runRandom({
  isOrdered,
  how,
  seed,
  make = MIXED,
  options = {},
  begin = inThread,
}: Program): Promise<number> {
  const things = make(options);
  const handles = things.map((thing) => ({ kind: thing.constructor.name, handle: thing.handle }));
  const reports = await Promise.all(
    how.map(async (blocks, index) => {
      // A call behind another of its thread in the line of one lock is not seen, so without an order each thread makes one at a time.
      const atOnce = isOrdered ? 3 : 1;
      const endMs = isOrdered ? SECONDS * 1_000 : 0;
      const data = { handles, seed: seed + index, isOrdered, rounds: ROUNDS, endMs, blocks, atOnce };
      return (await begin(data, index)) as { alarms: number; done: number };
    }),
  );
  for (const { done } of reports) expect(done).toBeGreaterThanOrEqual(ROUNDS);
  return reports.reduce((sum, { alarms }) => sum + alarms, 0);
}
