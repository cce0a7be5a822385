import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanMs } from '../../../src/advisor/replay/curve.ts';
import { Pattern } from '../../../src/advisor/replay/pattern.ts';
import { schedule, type Piece } from '../../../src/advisor/replay/schedule.ts';

const ms = fc.double({ min: 0, max: 100, noNaN: true });
const piece = fc.record({ awayMs: ms, hereMs: ms, handMs: fc.constant(0) });
const pieces = fc.array(piece, { minLength: 1, maxLength: 40 });
const there = (workers: number) => Array.from({ length: workers }, () => 0);
const sumOf = (all: readonly Piece[], of: keyof Piece) => all.reduce((sum, one) => sum + one[of], 0);

describe('a list schedule', () => {
  it('is never better than all work on all workers, nor worse than that and the longest piece (Graham 1966)', () => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 64 }), (all, workers) => {
        const { endMs, awayMs } = schedule(all, { workersAtMs: there(workers), here: false });
        const longest = Math.max(...all.map((one) => one.awayMs));
        expect(awayMs).toBeCloseTo(sumOf(all, 'awayMs'));
        expect(endMs).toBeGreaterThanOrEqual(Math.max(longest, awayMs / workers) - 1e-9);
        expect(endMs).toBeLessThanOrEqual(awayMs / workers + longest + 1e-9);
      }),
    );
  });

  it('takes each piece once, here or away', () => {
    fc.assert(
      fc.property(pieces, fc.array(ms, { minLength: 1, maxLength: 8 }), (all, workersAtMs) => {
        const same = all.map((one) => ({ ...one, awayMs: one.hereMs }));
        const { hereMs, awayMs } = schedule(same, { workersAtMs, here: true });
        expect(hereMs + awayMs).toBeCloseTo(sumOf(same, 'hereMs'));
      }),
    );
  });

  it('ends no later than the caller’s thread alone, where that takes pieces too and sending is free', () => {
    fc.assert(
      fc.property(pieces, fc.array(ms, { minLength: 1, maxLength: 8 }), (all, workersAtMs) => {
        const same = all.map((one) => ({ ...one, awayMs: one.hereMs }));
        const { endMs } = schedule(same, { workersAtMs, here: true });
        expect(endMs).toBeLessThanOrEqual(sumOf(same, 'hereMs') + 1e-9);
      }),
    );
  });

  it('waits for a worker that starts, and for a thread that has to send', () => {
    const one = { awayMs: 10, hereMs: 10, handMs: 3 };
    expect(schedule([one], { workersAtMs: [50], here: false }).endMs).toBe(60);
    expect(schedule([one, one, one], { workersAtMs: there(3), here: false }).endMs).toBe(16);
    expect(schedule([one], { workersAtMs: [50], here: true }).endMs).toBe(10);
    expect(schedule([one], { workersAtMs: [50], here: true, busyUntilMs: 70 }).endMs).toBe(73);
  });
});

it('a pattern has the sums of the calls that repeat it', () => {
  fc.assert(
    fc.property(fc.array(ms, { minLength: 1, maxLength: 7 }), fc.nat(50), fc.nat(50), (itemMs, first, more) => {
      const pattern = new Pattern(itemMs);
      let sum = 0;
      for (let index = first; index < first + more; index++) sum += itemMs[index % itemMs.length]!;
      expect(pattern.between(first, first + more)).toBeCloseTo(sum);
    }),
  );
});

describe('the mean of calls so far', () => {
  const soFar = [
    { calls: 10, ms: 100, callerMs: 10 },
    { calls: 30, ms: 140, callerMs: 30 },
  ];

  it('is that of the part that is asked for, and goes on as the last calls did', () => {
    expect(meanMs(soFar, 0, 10, 'ms')).toBe(10);
    expect(meanMs(soFar, 0, 5, 'ms')).toBe(10);
    expect(meanMs(soFar, 10, 20, 'ms')).toBe(2);
    expect(meanMs(soFar, 5, 15, 'ms')).toBe((50 + 20) / 15);
    expect(meanMs(soFar, 1_000, 1_000, 'ms')).toBe(2);
    expect(meanMs(soFar, 0, 1_000, 'callerMs')).toBe(1);
  });

  it('is never negative, also where a later sum is less than one before', () => {
    const odd = [
      { calls: 10, ms: 100, callerMs: 10 },
      { calls: 20, ms: 90, callerMs: 5 },
    ];
    expect(meanMs(odd, 10, 10, 'ms')).toBe(0);
    expect(meanMs(odd, 50, 10, 'ms')).toBe(0);
  });
});
