/** Deaths among three that want shares, in every order of accesses: half of what share-words.test.ts would take, so it runs beside it. */
import { describe, expect, it } from 'vitest';
import { exploreShares, holder, mortal, poisoner, successor, taker, type SharesCase } from '../model/shares.ts';

const isFull = process.env['HEDDLE_SYNC_MODEL'] === 'full';
const CEILING_MS = 1_200_000;

const SCENARIOS: Readonly<Record<string, SharesCase>> = {
  'two shares, three, the holder dies': [2, { parties: [mortal(holder(2)), taker(1), taker(1)], deaths: 1 }],
  'two shares, three, a waiter dies': [2, { parties: [holder(2), mortal(taker(2)), taker(1)], deaths: 1 }],
  'a slot of a dead thread, three': [1, { parties: [successor(taker(1), 1), holder(1), taker(1)] }],
  'a writer dies, a writer poisons': [2, { parties: [mortal(holder(2)), poisoner(2), taker(1)], deaths: 1 }, true],
};

describe('deaths among three that want shares, in every order of accesses', () => {
  it.skipIf(!isFull).each(Object.keys(SCENARIOS))(
    `%s${isFull ? '' : ' (skipped: set HEDDLE_SYNC_MODEL=full)'}`,
    { timeout: CEILING_MS },
    (name) => {
      const { faults, states } = exploreShares(SCENARIOS[name]!);
      expect(faults).toEqual([]);
      expect(states).toBeGreaterThan(10_000);
    },
  );
});
