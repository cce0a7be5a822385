import { describe, expect, it } from 'vitest';
import * as fetchManyCheck from '../src/fetch-many/check.ts';
import { SOCKETS } from '../src/fetch-many/input.ts';
import { variants as fetchMany } from '../src/fetch-many/variants.ts';
import { start } from './support.ts';

describe('the check of fetch-many', () => {
  it('sees answers that are lost, cut off, exchanged or damaged', async () => {
    const context = { size: { requests: SOCKETS }, workers: 1, dir: '/' };
    const bodies = await (await start(fetchMany, 'inline', context)).run();
    const check = async (change: (wrong: string[]) => void) => {
      const wrong = [...bodies];
      change(wrong);
      return (await fetchManyCheck.check(wrong, context)).problem;
    };
    expect(await check(() => {})).toBeUndefined();
    expect(await check((wrong) => wrong.pop())).toBe('49 answers came to 50 requests');
    expect(await check((wrong) => (wrong[3] = ''))).toBe('answer 3 is not a whole record');
    expect(await check((wrong) => (wrong[3] = wrong[3]!.slice(0, 500)))).toBe('answer 3 is not a whole record');
    expect(await check((wrong) => wrong.reverse())).toBe('answer 0 is that of item 49');
    expect(await check((wrong) => (wrong[7] = wrong[7]!.replace('"text":"', '"text":" ')))).toMatch('checksum');
  });
});
