// The tracer against what is known of its pictures without tracing them. That single pixels are right, traced again by
// other code, is tested with the workload path-tracer.
import { describe, expect, it } from 'vitest';
import { pathTraceSync } from '../src/examples/index.ts';
import { expectSameBits } from './support/bits.ts';
import { randomScene, SPHERE_KINDS, sphere, sceneView } from './support/scenes.ts';

const FRAME = { width: 32, height: 24, samples: 8, seed: 5 };
const MIDDLE = 3 * (12 * 32 + 16);
const { matte, metal, glass, light } = SPHERE_KINDS;

/** Spheres under a white sky, from 5 before the origin. */
const render = (...spheres: number[][]): Float32Array =>
  pathTraceSync({ ...FRAME, spheres: Float64Array.from(spheres.flat()), view: sceneView([1, 1, 1], [1, 1, 1]) });
const middleOf = (picture: Float32Array): number[] => [...picture.subarray(MIDDLE, MIDDLE + 3)];

describe('pathTrace', () => {
  it('loses no light and makes none: white things in a white furnace are not to be seen', () => {
    for (const kind of [matte, metal, glass]) {
      const more = kind === glass ? 1.5 : 0;
      expect(new Set(render(sphere(kind, [1, 1, 1], more)))).toEqual(new Set([1]));
    }
    expect(new Set(render())).toEqual(new Set([1]));
  });

  it('takes of the light what the colour says', () => {
    const picture = render(sphere(matte, [0.5, 0.25, 1]));
    expect(middleOf(picture)).toEqual([0.5, 0.25, 1]);
    expect([...picture.subarray(0, 3)]).toEqual([1, 1, 1]);
  });

  it('a mirror shows what is behind the camera, a light is as bright as it says', () => {
    const behind = [0, 0, 30, 20, light, 4, 2, 0, 0];
    expect(middleOf(render(sphere(metal), behind))).toEqual([4, 2, 0]);
    expect(middleOf(render(sphere(light, [3, 2, 1])))).toEqual([3, 2, 1]);
  });

  it('glass as thin as nothing bends nothing', () => {
    const behind = [0, 0, -30, 20, light, 4, 2, 0, 0];
    expect(middleOf(render(sphere(glass, [1, 1, 1], 1), behind))).toEqual([4, 2, 0]);
  });

  it('of two spheres in one place shows the first', () => {
    expect(middleOf(render(sphere(light, [3, 2, 1]), sphere(light, [9, 9, 9])))).toEqual([3, 2, 1]);
  });

  it('mixes the sky by height', () => {
    const view = sceneView([1, 0, 0], [0, 0, 1]);
    const picture = pathTraceSync({ ...FRAME, spheres: new Float64Array(0), view });
    const blueOf = (row: number): number => picture[3 * 32 * row + 2]!;
    expect(blueOf(0)).toBeGreaterThan(blueOf(12));
    expect(blueOf(12)).toBeGreaterThan(blueOf(23));
    for (let at = 0; at < picture.length; at += 3) expect(picture[at]! + picture[at + 2]!).toBeCloseTo(1, 6);
  });

  it('gives the same pixels however the rows are divided, and others for another seed', () => {
    const scene = randomScene(13, 7);
    const whole = pathTraceSync({ ...scene, ...FRAME });
    const parts = new Float32Array(whole.length);
    for (const [rowStart, rowCount] of [
      [17, 7],
      [0, 1],
      [1, 16],
      [24, 0],
    ] as const) {
      const out = parts.subarray(3 * 32 * rowStart, 3 * 32 * (rowStart + rowCount));
      expect(pathTraceSync({ ...scene, ...FRAME, rowStart, rowCount, out })).toBe(out);
    }
    expectSameBits(parts, whole);
    expect(pathTraceSync({ ...scene, ...FRAME, seed: 6 })).not.toEqual(whole);
  });

  it('comes nearer with more paths: the error of four times as many is half', () => {
    const scene = randomScene(9, 3);
    const tiny = { ...scene, width: 8, height: 6, seed: 1 };
    const truth = pathTraceSync({ ...tiny, samples: 4096, seed: 99 });
    const errorOf = (samples: number): number => {
      let sum = 0;
      for (let seed = 0; seed < 12; seed++) {
        pathTraceSync({ ...tiny, samples, seed }).forEach((value, at) => (sum += (value - truth[at]!) ** 2));
      }
      return Math.sqrt(sum);
    };
    const ratio = errorOf(16) / errorOf(64);
    expect(ratio).toBeGreaterThan(1.6);
    expect(ratio).toBeLessThan(2.5);
  });
});
