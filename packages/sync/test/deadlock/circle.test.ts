/** Who can go on, and who can't, by what is known of each wait. */
import { describe, expect, it } from 'vitest';
import { findCircle } from '../../src/deadlock/circle.ts';
import { FOR_COUNT, FOR_PARTIES, FOR_SHARES, type Wait } from '../../src/deadlock/wait-records.ts';

let tickets = 0;
function wait(owner: number, facts: Partial<Wait>): Wait {
  return {
    at: 0,
    ticket: ++tickets,
    owner,
    isThread: true,
    kind: FOR_SHARES,
    number: 0,
    total: 1,
    want: 1,
    place: 0,
    seen: 0,
    canFail: true,
    isProven: true,
    holds: [],
    parties: [],
    ...facts,
  };
}
const way = (...waits: readonly Wait[]) =>
  findCircle(waits, waits.at(-1)!.ticket)?.circle.way.map(({ owner }) => owner);
const victim = (...waits: readonly Wait[]) => findCircle(waits, waits.at(-1)!.ticket)?.circle.victim?.owner;

describe('a circle', () => {
  it('of one, two, three; who only waits for one is not in it', () => {
    expect(way(wait(1, { number: 7, holds: [7, 1] }))).toEqual([1]);
    const [a, b] = [wait(1, { number: 7, holds: [8, 1] }), wait(2, { number: 8, holds: [7, 1] })];
    expect(way(a, b)).toEqual([2, 1]);
    expect(way(a, b, wait(3, { number: 7, holds: [9, 1] }))).toBeUndefined();
    expect(way(a, wait(2, { number: 8, holds: [9, 1] }), wait(3, { number: 9, holds: [7, 1] }))).toEqual([3, 2, 1]);
    expect(way(a, wait(2, { number: 9, holds: [7, 1] }))).toBeUndefined();
  });

  it('of permits only if all that are wanted are held by those in it', () => {
    const one = wait(1, { number: 7, total: 3, want: 2, holds: [7, 1] });
    expect(way(one, wait(2, { number: 7, total: 3, want: 2, holds: [7, 1] }))).toEqual([2]);
    expect(way(wait(1, { number: 7, total: 3, holds: [7, 1] }), wait(2, { number: 7, total: 3, holds: [7, 1] }))).toBe(
      undefined,
    );
    // A third has one, and waits for what is free.
    const other = wait(3, { number: 8, holds: [7, 1] });
    expect(way(other, one, wait(2, { number: 7, total: 4, want: 2, holds: [7, 1] }))).toBeUndefined();
  });

  it('through a line, a barrier, a latch', () => {
    const LATE = 1_000_000;
    const writer = wait(1, { number: 7, total: 9, want: 9, place: 3 });
    const reader = wait(2, { number: 8, holds: [7, 1] });
    const behind = wait(3, { number: 7, total: 9, holds: [8, 1], place: 4, seen: LATE });
    expect(way(writer, reader, behind)).toEqual([3, 1, 2]);
    // It was not seen to wait after the writer had begun to, or stands before it, or it is not known where the writer stands.
    expect(way(writer, reader, { ...behind, seen: 0 })).toBeUndefined();
    expect(way(writer, reader, { ...behind, place: 2 })).toBeUndefined();
    expect(way({ ...writer, isThread: false }, reader, behind)).toBeUndefined();
    // Places are counted on beyond the largest number.
    expect(way({ ...writer, place: 0x7fff_ffff }, reader, { ...behind, place: -0x8000_0000 })).toEqual([3, 1, 2]);
    expect(findCircle([writer, reader, { ...behind, seen: 0 }], writer.ticket, false)?.ground).toHaveLength(3);
    const arrived = wait(4, { kind: FOR_PARTIES, number: 5, parties: [6, 9], holds: [8, 1], seen: LATE });
    // It was not seen to wait after the party had been blocked.
    expect(way({ ...arrived, seen: arrived.ticket }, wait(6, { number: 8 }))).toBeUndefined();
    // The party has arrived before it was blocked.
    expect(way(arrived, wait(6, { number: 8, holds: [5, -1] }))).toBeUndefined();
    expect(way(arrived, wait(6, { number: 8 }))).toEqual([6, 4]);
    expect(way(arrived, wait(6, { kind: FOR_PARTIES, number: 5, parties: [4, 9] }))).toBeUndefined();
    expect(way(arrived, wait(6, { number: 8, isThread: false }))).toBeUndefined();
    expect(
      way(wait(4, { kind: FOR_COUNT, number: 5, holds: [8, 1], seen: LATE }), wait(6, { number: 8, holds: [5, 1] })),
    ).toEqual([6, 4]);
  });
});

describe('who is to fail', () => {
  it('who began last, of those who can and whose end helps all', () => {
    const [a, b] = [wait(1, { number: 7, holds: [8, 1] }), wait(2, { number: 8, holds: [7, 1] })];
    expect(victim(a, b)).toBe(2);
    expect(victim({ ...a, canFail: false }, { ...b, canFail: false })).toBeUndefined();
    expect(victim(a, { ...b, canFail: false })).toBe(1);
    // The last is in a second circle, which ends with the first.
    const [c, d] = [wait(1, { number: 7, holds: [8, 1] }), wait(2, { number: 8, total: 2, want: 2, holds: [7, 1] })];
    expect(victim(c, d, wait(3, { number: 7, holds: [8, 1] }))).toBe(2);
  });
});
