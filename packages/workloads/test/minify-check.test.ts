import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as minifyCheck from '../src/minify/check.ts';
import * as minifyInput from '../src/minify/input.ts';
import { variants as minify } from '../src/minify/variants.ts';
import { digestOf } from '../src/support/digest.ts';
import { start, testDir } from './support.ts';

describe('the check of minify', () => {
  it('sees outputs that are swapped, missing or not minified', async () => {
    const context = { size: { files: 3 }, workers: 1, dir: await testDir() };
    await minifyInput.prepare(context.size, context.dir);
    const outputs = await (await start(minify, 'inline', context)).run();
    const check = async (wrong: string[]) => (await minifyCheck.check(wrong, context)).problem;
    const [first, second, third] = outputs;
    expect(await check(outputs)).toBeUndefined();
    expect(await check([second!, first!, third!])).toMatch('otherwise than from a plain loop');
    expect(await check([first!, second!])).toMatch('2 files came out of 3');
    expect(await check([first!, second!, `${third} `])).toMatch('otherwise than from a plain loop');

    // A loop that minified nothing, or made what doesn't compile, and a variant that did the same.
    const list = join(context.dir, 'minify-1.json');
    const one = { ...context, size: { files: 1 } };
    const source = join(context.dir, 'source.js');
    await writeFile(source, 'const answer = 42;\n');
    const claim = (minified: string) => writeFile(list, JSON.stringify([{ path: source, bytes: 19, minified }]));
    await claim(digestOf('const answer = 42;\n'));
    expect(await minifyCheck.check(['const answer = 42;\n'], one)).toMatchObject({
      problem: expect.stringMatching(/19 bytes of source became 19/),
    });
    await claim(digestOf('const answer 42'));
    expect(await minifyCheck.check(['const answer 42'], one)).toMatchObject({
      problem: expect.stringMatching(/does not compile/),
    });
  });
});
