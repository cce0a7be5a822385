import { describe, expect, it } from 'vitest';
import { findSyncCase, SYNC_CASES } from '../../src/sync/case-table.ts';
import { SYNC_CONTESTANTS } from '../../src/sync/contestants.ts';
import { figureOf } from '../../src/sync/sync-contestant.ts';
import { expectedCount, expectedSum } from '../../src/sync/rigs/rig.ts';

it('has each case once, and asks everybody something', () => {
  expect(new Set(SYNC_CASES.map(({ id }) => id)).size).toBe(SYNC_CASES.length);
  const asked = new Set(SYNC_CASES.flatMap(({ contestants }) => contestants));
  expect([...asked].sort()).toEqual(Object.keys(SYNC_CONTESTANTS).sort());
});

describe.each(SYNC_CASES.map((one) => [one.id, one] as const))('%s', (id, one) => {
  it('is well formed', () => {
    expect(findSyncCase(id)).toBe(one);
    expect(id.startsWith(one.group)).toBe(true);
    expect({ ...one.full, rounds: 0 }).toEqual({ ...one.quick, rounds: 0 });
    expect(one.quick.rounds).toBeLessThan(one.full.rounds);
    expect(new Set(one.contestants).size).toBe(one.contestants.length);
    expect(one.contestants.length).toBeGreaterThan(1);
  });
});

it('counts what was done, and how fast', () => {
  const pair = { kind: 'mutex', parties: 4, rounds: 10 } as const;
  expect([expectedCount(pair), expectedSum(pair)]).toEqual([40, 0]);
  expect(figureOf(findSyncCase('mutex-4')!.figure, pair, 1)).toBe(25_000);
  const blocks = { kind: 'channel', parties: 2, rounds: 130, bytes: 2 ** 20 } as const;
  expect([expectedCount(blocks), expectedSum(blocks)]).toEqual([130, (127 * 128) / 2 + 1]);
  expect(figureOf(findSyncCase('channel-64k')!.figure, blocks, 500)).toBe(260);
  const meetings = { kind: 'barrier', parties: 4, rounds: 10 } as const;
  expect(figureOf(findSyncCase('barrier-4')!.figure, meetings, 1)).toBe(100_000);
});
