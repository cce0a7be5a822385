import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { NumberMap } from '../../src/queue/number-map.ts';

it('does what a Map does, whatever comes in whatever order', () => {
  // Few numbers, of which many share a home: rests by 16 are 0 to 3 and 14 to 15, with the way around the end.
  const number = fc
    .integer({ min: 0, max: 19 })
    .chain((row) => fc.constantFrom(0, 1, 2, 3, 14, 15).map((rest) => row * 16 + rest));
  const step = fc.record({ kind: fc.constantFrom('set', 'set', 'delete'), number });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const map = new Map<number, number>();
      const mine = new NumberMap<number>();
      for (const [value, { kind, number: key }] of steps.entries()) {
        if (kind === 'set') {
          map.set(key, value);
          mine.set(key, value);
        } else expect(mine.delete(key)).toBe(map.delete(key));
        expect(mine.size).toBe(map.size);
      }
      const keys = [...map.keys()].sort((a, b) => a - b);
      expect(mine.numbers()).toEqual(keys);
      expect(mine.values()).toEqual(keys.map((key) => map.get(key)));
      const all = Array.from({ length: 340 }, (_, key) => key);
      expect(all.map((key) => mine.get(key))).toStrictEqual(all.map((key) => map.get(key)));
    }),
    { numRuns: 500 },
  );
});

it('holds numbers beyond 32 bits', () => {
  const map = new NumberMap<string>();
  map.set(2 ** 40 + 5, 'a');
  map.set(5, 'b');
  expect(map.get(2 ** 40 + 5)).toBe('a');
  expect(map.delete(5)).toBe(true);
  expect(map.get(2 ** 40 + 5)).toBe('a');
});
