import { describe, expect, it } from 'vitest';
import { escapeRange } from '../src/support/escape-time.ts';

describe('escapeRange', () => {
  it.each([
    ['the centre of the main body never escapes', 0, 0, { least: 100, most: 100 }],
    ['the period-2 centre never escapes', -1, 0, { least: 100, most: 100 }],
    ['2 + 2i is outside after one iteration', 2, 2, { least: 1, most: 1 }],
    // 0, 0.5, 0.75, 1.0625, 1.63, 3.15
    ['0.5 escapes with its fifth iteration', 0.5, 0, { least: 5, most: 5 }],
    ['i/2 stays', 0, 0.5, { least: 100, most: 100 }],
  ])('%s', (_name, x, y, range) => {
    expect(escapeRange(x, y, 100, 0)).toEqual(range);
  });

  it('leaves open what rounding decides', () => {
    // 0, 1, 2, 5: |z| is exactly 2 on the way. The tip at -2 stays there.
    expect(escapeRange(1, 0, 100, 0)).toEqual({ least: 2, most: 3 });
    expect(escapeRange(-2, 0, 100, 0)).toEqual({ least: 1, most: 100 });
  });

  it('leaves open where an unstable orbit ends: i stays on its cycle, its neighbours leave it', () => {
    const { least, most } = escapeRange(0, 1, 100, 0);
    expect(least).toBeGreaterThan(30);
    expect(most).toBe(100);
  });
});
