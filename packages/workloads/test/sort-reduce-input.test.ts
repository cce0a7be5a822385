import { describe, expect, it } from 'vitest';
import { findWorkload } from '../src/index.ts';
import { hashLines, prepare, readKeys } from '../src/sort-reduce/input.ts';
import { testDir } from './support.ts';

describe('hashLines', () => {
  const hash = (text: string, room = 10) => {
    const keys = new Float64Array(room);
    return [...keys.subarray(0, hashLines(Buffer.from(text), keys, 0))];
  };

  it('gives a key per line, equal for equal lines only', () => {
    const [one, two, again, empty, last] = hash('one\ntwo\none\n\nlast');
    expect(again).toBe(one);
    expect(new Set([one, two, empty, last]).size).toBe(4);
    expect([one, two, empty, last].every((key) => Number.isSafeInteger(key))).toBe(true);
  });

  it('takes a line with or without its end, and no more than there is room for', () => {
    expect(hash('one\ntwo\n')).toEqual(hash('one\ntwo'));
    expect(hash('one\ntwo', 1)).toEqual(hash('one'));
    expect(hash('')).toEqual([]);
  });
});

describe('sort-reduce input', () => {
  it('is the same every time, and a shorter one is the beginning of a longer one', async () => {
    const dir = await testDir();
    await prepare({ lines: 1000 }, dir);
    await prepare({ lines: 3000 }, dir);
    const longer = await readKeys({ lines: 3000 }, dir);
    expect(await readKeys({ lines: 1000 }, dir)).toEqual(longer.subarray(0, 1000));
    expect(longer.length).toBe(3000);
    expect(findWorkload('sort-reduce')!.describe({ lines: 3000 })).toBe('3,000 lines of text files under node_modules');
  });
});
