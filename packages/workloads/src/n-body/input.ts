/** A rotating ball of bodies, the same for a given number of them. Total mass 1, at rest as a whole. */

export interface NBodySize {
  [key: string]: number;
  bodies: number;
  steps: number;
}

const FULL_BODIES = 4096;
const STEPS = 4;

/** Pairs are what cost, so the number of bodies grows with the square root of the work. */
export function sizeOf(work: number): NBodySize {
  return { bodies: Math.max(16, Math.round((FULL_BODIES * Math.sqrt(work)) / 16) * 16), steps: STEPS };
}

/** 512 bodies. */
export const minimumWork = (512 / FULL_BODIES) ** 2;

/** Softening keeps close encounters finite; the time step is small against a crossing of the ball. Both in units where G = 1. */
export const SOFTENING = 0.02;
export const TIME_STEP = 1 / 256;

/** Positions and velocities as x0 y0 z0 x1 …. */
export interface Bodies {
  masses: Float64Array;
  positions: Float64Array;
  velocities: Float64Array;
}

export function makeBodies(count: number): Bodies {
  const random = randomNumbers(count);
  const masses = new Float64Array(count);
  const positions = new Float64Array(3 * count);
  const velocities = new Float64Array(3 * count);
  for (let body = 0; body < count; body++) {
    const [x, y, z] = pointInBall(random);
    masses[body] = (0.5 + random()) / count;
    positions.set([x, y, z], 3 * body);
    // Turning about the z axis at about half the speed that gravity would balance, with some disorder.
    velocities.set(
      [-0.5 * y + 0.1 * (random() - 0.5), 0.5 * x + 0.1 * (random() - 0.5), 0.1 * (random() - 0.5)],
      3 * body,
    );
  }
  bringToRest(masses, positions);
  bringToRest(masses, velocities);
  return { masses, positions, velocities };
}

function pointInBall(random: () => number): [number, number, number] {
  for (;;) {
    const x = 2 * random() - 1;
    const y = 2 * random() - 1;
    const z = 2 * random() - 1;
    if (x * x + y * y + z * z <= 1) return [x, y, z];
  }
}

/** Subtracts the mean weighted by mass. */
function bringToRest(masses: Float64Array, vectors: Float64Array): void {
  for (let axis = 0; axis < 3; axis++) {
    let total = 0;
    let mass = 0;
    for (let body = 0; body < masses.length; body++) {
      total += masses[body]! * vectors[3 * body + axis]!;
      mass += masses[body]!;
    }
    for (let body = 0; body < masses.length; body++) vectors[3 * body + axis]! -= total / mass;
  }
}

/** Numbers in [0, 1), a Weyl sequence through an integer mixer: no state but a counter, equal on every machine. */
function randomNumbers(seed: number): () => number {
  let counter = seed >>> 0;
  return () => {
    counter = (counter + 0x9e3779b9) >>> 0;
    let z = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}
