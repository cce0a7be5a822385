/**
 * Traces sample pixels again, by a second tracer: vectors as values, a path as a recursion, spheres by the quadratic
 * formula, the generator over whole numbers reduced modulo 2^32. What both have in common is written in words at the top
 * of core-js's path-trace.ts. Then draws the picture.
 */
import { join } from 'node:path';
import type { VariantContext } from '../define-workload.ts';
import { digestOf } from '../support/digest.ts';
import { drawOnce } from '../support/png.ts';
import type { CheckReport } from '../workload.ts';
import { CHANNELS, frameOf } from './input.ts';
import type { Frame, PathTracerSize } from './input.ts';
import { generatorOf } from './second-generator.ts';
import { lightOf } from './second-tracer.ts';
import { readScene } from './scene.ts';
import type { Scene } from './scene.ts';

const SAMPLES = 64;
/** Of a channel, or of 1 where that is more: both tracers round in an order of their own, and reflections magnify it. */
const TOLERANCE = 1e-3;
/** Pixels that may differ more: a path that rounding sends past the edge of a sphere sees something else there. */
const GRAZING_MAX = 1;

export async function check(light: Float32Array, { size, dir }: VariantContext<PathTracerSize>): Promise<CheckReport> {
  const frame = frameOf(size);
  const digest = digestOf(light);
  const problem = findProblem(light, frame, await readScene());
  if (problem !== undefined) return { digest, problem };
  const path = join(dir, 'path-tracer.png');
  await drawOnce(path, digest, async () => (await import('./picture.ts')).draw(light, frame));
  return { digest, artifacts: { 'path-tracer.png': path } };
}

function findProblem(light: Float32Array, frame: Frame, scene: Scene): string | undefined {
  const pixels = frame.width * frame.height;
  if (light.length !== CHANNELS * pixels) return `${light.length / CHANNELS} pixels instead of ${pixels}`;
  const wrong: string[] = [];
  for (let sample = 0; sample < Math.min(SAMPLES, pixels); sample++) {
    // Spread over all rows, and over the columns too.
    const pixel = Math.floor(((sample + 0.37) * pixels) / Math.min(SAMPLES, pixels));
    const row = Math.floor(pixel / frame.width);
    const expected = lightOf(scene, frame, pixel % frame.width, row, generatorOf(frame.seed, pixel));
    const found = [...light.subarray(CHANNELS * pixel, CHANNELS * pixel + CHANNELS)];
    const isRight = expected.every((value, channel) => {
      return Math.abs(found[channel]! - value) <= TOLERANCE * Math.max(1, Math.abs(value));
    });
    if (!isRight) wrong.push(`pixel ${pixel % frame.width} of row ${row} is ${found}; traced again it is ${expected}`);
  }
  return wrong.length > GRAZING_MAX ? wrong[0] : undefined;
}
