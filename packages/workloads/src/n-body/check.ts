/**
 * Checks the final state by physics and by another sum: linear and angular momentum are conserved by any right leapfrog
 * (every force has its opposite on the same line), the centre of mass stays where it was, and the accelerations of some
 * bodies equal a direct sum taken in the opposite order and in other terms than the kernels'.
 */
import type { VariantContext } from '../define-workload.ts';
import { digestOf } from '../support/digest.ts';
import type { CheckReport } from '../workload.ts';
import { SOFTENING, makeBodies } from './input.ts';
import type { Bodies, NBodySize } from './input.ts';
import type { NBodyState } from './simulate.ts';

/** Bodies whose acceleration is summed again. */
const SAMPLES = 12;
/** Rounding of sums of a few thousand terms stays some orders below; a lost or doubled body lies far above. */
const TOLERANCE = 1e-10;

export async function check(state: NBodyState, { size }: VariantContext<NBodySize>): Promise<CheckReport> {
  const digest = digestOf(state.positions, state.velocities, state.accelerations);
  const problem = findProblem(state, makeBodies(size.bodies));
  return problem === undefined ? { digest } : { digest, problem };
}

function findProblem(state: NBodyState, initial: Bodies): string | undefined {
  const { masses } = initial;
  const { positions, velocities, accelerations } = state;
  const before = invariants(masses, initial.positions, initial.velocities);
  const after = invariants(masses, positions, velocities);
  for (const [name, value] of Object.entries(before)) {
    const now = after[name]!;
    // Written so that NaN is a problem too.
    if (!(Math.abs(now - value) <= TOLERANCE)) {
      return `${name} changed from ${value} to ${now}, and no force from inside can do that`;
    }
  }
  for (let axis = 0; axis < 3; axis++) {
    const force = weightedSum(masses, accelerations, axis);
    if (!(Math.abs(force) <= TOLERANCE)) return `the forces along ${'xyz'[axis]} add up to ${force} instead of 0`;
  }
  for (let sample = 0; sample < SAMPLES; sample++) {
    const body = Math.floor(((sample + 0.5) * masses.length) / SAMPLES);
    const { sum, size } = directSum(masses, positions, body);
    for (let axis = 0; axis < 3; axis++) {
      const value = accelerations[3 * body + axis]!;
      if (!(Math.abs(value - sum[axis]!) <= TOLERANCE * size)) {
        return `the acceleration of body ${body} along ${'xyz'[axis]} is ${value}; summed directly it is ${sum[axis]}`;
      }
    }
  }
  return undefined;
}

/** Sum by body of mass times one axis of a vector. */
function weightedSum(masses: Float64Array, vectors: Float64Array, axis: number): number {
  return masses.reduce((sum, mass, body) => sum + mass * vectors[3 * body + axis]!, 0);
}

function invariants(masses: Float64Array, positions: Float64Array, velocities: Float64Array): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [axis, name] of ['x', 'y', 'z'].entries()) {
    const next = (axis + 1) % 3;
    const last = (axis + 2) % 3;
    values[`the momentum along ${name}`] = weightedSum(masses, velocities, axis);
    values[`the centre of mass along ${name}`] = weightedSum(masses, positions, axis);
    values[`the angular momentum about ${name}`] = masses.reduce((sum, mass, body) => {
      const at = 3 * body;
      return (
        sum + mass * (positions[at + next]! * velocities[at + last]! - positions[at + last]! * velocities[at + next]!)
      );
    }, 0);
  }
  return values;
}

/** From the last body to the first; `size` is the sum of the terms' lengths, which rounding errors scale with. */
function directSum(masses: Float64Array, positions: Float64Array, body: number): { sum: number[]; size: number } {
  const own = positions.subarray(3 * body, 3 * body + 3);
  const sum = [0, 0, 0];
  let size = 0;
  for (let other = masses.length - 1; other >= 0; other--) {
    if (other === body) continue;
    const offset = [0, 1, 2].map((axis) => positions[3 * other + axis]! - own[axis]!);
    const distance = Math.hypot(...offset, SOFTENING);
    const strength = masses[other]! / distance ** 3;
    for (let axis = 0; axis < 3; axis++) sum[axis]! += strength * offset[axis]!;
    size += strength * distance;
  }
  return { sum, size };
}
