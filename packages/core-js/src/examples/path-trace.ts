// A picture of spheres by following light back from the camera through random reflections: the average of many paths is
// the light that reaches a pixel (Kajiya, "The rendering equation", 1986; materials as in Shirley, "Ray tracing in one
// weekend", 2016).
//
// Each pixel has random numbers of its own (xoshiro128++, seeded from the pixel's number), and only additions, products,
// quotients and square roots are used: a pixel has the same bits whoever computes it. Numbers are drawn in this order, per
// path: two for the place within the pixel; then at each surface it meets, for matte a point in the unit ball (three per
// attempt, until one lies inside and not at its centre), for metal the same, if it is rough, and for glass one, if light
// can pass at that angle.
import type { KernelOptions, SyncKernelOptions } from '../arguments.ts';
import { checkOptions } from '../arguments.ts';
import { beginAsync } from '../async-form.ts';
import { PHI } from '../random-lanes.ts';
import {
  checkPicture,
  newPicture,
  SPHERE_FIELDS,
  type PathTraceParameters,
  type Picture,
} from './path-trace-picture.ts';

/** Surfaces that a path may meet: what light is left after so many is too little to see. */
const BOUNCES_MAX = 12;
/** A path that leaves a surface doesn't meet it again within this distance, which rounding would make it do. */
const NEAR = 1e-4;
/** Points so near to the centre of the ball give no direction. */
const CENTRE = 1e-9;

const MATTE = 0;
const METAL = 1;
const GLASS = 2;
const LIGHT = 3;

/**
 * Light of the pixels of some rows, red, green and blue of each, from 0 (none) upward.
 *
 * The light of a pixel is the average of `samples` random paths; its standard error falls with their square root. Rows are
 * absolute: any split of the picture into rows gives the same light as the whole. Paths end after 12 surfaces.
 * Returns `out`. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`). Runs on the calling thread.
 * Cost: O(width * rowCount * samples * spheres) time, no allocation per pixel.
 */
export function pathTraceSync(parameters: PathTraceParameters, options?: SyncKernelOptions): Float32Array {
  const picture = checkPicture(parameters);
  checkOptions('pathTrace', options);
  return trace(picture);
}

/** {@link pathTraceSync} with a promise; the work runs on the calling thread and keeps it busy. */
export async function pathTrace(parameters: PathTraceParameters, options?: KernelOptions): Promise<Float32Array> {
  const picture = checkPicture(parameters);
  const { spheres, view, out } = picture;
  return trace({ ...picture, ...beginAsync('pathTrace', { spheres, view, out }, options) });
}

// The generator of the pixel in hand. Kernels never run in each other's middle.
let s0 = 0;
let s1 = 0;
let s2 = 0;
let s3 = 0;

/** The finalizer of MurmurHash3 (Appleby). */
function mix(value: number): number {
  let z = value ^ (value >>> 16);
  z = Math.imul(z, 0x85eb_ca6b);
  z ^= z >>> 13;
  z = Math.imul(z, 0xc2b2_ae35);
  return z ^ (z >>> 16);
}

function seedPixel(seed: number, pixel: number): void {
  const stem = mix(mix((seed + PHI) | 0) ^ pixel);
  s0 = mix((stem + PHI) | 0);
  s1 = mix((stem + 2 * PHI) | 0);
  s2 = mix((stem + 3 * PHI) | 0);
  s3 = mix((stem + 4 * PHI) | 0);
  // All zero is the one state that the generator never leaves.
  if ((s0 | s1 | s2 | s3) === 0) s0 = 1;
}

/** 0 to 1, the upper end left out. */
function random(): number {
  const sum = (s0 + s3) | 0;
  const bits = (((sum << 7) | (sum >>> 25)) + s0) | 0;
  const t = s1 << 9;
  s2 ^= s0;
  s3 ^= s1;
  s1 ^= s2;
  s0 ^= s3;
  s2 ^= t;
  s3 = (s3 << 11) | (s3 >>> 21);
  return (bits >>> 0) / 2 ** 32;
}

// Numbers that functions hand on lie in arrays: a variable of this module that holds a double would be a new object with
// every change.

/** A random point in the unit ball, and the square of its distance from the centre. */
const ball = new Float64Array(4);

function drawInBall(): void {
  let square;
  do {
    const x = 2 * random() - 1;
    const y = 2 * random() - 1;
    const z = 2 * random() - 1;
    square = x * x + y * y + z * z;
    ball[0] = x;
    ball[1] = y;
    ball[2] = z;
  } while (square >= 1 || square < CENTRE);
  ball[3] = square;
}

/** What the paths of the pixel in hand have gathered. */
const light = new Float64Array(3);

/** Horizon and zenith of the sky in `view`. */
const HORIZON = 10;
const ZENITH = 13;

/** Adds the light that comes along the path from o in direction d, a unit vector. */
function follow(
  spheres: Float64Array,
  view: Float64Array,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): void {
  let passRed = 1;
  let passGreen = 1;
  let passBlue = 1;
  for (let bounce = 0; bounce < BOUNCES_MAX; bounce++) {
    let nearest = Infinity;
    let hit = -1;
    for (let at = 0; at < spheres.length; at += SPHERE_FIELDS) {
      const cx = spheres[at]! - ox;
      const cy = spheres[at + 1]! - oy;
      const cz = spheres[at + 2]! - oz;
      const radius = spheres[at + 3]!;
      const along = cx * dx + cy * dy + cz * dz;
      const square = along * along - (cx * cx + cy * cy + cz * cz - radius * radius);
      if (square < 0) continue;
      const half = Math.sqrt(square);
      let distance = along - half;
      if (distance < NEAR) distance = along + half;
      if (distance >= NEAR && distance < nearest) {
        nearest = distance;
        hit = at;
      }
    }
    if (hit < 0) {
      const up = 0.5 * (dy + 1);
      light[0]! += passRed * (view[HORIZON]! + up * (view[ZENITH]! - view[HORIZON]!));
      light[1]! += passGreen * (view[HORIZON + 1]! + up * (view[ZENITH + 1]! - view[HORIZON + 1]!));
      light[2]! += passBlue * (view[HORIZON + 2]! + up * (view[ZENITH + 2]! - view[HORIZON + 2]!));
      return;
    }
    const kind = spheres[hit + 4]!;
    passRed *= spheres[hit + 5]!;
    passGreen *= spheres[hit + 6]!;
    passBlue *= spheres[hit + 7]!;
    if (kind === LIGHT) {
      light[0]! += passRed;
      light[1]! += passGreen;
      light[2]! += passBlue;
      return;
    }
    ox += nearest * dx;
    oy += nearest * dy;
    oz += nearest * dz;
    const radius = spheres[hit + 3]!;
    let nx = (ox - spheres[hit]!) / radius;
    let ny = (oy - spheres[hit + 1]!) / radius;
    let nz = (oz - spheres[hit + 2]!) / radius;
    let facing = -(dx * nx + dy * ny + dz * nz);
    const isInside = facing < 0;
    if (isInside) {
      nx = -nx;
      ny = -ny;
      nz = -nz;
      facing = -facing;
    }
    if (kind === MATTE) {
      drawInBall();
      const scale = 1 / Math.sqrt(ball[3]!);
      dx = nx + scale * ball[0]!;
      dy = ny + scale * ball[1]!;
      dz = nz + scale * ball[2]!;
      // Straight against the normal there is no direction left.
      if (dx * dx + dy * dy + dz * dz < CENTRE) {
        dx = nx;
        dy = ny;
        dz = nz;
      }
    } else if (kind === METAL) {
      const roughness = spheres[hit + 8]!;
      dx += 2 * facing * nx;
      dy += 2 * facing * ny;
      dz += 2 * facing * nz;
      if (roughness > 0) {
        drawInBall();
        dx += roughness * ball[0]!;
        dy += roughness * ball[1]!;
        dz += roughness * ball[2]!;
        // Strayed into the metal.
        if (dx * nx + dy * ny + dz * nz <= 0) return;
      }
    } else if (kind === GLASS) {
      const index = spheres[hit + 8]!;
      const ratio = isInside ? index : 1 / index;
      const cosine = facing < 1 ? facing : 1;
      const rest = 1 - ratio * ratio * (1 - cosine * cosine);
      let isReflected = rest < 0;
      if (!isReflected) {
        // Schlick's estimate of how much is reflected.
        const straight = ((1 - ratio) / (1 + ratio)) * ((1 - ratio) / (1 + ratio));
        const grazing = 1 - cosine;
        const square = grazing * grazing;
        isReflected = random() < straight + (1 - straight) * square * square * grazing;
      }
      if (isReflected) {
        dx += 2 * facing * nx;
        dy += 2 * facing * ny;
        dz += 2 * facing * nz;
      } else {
        const push = ratio * cosine - Math.sqrt(rest);
        dx = ratio * dx + push * nx;
        dy = ratio * dy + push * ny;
        dz = ratio * dz + push * nz;
      }
    }
    const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
    dx /= length;
    dy /= length;
    dz /= length;
  }
}

type Triple = readonly [number, number, number];

function unit([x, y, z]: Triple): Triple {
  const length = Math.sqrt(x * x + y * y + z * z);
  return [x / length, y / length, z / length];
}

const cross = (a: Triple, b: Triple): Triple => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

function trace(picture: Picture): Float32Array {
  const { spheres, view, width, height, samples, seed, rowStart, rowCount } = picture;
  const out = picture.out ?? newPicture(picture);
  const [fromX, fromY, fromZ, toX, toY, toZ, upX, upY, upZ, viewHeight] = view;
  const ahead = unit([toX! - fromX!, toY! - fromY!, toZ! - fromZ!]);
  const right = unit(cross(ahead, [upX!, upY!, upZ!]));
  const above = cross(right, ahead);
  const step = viewHeight! / height;
  for (let row = rowStart, at = 0; row < rowStart + rowCount; row++) {
    for (let column = 0; column < width; column++, at += 3) {
      seedPixel(seed, row * width + column);
      light.fill(0);
      for (let sample = 0; sample < samples; sample++) {
        const u = (column + random() - width / 2) * step;
        const v = (height / 2 - row - random()) * step;
        const x = ahead[0] + u * right[0] + v * above[0];
        const y = ahead[1] + u * right[1] + v * above[1];
        const z = ahead[2] + u * right[2] + v * above[2];
        const length = Math.sqrt(x * x + y * y + z * z);
        follow(spheres, view, fromX!, fromY!, fromZ!, x / length, y / length, z / length);
      }
      out[at] = light[0]! / samples;
      out[at + 1] = light[1]! / samples;
      out[at + 2] = light[2]! / samples;
    }
  }
  return out;
}
