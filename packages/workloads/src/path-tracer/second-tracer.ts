/** For the check: the light of one pixel, written to be read, not to be fast. */
import type { Scene, Sphere, Triple } from './scene.ts';
import type { Frame } from './input.ts';

/** Surfaces that a path may meet. */
const BOUNCES_MAX = 12;
/** A path that leaves a surface doesn't meet it again within this distance. */
const NEAR = 1e-4;
/** Points so near to the centre of the ball give no direction; squared length. */
const CENTRE = 1e-9;

type Random = () => number;

const combine = (a: Triple, b: Triple, f: (a: number, b: number) => number): Triple => [
  f(a[0], b[0]),
  f(a[1], b[1]),
  f(a[2], b[2]),
];
const add = (a: Triple, b: Triple): Triple => combine(a, b, (x, y) => x + y);
const minus = (a: Triple, b: Triple): Triple => combine(a, b, (x, y) => x - y);
const product = (a: Triple, b: Triple): Triple => combine(a, b, (x, y) => x * y);
const scaled = (a: Triple, by: number): Triple => [a[0] * by, a[1] * by, a[2] * by];
const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const toLength = (a: Triple, length: number): Triple => scaled(a, length / Math.hypot(...a));
const cross = ([a, b, c]: Triple, [x, y, z]: Triple): Triple => [b * z - c * y, c * x - a * z, a * y - b * x];

interface Ray {
  from: Triple;
  /** Of length 1. */
  direction: Triple;
}

interface Meeting {
  sphere: Sphere;
  distance: number;
}

/** Where the ray meets the sphere first, if it does: a root of (from + t * direction - center)^2 = radius^2. */
function meet({ from, direction }: Ray, sphere: Sphere): Meeting | undefined {
  const offset = minus(from, sphere.center);
  const b = 2 * dot(offset, direction);
  const c = dot(offset, offset) - sphere.radius ** 2;
  const discriminant = b ** 2 - 4 * c;
  if (discriminant < 0) return undefined;
  const roots = [-1, 1].map((sign) => (-b + sign * Math.sqrt(discriminant)) / 2);
  const distance = roots.find((root) => root >= NEAR);
  return distance === undefined ? undefined : { sphere, distance };
}

function pointInBall(random: Random): Triple {
  for (;;) {
    const point: Triple = [2 * random() - 1, 2 * random() - 1, 2 * random() - 1];
    const square = dot(point, point);
    if (square < 1 && square >= CENTRE) return point;
  }
}

/** Where light goes on from a surface with normal `normal`, which looks at where it came from; undefined: nowhere. */
function continued(sphere: Sphere, direction: Triple, normal: Triple, isInside: boolean, random: Random) {
  const mirrored = minus(direction, scaled(normal, 2 * dot(direction, normal)));
  if (sphere.kind === 'matte') {
    const sum = add(normal, toLength(pointInBall(random), 1));
    return dot(sum, sum) < CENTRE ? normal : sum;
  }
  if (sphere.kind === 'metal') {
    if (!sphere.roughness) return mirrored;
    const strayed = add(mirrored, scaled(pointInBall(random), sphere.roughness));
    return dot(strayed, normal) > 0 ? strayed : undefined;
  }
  const index = sphere.index ?? 1.5;
  const ratio = isInside ? index : 1 / index;
  const cosine = Math.min(1, -dot(direction, normal));
  const sineBehind = ratio * Math.sqrt(1 - cosine ** 2);
  if (sineBehind > 1) return mirrored;
  const straight = ((1 - ratio) / (1 + ratio)) ** 2;
  if (random() < straight + (1 - straight) * (1 - cosine) ** 5) return mirrored;
  // Along the surface and into it.
  const across = scaled(add(direction, scaled(normal, cosine)), ratio);
  return minus(across, scaled(normal, Math.sqrt(1 - sineBehind ** 2)));
}

/** The light that comes along the ray, with at most `left` surfaces to meet. */
function lightAlong(scene: Scene, ray: Ray, left: number, random: Random): Triple {
  if (left === 0) return [0, 0, 0];
  const meetings = scene.spheres.map((sphere) => meet(ray, sphere)).filter((meeting) => meeting !== undefined);
  const [nearest] = meetings.sort((a, b) => a.distance - b.distance);
  if (nearest === undefined) {
    const { horizon, zenith } = scene.sky;
    return add(horizon, scaled(minus(zenith, horizon), (ray.direction[1] + 1) / 2));
  }
  const { sphere, distance } = nearest;
  if (sphere.kind === 'light') return sphere.color;
  const at = add(ray.from, scaled(ray.direction, distance));
  const outward = scaled(minus(at, sphere.center), 1 / sphere.radius);
  const isInside = dot(ray.direction, outward) > 0;
  const normal = scaled(outward, isInside ? -1 : 1);
  const next = continued(sphere, ray.direction, normal, isInside, random);
  if (next === undefined) return [0, 0, 0];
  return product(sphere.color, lightAlong(scene, { from: at, direction: toLength(next, 1) }, left - 1, random));
}

/** The average light of the pixel's paths. */
export function lightOf(scene: Scene, frame: Frame, column: number, row: number, random: Random): Triple {
  const { from, to, up, viewHeight } = scene.camera;
  const ahead = toLength(minus(to, from), 1);
  const right = toLength(cross(ahead, up), 1);
  const above = cross(right, ahead);
  let sum: Triple = [0, 0, 0];
  for (let sample = 0; sample < frame.samples; sample++) {
    const x = column + random() - frame.width / 2;
    const y = frame.height / 2 - row - random();
    const side = scaled(right, (x * viewHeight) / frame.height);
    const rise = scaled(above, (y * viewHeight) / frame.height);
    const direction = toLength(add(ahead, add(side, rise)), 1);
    sum = add(sum, lightAlong(scene, { from, direction }, BOUNCES_MAX, random));
  }
  return scaled(sum, 1 / frame.samples);
}
