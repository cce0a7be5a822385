import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePart, splitMerge } from '../src/sort-reduce/merge.ts';
import { countRuns, joinParts, reducePart, SUM_BLOCK } from '../src/sort-reduce/reduce.ts';
import { splitRange } from '../src/support/split.ts';

describe('merging in shares', () => {
  const sorted = fc
    .array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 })
    .map((keys) => keys.toSorted((a, b) => a - b));

  it('gives the sorted whole for any number of shares', () => {
    fc.assert(
      fc.property(sorted, sorted, fc.integer({ min: 1, max: 9 }), (left, right, parts) => {
        const keys = Float64Array.from([...left, ...right]);
        const out = new Float64Array(keys.length).fill(-1);
        const ranges = [
          { start: 0, count: left.length },
          { start: left.length, count: right.length },
        ] as const;
        for (const part of splitMerge(keys, ...ranges, parts)) mergePart(keys, out, part);
        expect(out).toEqual(keys.toSorted());
      }),
    );
  });
});

describe('counting in parts', () => {
  it('finds the runs of equal keys wherever the parts are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(12), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        (values, parts) => {
          const keys = Float64Array.from(values).sort();
          const counts = splitRange(keys.length, parts).map((range) => countRuns(keys, range));
          const total = (name: 'distinct' | 'repeated') => counts.reduce((sum, part) => sum + part[name], 0);
          const different = [...new Set(values)];
          const again = different.filter((value) => values.indexOf(value) !== values.lastIndexOf(value));
          expect(total('distinct')).toBe(different.length);
          expect(total('repeated')).toBe(again.length);
        },
      ),
    );
  });

  it('adds up to the same bits as the whole', () => {
    const keys = Float64Array.from({ length: 3 * SUM_BLOCK + 17 }, (_, i) => Math.sin(i) ** 2 * 2 ** 53).sort();
    const whole = joinParts(keys, [reducePart(keys, { start: 0, count: keys.length })]);
    const parts = [
      { start: 0, count: 2 * SUM_BLOCK },
      { start: 2 * SUM_BLOCK, count: SUM_BLOCK },
      { start: 3 * SUM_BLOCK, count: 17 },
    ].map((range) => reducePart(keys, range));
    expect(joinParts(keys, parts)).toEqual(whole);
  });
});
