// Random programs as in deadlock/random.test.ts, of processes, and of threads and processes.
import { describe, expect, it } from 'vitest';
import { MIXED, MUTEXES, ROUNDS, runRandom, TIMEOUT_MS, type Program } from '../deadlock/random-programs.ts';
import { says, start } from '../support.ts';
import { across, hears, isMissing, reportMissing, startProcess } from './support.ts';

reportMissing();

const [BLOCKS, AWAITS] = [true, false];
interface Parties {
  readonly how: readonly boolean[];
  readonly isThread: (index: number) => boolean;
}
const PARTIES: Readonly<Record<string, Parties>> = {
  'processes that block': { how: [BLOCKS, BLOCKS, BLOCKS], isThread: () => false },
  'processes with asynchronous calls': { how: [AWAITS, AWAITS, AWAITS], isThread: () => false },
  'threads and processes': { how: [BLOCKS, AWAITS, BLOCKS, AWAITS], isThread: (index) => index < 2 },
};
const seed = Math.floor(Math.random() * 2 ** 31);

function programOf(name: string, isOrdered: boolean): Program {
  const { how, isThread } = PARTIES[name]!;
  const begin = ({ handles, ...plain }: { handles: object }, index: number) =>
    isThread(index)
      ? says(start({ handles, ...plain }, { execArgv: [] }, 'random-order.mjs'))
      : hears(startProcess({ handles }, plain, [], 'random-order.mjs'));
  return { isOrdered, how, seed, options: across, begin: begin as Program['begin'] & object };
}

describe.skipIf(isMissing)(`random programs, seed ${seed}`, () => {
  it.each(Object.keys(PARTIES))('in one order: no alarm, %s', { timeout: TIMEOUT_MS }, async (name) => {
    expect(await runRandom(programOf(name, true))).toBe(0);
  });

  it.each(Object.keys(PARTIES))('in any order: each ends, %s', { timeout: TIMEOUT_MS }, async (name) => {
    const make = name === 'processes that block' ? MIXED : MUTEXES;
    const alarms = await runRandom({ ...programOf(name, false), make });
    expect(alarms).toBeLessThanOrEqual(3 * PARTIES[name]!.how.length * ROUNDS);
  });
});
