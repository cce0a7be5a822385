import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import * as pathTracerCheck from '../src/path-tracer/check.ts';
import { readScene } from '../src/path-tracer/scene.ts';
import { variants as pathTracer } from '../src/path-tracer/variants.ts';
import { start, testDir } from './support.ts';

const WIDTH = 64;
const HEIGHT = 48;

describe('the check of path-tracer', () => {
  it('sees a lost band, a doubled band and bands in the wrong place; draws the right picture only', async () => {
    const context = { size: { width: WIDTH, samples: 16 }, workers: 1, dir: await testDir() };
    const light = await (await start(pathTracer, 'inline', context)).run();
    const check = (wrong: Float32Array) => pathTracerCheck.check(wrong, context);
    const { digest, problem, artifacts } = await check(light);
    expect(problem).toBeUndefined();
    const picture = decode(await readFile(artifacts!['path-tracer.png']!));
    expect(picture).toMatchObject({ width: WIDTH, height: HEIGHT, channels: 3 });
    expect(new Set(picture.data).size).toBeGreaterThan(100);

    const band = 3 * 6 * WIDTH;
    const lost = light.slice().fill(0, 2 * band, 3 * band);
    const doubled = light.slice().copyWithin(5 * band, 4 * band, 5 * band);
    const shifted = light.slice().copyWithin(0, 3 * WIDTH);
    for (const wrong of [lost, doubled, shifted]) {
      const report = await check(wrong);
      expect(report.problem).toMatch(/^pixel \d+ of row \d+ is .*; traced again it is /);
      expect(report.digest).not.toBe(digest);
      expect(report.artifacts).toBeUndefined();
    }
    expect(await check(light.slice(3 * WIDTH))).toMatchObject({ problem: '3008 pixels instead of 3072' });
  });
});

describe('a scene file', () => {
  it('that is wrong is refused with its name and what is wrong', async () => {
    const file = path.join(await testDir(), 'scene.json');
    const good = await readScene();
    const wrong: [object, string][] = [
      [{ ...good, camera: { ...good.camera, from: [1, 2] } }, 'camera needs'],
      [{ ...good, camera: { ...good.camera, viewHeight: 0 } }, 'camera.viewHeight must'],
      [{ ...good, sky: {} }, 'sky needs'],
      [{ ...good, spheres: {} }, 'spheres must be a list'],
      [{ ...good, spheres: [{ ...good.spheres[0], radius: 0 }] }, 'spheres[0].radius'],
      [{ ...good, spheres: [good.spheres[0], { ...good.spheres[1], color: [1, 1, null] }] }, 'spheres[1] needs'],
      [{ ...good, spheres: [{ ...good.spheres[0], kind: 'wood' }] }, 'spheres[0].kind is unknown: wood'],
    ];
    for (const [scene, message] of wrong) {
      await writeFile(file, JSON.stringify(scene));
      await expect(readScene(pathToFileURL(file))).rejects.toThrow(`${file}: ${message}`);
    }
  });
});
