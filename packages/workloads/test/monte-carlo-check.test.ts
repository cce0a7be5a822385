import { describe, expect, it } from 'vitest';
import * as monteCarloCheck from '../src/monte-carlo/check.ts';
import { variants as monteCarlo } from '../src/monte-carlo/variants.ts';
import { start } from './support.ts';

describe('the check of monte-carlo', () => {
  it('sees a wrong first block, too few samples and a biased count', async () => {
    const context = { size: { blocks: 16 }, workers: 1, dir: '/' };
    const count = await (await start(monteCarlo, 'inline', context)).run();
    const check = async (wrong: Partial<typeof count>) =>
      (await monteCarloCheck.check({ ...count, ...wrong }, context)).problem;
    expect(await check({})).toBeUndefined();
    expect(await check({ firstInside: count.firstInside + 1 })).toMatch('counted again there are');
    expect(await check({ samples: count.samples - 65_536 })).toMatch('samples were taken');
    expect(await check({ inside: count.inside - 65_536 })).toMatch('farther from pi');
  });
});
