/**
 * Follows light back from the camera through random reflections: the average of many paths is the light that reaches a
 * pixel (Kajiya, "The rendering equation", 1986; materials as in Shirley, "Ray tracing in one weekend", 2016).
 *
 * Each pixel has random numbers of its own (xoshiro128++ of Blackman and Vigna, seeded from the pixel's number), and
 * only additions, products, quotients and square roots are used: a pixel has the same bits whoever computes it.
 * Numbers are drawn in this order, per path: two for the place within the pixel; then at each surface it meets, for matte
 * a point in the unit ball (three per attempt, until one lies inside and not at its centre), for metal the same, if it is
 * rough, and for glass one, if light can pass at that angle.
 */
import type { Scene, Triple } from './scene.ts';

export interface Frame {
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** Paths per pixel. */
  samples: number;
}

export const SEED = 20_260_101;
/** Surfaces that a path may meet: what light is left after so many is too little to see. */
export const BOUNCES_MAX = 12;
/** A path that leaves a surface doesn't meet it again within this distance, which rounding would make it do. */
export const NEAR = 1e-4;
/** Points so near to the centre of the ball give no direction. */
export const CENTRE = 1e-9;

const PHI = 0x9e37_79b9;

// The generator of the pixel in hand. Bands never run in each other's middle.
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

function seedPixel(pixel: number): void {
  const stem = mix(mix((SEED + PHI) | 0) ^ pixel);
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

// A random point in the unit ball.
let ballX = 0;
let ballY = 0;
let ballZ = 0;
let ballSquare = 0;

function drawInBall(): void {
  do {
    ballX = 2 * random() - 1;
    ballY = 2 * random() - 1;
    ballZ = 2 * random() - 1;
    ballSquare = ballX * ballX + ballY * ballY + ballZ * ballZ;
  } while (ballSquare >= 1 || ballSquare < CENTRE);
}

const KINDS = ['matte', 'metal', 'glass', 'light'] as const;
const MATTE = 0;
const METAL = 1;
const GLASS = 2;
const LIGHT = 3;

const FIELDS = 9; // center, radius, kind, color, roughness or index

/** The scene as one array of numbers, which is read faster than objects. */
function packSpheres({ spheres }: Scene): Float64Array {
  return Float64Array.from(
    spheres.flatMap(({ center, radius, kind, color, roughness = 0, index = 1.5 }) => [
      ...center,
      radius,
      KINDS.indexOf(kind),
      ...color,
      kind === 'glass' ? index : roughness,
    ]),
  );
}

// What the path in hand has gathered.
let red = 0;
let green = 0;
let blue = 0;

/** Adds the light that comes along the path from o in direction d, a unit vector. */
function follow(
  spheres: Float64Array,
  { horizon, zenith }: Scene['sky'],
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
    for (let at = 0; at < spheres.length; at += FIELDS) {
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
      red += passRed * (horizon[0] + up * (zenith[0] - horizon[0]));
      green += passGreen * (horizon[1] + up * (zenith[1] - horizon[1]));
      blue += passBlue * (horizon[2] + up * (zenith[2] - horizon[2]));
      return;
    }
    const kind = spheres[hit + 4]!;
    passRed *= spheres[hit + 5]!;
    passGreen *= spheres[hit + 6]!;
    passBlue *= spheres[hit + 7]!;
    if (kind === LIGHT) {
      red += passRed;
      green += passGreen;
      blue += passBlue;
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
      const scale = 1 / Math.sqrt(ballSquare);
      dx = nx + scale * ballX;
      dy = ny + scale * ballY;
      dz = nz + scale * ballZ;
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
        dx += roughness * ballX;
        dy += roughness * ballY;
        dz += roughness * ballZ;
        // Strayed into the metal.
        if (dx * nx + dy * ny + dz * nz <= 0) return;
      }
    } else if (kind === GLASS) {
      const index = spheres[hit + 8]!;
      const ratio = isInside ? index : 1 / index;
      const cosine = Math.min(facing, 1);
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

function unit([x, y, z]: Triple): Triple {
  const length = Math.sqrt(x * x + y * y + z * z);
  return [x / length, y / length, z / length];
}

const cross = (a: Triple, b: Triple): Triple => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** Light of the pixels of some rows, red, green and blue of each, into `out`: 3 * rowCount * width elements. */
export function traceRows(scene: Scene, frame: Frame, rowStart: number, rowCount: number, out: Float32Array): void {
  const { width, height, samples } = frame;
  const { from, to, up, viewHeight } = scene.camera;
  const ahead = unit([to[0] - from[0], to[1] - from[1], to[2] - from[2]]);
  const right = unit(cross(ahead, up));
  const above = cross(right, ahead);
  const spheres = packSpheres(scene);
  const step = viewHeight / height;
  for (let row = rowStart, at = 0; row < rowStart + rowCount; row++) {
    for (let column = 0; column < width; column++, at += 3) {
      seedPixel(row * width + column);
      red = 0;
      green = 0;
      blue = 0;
      for (let sample = 0; sample < samples; sample++) {
        const u = (column + random() - width / 2) * step;
        const v = (height / 2 - row - random()) * step;
        const x = ahead[0] + u * right[0] + v * above[0];
        const y = ahead[1] + u * right[1] + v * above[1];
        const z = ahead[2] + u * right[2] + v * above[2];
        const length = Math.sqrt(x * x + y * y + z * z);
        follow(spheres, scene.sky, from[0], from[1], from[2], x / length, y / length, z / length);
      }
      out[at] = red / samples;
      out[at + 1] = green / samples;
      out[at + 2] = blue / samples;
    }
  }
}
