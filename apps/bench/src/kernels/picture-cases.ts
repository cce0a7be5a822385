// Pictures: many independent pixels of uneven cost.
import { bytesOf, WITHOUT_PLAIN } from './case-parts.ts';
import type { BenchCase, CaseWork } from './case-table.ts';
import { uniform } from './inputs.ts';

const mandelbrotCase: BenchCase = {
  id: 'mandelbrot f64',
  kernel: 'mandelbrot',
  type: 'f64',
  about: 'The whole set, at most 256 iterations, from 3 units across.',
  sizes: [16, 64, 256, 1024, 2048],
  quickSizes: [16, 64, 512],
  sizeLabel: 'pixels per side',
  unit: 'Mpixel/s',
  work: (side) => side * side,
  workTimed: 400_000,
  contestants: WITHOUT_PLAIN,
  inexact: [],
  make(side): CaseWork<Uint16Array, Uint16Array> {
    const picture = { width: side, height: side, centerX: -0.5, centerY: 0, pixelSize: 3 / side, maxIter: 256 };
    const out = new Uint16Array(side * side);
    return {
      inputs: (count) => Array.from({ length: count }, () => out),
      call: (core, threads) => (out) =>
        core.mandelbrotSync({ ...picture, out }, threads === undefined ? undefined : { threads }),
      bytes: bytesOf,
    };
  },
};

const PATHS_PER_PIXEL = 16;
const SPHERES = 14;
const SPHERE_KINDS = 4;
const GLASS = 2;
/** From (0, 0.5, 5), under a blue sky. */
const VIEW = Float64Array.of(0, 0.5, 5, 0, 0, 0, 0, 1, 0, 0.8, 1, 0.95, 0.9, 0.3, 0.5, 0.9);

/** Spheres of all kinds side by side, on one that is the ground. */
function makeSpheres(): Float64Array {
  const next = uniform(SPHERES);
  const spheres = [[0, -1000.7, 0, 1000, 0, 0.5, 0.5, 0.5, 0]];
  while (spheres.length < SPHERES) {
    const kind = spheres.length % SPHERE_KINDS;
    const [x, y, z, radius] = [5 * next() - 2.5, next() - 0.4, 4 * next() - 3, 0.2 + 0.3 * next()];
    spheres.push([x, y, z, radius, kind, 0.5 + next() / 2, 0.5 + next() / 2, next(), kind === GLASS ? 1.5 : 0.1]);
  }
  return Float64Array.from(spheres.flat());
}

const pathTraceCase: BenchCase = {
  id: 'pathTrace f32',
  kernel: 'pathTrace',
  type: 'f32',
  about: `${SPHERES} spheres of all kinds under a sky, ${PATHS_PER_PIXEL} paths per pixel.`,
  sizes: [8, 32, 128, 512],
  quickSizes: [8, 32, 128],
  sizeLabel: 'pixels per side',
  unit: 'Mpath/s',
  work: (side) => side * side * PATHS_PER_PIXEL,
  workTimed: 300_000,
  contestants: WITHOUT_PLAIN,
  inexact: [],
  make(side): CaseWork<Float32Array, Float32Array> {
    const picture = {
      spheres: makeSpheres(),
      view: VIEW,
      width: side,
      height: side,
      samples: PATHS_PER_PIXEL,
      seed: 1,
    };
    const out = new Float32Array(3 * side * side);
    return {
      inputs: (count) => Array.from({ length: count }, () => out),
      call: (core, threads) => (out) =>
        core.pathTraceSync({ ...picture, out }, threads === undefined ? undefined : { threads }),
      bytes: bytesOf,
    };
  },
};

export const PICTURE_CASES: readonly BenchCase[] = [mandelbrotCase, pathTraceCase];
