import { describe, expect, it } from 'vitest';
import * as responsiveCheck from '../src/responsive-loop/check.ts';
import { variants as responsive } from '../src/responsive-loop/variants.ts';
import { start } from './support.ts';

describe('the check of responsive-loop', () => {
  it('sees pictures that are missing or exchanged and a ticker that met nothing', async () => {
    const context = { size: { tasks: 2 }, workers: 1, dir: '/' };
    const output = await (await start(responsive, 'inline', context)).run();
    const check = async (wrong: Partial<typeof output>) =>
      (await responsiveCheck.check({ ...output, ...wrong }, context)).problem;
    expect(await check({})).toBeUndefined();
    expect(await check({ pictures: output.pictures.slice(1) })).toBe('1 pictures came out of 2 tasks');
    expect(await check({ pictures: output.pictures.toReversed() })).toMatch(/^picture 0: pixel/);
    expect(await check({ ticks: { delaysMs: [], missed: 0 } })).toMatch('of 0 frames');
    expect(await check({ ticks: { delaysMs: [1, NaN], missed: 0 } })).toMatch('a delay of NaN ms');
  });
});
