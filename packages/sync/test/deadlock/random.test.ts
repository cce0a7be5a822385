/**
 * Random programs. Those that take locks in one order never hear of a deadlock; `HEDDLE_SYNC_SOAK_SECONDS` lets them run for longer. Those that take
 * them in any order end, each by itself or by SYNC_DEADLOCK: a hang shows as the time-out of the test.
 */
import { describe, expect, it } from 'vitest';
import { MIXED, MUTEXES, ROUNDS, runRandom, TIMEOUT_MS } from './random-programs.ts';

const HOW: Readonly<Record<string, readonly boolean[]>> = {
  'threads that block': [true, true, true],
  'asynchronous calls': [false, false, false],
  both: [true, false, true, false],
};
const seed = Math.floor(Math.random() * 2 ** 31);

describe(`random programs, seed ${seed}`, () => {
  it.each(Object.keys(HOW))('in one order: no alarm, %s', { timeout: TIMEOUT_MS }, async (how) => {
    expect(await runRandom({ isOrdered: true, how: HOW[how]!, seed })).toBe(0);
  });

  // How many fail is chance: where they meet the machine decides. An asynchronous call in a line behind another is not seen, so those take mutexes.
  it.each(Object.keys(HOW))('in any order: each ends, %s', { timeout: TIMEOUT_MS }, async (how) => {
    const make = how === 'threads that block' ? MIXED : MUTEXES;
    const alarms = await runRandom({ isOrdered: false, how: HOW[how]!, seed, make });
    expect(alarms).toBeLessThanOrEqual(3 * HOW[how]!.length * ROUNDS);
  });
});
