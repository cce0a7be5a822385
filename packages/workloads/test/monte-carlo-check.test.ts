import { describe, expect, it } from 'vitest';
import * as monteCarloCheck from '../src/monte-carlo/check.ts';
import { variants as monteCarlo } from '../src/monte-carlo/variants.ts';
import { start } from './support.ts';

describe('the check of monte-carlo', () => {
  it('sees wrong single blocks, too few of them, one twice, and biased estimates', async () => {
    const context = { size: { blocks: 16 }, workers: 1, dir: '/' };
    const count = await (await start(monteCarlo, 'inline', context)).run();
    const check = async (wrong: Partial<typeof count>) =>
      (await monteCarloCheck.check({ ...count, ...wrong }, context)).problem;
    expect(await check({})).toBeUndefined();
    expect(await check({ firstInside: count.firstInside + 1 })).toMatch('counted again there are');
    expect(await check({ samples: count.samples - 65_536 })).toMatch('samples were taken');
    expect(await check({ inside: count.inside - 65_536 })).toMatch('farther from pi');

    const { sums } = count;
    const changed = (change: (wrong: Float64Array) => void) => {
      const wrong = sums.slice();
      change(wrong);
      return check({ sums: wrong });
    };
    expect(await check({ sums: sums.subarray(2) })).toBe('31 blocks of paths instead of 32');
    expect(await changed((wrong) => wrong.copyWithin(8, 10, 12))).toMatch('only 31 of 32 blocks');
    expect(await changed((wrong) => (wrong[0]! *= 1 + 1e-9))).toMatch('the payoffs of block 0 add up to');
    expect(await changed((wrong) => (wrong[33]! *= 1 + 1e-9))).toMatch('the squared payoffs of block 16 add up to');
    const middle = (at: number): boolean => at > 1 && at < 62 && Math.floor(at / 2) !== 16;
    expect(await changed((wrong) => wrong.forEach((sum, at) => (wrong[at] = middle(at) ? 1.05 * sum : sum)))).toMatch(
      'farther from the price 7.128',
    );
  });
});
