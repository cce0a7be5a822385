// Every contestant of every case does its rounds, and counts right; those that this Node can't run are left out.
import { describe, expect, it } from 'vitest';
import { SYNC_CASES } from '../../src/sync/case-table.ts';
import { missingReason } from '../../src/sync/contestants.ts';
import type createSyncContestant from '../../src/sync/sync-contestant.ts';

// Vitest resolves the packages of this repository to their sources; only it can load them so.
(globalThis as Record<symbol, unknown>)[Symbol.for('@heddle/sync/os-services@1')] =
  await import('@heddle/core-native/os');

// From dist: its threads are.
const { default: create } = (await import(new URL('../../dist/sync/sync-contestant.js', import.meta.url).href)) as {
  default: typeof createSyncContestant;
};

describe.each(SYNC_CASES.map((one) => [one.id, one] as const))('%s', (caseId, { contestants, figure }) => {
  // multithreading has one pool for a process, and names no error that a test could wait for.
  it.each(contestants.filter((name) => name !== 'multithreading' && missingReason(name) === undefined))(
    '%s',
    async (contestant) => {
      const one = await create({ caseId, contestant, quick: true });
      for (let round = 0; round < 2; round++)
        expect(((await one.round()) as Record<string, number>)[figure.key]).toBeGreaterThan(0);
      const { digest, problem } = await one.check();
      expect(digest).toBe('counted by every party');
      // Its own matter, and a result: the Web Locks of Node 24.21 let four threads count 7,999 of 8,000.
      if (contestant !== 'navigator-locks') expect(problem).toBeUndefined();
      await one.close!();
    },
  );
});
