// Scenes for the path tracer.
import { uniform } from './random.ts';

export const SPHERE_KINDS = { matte: 0, metal: 1, glass: 2, light: 3 } as const;

type Colour = readonly [number, number, number];

/** A sphere of radius 1 at the origin. */
export function sphere(kind: number, color: Colour = [1, 1, 1], more = 0): number[] {
  return [0, 0, 0, 1, kind, ...color, more];
}

/** From 5 before the origin. */
export function sceneView(horizon: Colour, zenith: Colour): Float64Array {
  return Float64Array.of(0, 0, 5, 0, 0, 0, 0, 1, 0, 0.6, ...horizon, ...zenith);
}

interface Scene {
  spheres: Float64Array;
  view: Float64Array;
}

/** Spheres of all kinds, some of them inside out, some within others, around the origin. */
export function randomScene(count: number, seed: number): Scene {
  const next = uniform(seed);
  const spheres = Array.from({ length: count }, (_, at) => {
    const center = [3 * next() - 1.5, 2 * next() - 1, 3 * next() - 2];
    const radius = (at % 5 === 4 ? -1 : 1) * (0.1 + 0.5 * next());
    const more = at % 4 === SPHERE_KINDS.glass ? 1 + next() : at % 8 === SPHERE_KINDS.metal ? 0 : next();
    return [...center, radius, at % 4, next(), next(), next(), more];
  });
  return { spheres: Float64Array.from(spheres.flat()), view: sceneView([1, 0.9, 0.8], [0.3, 0.5, 0.9]) };
}
