import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideCores, splitRange } from '../src/support/split.ts';

describe('splitRange', () => {
  it('covers the whole once, in order, without empty parts', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.integer({ min: 1, max: 300 }), (total, parts) => {
        const ranges = splitRange(total, parts);
        let at = 0;
        for (const { start, count } of ranges) {
          expect(start).toBe(at);
          expect(count).toBeGreaterThan(0);
          at += count;
        }
        expect(at).toBe(total);
        expect(ranges.length).toBe(Math.min(total, parts));
      }),
    );
  });
});

describe('divideCores', () => {
  it('uses all cores and no more', () => {
    for (let workers = 1; workers <= 256; workers++) {
      const { processes, threads } = divideCores(workers);
      expect(processes * threads).toBe(workers);
      expect(processes).toBeGreaterThanOrEqual(threads);
    }
    expect(divideCores(8)).toEqual({ processes: 4, threads: 2 });
  });
});
