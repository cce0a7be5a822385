import { readFile } from 'node:fs/promises';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import * as mandelbrotCheck from '../src/mandelbrot/check.ts';
import { variants as mandelbrot } from '../src/mandelbrot/variants.ts';
import { start, testDir } from './support.ts';

describe('the check of mandelbrot', () => {
  it('sees a lost band, a doubled band and bands in the wrong place; draws the right picture only', async () => {
    const context = { size: { side: 96, maxIter: 256 }, workers: 1, dir: await testDir() };
    const counts = await (await start(mandelbrot, 'inline', context)).run();
    const check = (wrong: Uint16Array) => mandelbrotCheck.check(wrong, context);
    const { digest, problem, artifacts } = await check(counts);
    expect(problem).toBeUndefined();
    const picture = decode(await readFile(artifacts!['mandelbrot.png']!));
    expect(picture).toMatchObject({ width: 95, height: 95, channels: 3 });
    expect(new Set(picture.data).size).toBeGreaterThan(100);

    const band = 12 * 96;
    const lost = counts.slice().fill(0, 2 * band, 3 * band);
    const doubled = counts.slice().copyWithin(5 * band, 4 * band, 5 * band);
    const shifted = counts.slice().copyWithin(0, 96);
    for (const wrong of [lost, doubled, shifted]) {
      const report = await check(wrong);
      expect(report.problem).toMatch(/^pixel \d+ of row \d+ has \d+ iterations; fixed-point arithmetic gives \d+/);
      expect(report.digest).not.toBe(digest);
      expect(report.artifacts).toBeUndefined();
    }
    expect(await check(counts.slice(96))).toMatchObject({
      problem: expect.stringMatching(/9120 pixels instead of 9216/),
    });
  });
});
