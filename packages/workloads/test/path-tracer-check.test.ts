import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import * as pathTracerCheck from '../src/path-tracer/check.ts';
import { readScene } from '../src/path-tracer/scene.ts';
import type { Scene, Sphere } from '../src/path-tracer/scene.ts';
import { traceRows } from '../src/path-tracer/trace.ts';
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

describe('the tracer', () => {
  const white = [1, 1, 1] as const;
  const sceneOf = (...spheres: Sphere[]): Scene => ({
    camera: { from: [0, 0, 5], to: [0, 0, 0], up: [0, 1, 0], viewHeight: 0.6 },
    sky: { horizon: white, zenith: white },
    spheres,
  });
  const render = (scene: Scene) => {
    const out = new Float32Array(3 * 32 * 24);
    traceRows(scene, { width: 32, height: 24, samples: 8 }, 0, 24, out);
    return out;
  };
  const ball = (kind: Sphere['kind'], more: Partial<Sphere> = {}): Sphere => {
    return { center: [0, 0, 0], radius: 1, kind, color: white, ...more };
  };

  it('loses no light and makes none: white things in a white furnace are not to be seen', () => {
    const spheres = [ball('matte'), ball('metal'), ball('glass')];
    for (const sphere of spheres) expect(new Set(render(sceneOf(sphere)))).toEqual(new Set([1]));
  });

  it('takes of the light what the colour says', () => {
    const light = render(sceneOf(ball('matte', { color: [0.5, 0.25, 1] })));
    const middle = 3 * (12 * 32 + 16);
    expect([...light.subarray(middle, middle + 3)]).toEqual([0.5, 0.25, 1]);
    expect([...light.subarray(0, 3)]).toEqual([1, 1, 1]);
  });

  it('a mirror shows what is behind the camera, a light is as bright as it says', () => {
    const behind: Sphere = { center: [0, 0, 30], radius: 20, kind: 'light', color: [4, 2, 0] };
    const middle = 3 * (12 * 32 + 16);
    const mirrored = render(sceneOf(ball('metal'), behind));
    expect([...mirrored.subarray(middle, middle + 3)]).toEqual([4, 2, 0]);
    expect([...render(sceneOf(ball('light', { color: [3, 2, 1] }))).subarray(middle, middle + 3)]).toEqual([3, 2, 1]);
  });

  it('gives the same pixels however the rows are divided', async () => {
    const scene = await readScene();
    const frame = { width: 32, height: 24, samples: 2 };
    const whole = new Float32Array(3 * 32 * 24);
    traceRows(scene, frame, 0, 24, whole);
    const parts = new Float32Array(whole.length);
    for (const [start, count] of [
      [17, 7],
      [0, 1],
      [1, 16],
    ] as const) {
      traceRows(scene, frame, start, count, parts.subarray(3 * 32 * start, 3 * 32 * (start + count)));
    }
    expect(parts).toEqual(whole);
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
