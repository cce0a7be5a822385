/** A scene file: spheres under a sky, and a camera. Lengths and colours are plain numbers, without unit. */
import { readFile } from 'node:fs/promises';

export type Triple = readonly [number, number, number];

export interface Scene {
  camera: {
    from: Triple;
    to: Triple;
    /** Not parallel to the view. */
    up: Triple;
    /** Height of the picture at distance 1. */
    viewHeight: number;
  };
  /** Light from above, a mixture by height. */
  sky: { horizon: Triple; zenith: Triple };
  spheres: readonly Sphere[];
}

export interface Sphere {
  center: Triple;
  /** Negative: the surface looks inward, as that of a bubble in glass. */
  radius: number;
  /** `light` sends `color` out and reflects nothing; the others take `color` of the light that they send on. */
  kind: 'matte' | 'metal' | 'glass' | 'light';
  color: Triple;
  /** Of metal, 0 to 1: how far a reflection may stray. Default 0. */
  roughness?: number;
  /** Of glass: its index of refraction. Default 1.5. */
  index?: number;
}

/** Beside src and dist. */
const FILE = new URL('../../scenes/spheres.json', import.meta.url);

/** The scene of the workload, or that of another file. Errors: Error that names the file and what is wrong in it. */
export async function readScene(file: URL = FILE): Promise<Scene> {
  const scene = JSON.parse(await readFile(file, 'utf8')) as Scene;
  const problem = findProblem(scene);
  if (problem !== undefined) throw new Error(`${file.pathname}: ${problem}`);
  return scene;
}

const isTriple = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 3 && value.every((each) => Number.isFinite(each));

function findProblem({ camera, sky, spheres }: Partial<Scene>): string | undefined {
  if (![camera?.from, camera?.to, camera?.up].every(isTriple)) return 'camera needs from, to and up of three numbers';
  if (!(camera!.viewHeight > 0)) return 'camera.viewHeight must be greater than 0';
  if (![sky?.horizon, sky?.zenith].every(isTriple)) return 'sky needs horizon and zenith of three numbers';
  if (!Array.isArray(spheres)) return 'spheres must be a list';
  for (const [at, { center, radius, kind, color }] of (spheres as readonly Sphere[]).entries()) {
    if (![center, color].every(isTriple)) return `spheres[${at}] needs center and color of three numbers`;
    if (!Number.isFinite(radius) || radius === 0) return `spheres[${at}].radius must be a number other than 0`;
    if (!['matte', 'metal', 'glass', 'light'].includes(kind)) return `spheres[${at}].kind is unknown: ${String(kind)}`;
  }
  return undefined;
}

/** A scene as the kernels take it. */
export interface PackedScene {
  spheres: Float64Array;
  view: Float64Array;
}

const KINDS = ['matte', 'metal', 'glass', 'light'] as const;

export function packScene({ camera, sky, spheres }: Scene): PackedScene {
  const numbers = spheres.flatMap(({ center, radius, kind, color, roughness = 0, index = 1.5 }) => [
    ...center,
    radius,
    KINDS.indexOf(kind),
    ...color,
    kind === 'glass' ? index : roughness,
  ]);
  const { from, to, up, viewHeight } = camera;
  return {
    spheres: Float64Array.from(numbers),
    view: Float64Array.of(...from, ...to, ...up, viewHeight, ...sky.horizon, ...sky.zenith),
  };
}
