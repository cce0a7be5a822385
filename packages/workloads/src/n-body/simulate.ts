/**
 * The simulation around the kernel: leapfrog (half kick, drift, half kick), the same code in every variant. Only how the
 * accelerations come about differs, and every way gives the same bits, so the trajectories are equal to the last bit.
 */
import { TIME_STEP } from './input.ts';
import type { Bodies } from './input.ts';

export interface NBodyState {
  positions: Float64Array;
  velocities: Float64Array;
  /** At the final positions. */
  accelerations: Float64Array;
}

/** Fills `accelerations` for the bodies at `positions`; both are the arrays given to `simulate`, in every step. */
export type Accelerate = () => Promise<void>;

/**
 * Runs `steps` steps from the initial state, in place; steps + 1 evaluations.
 * @param state its arrays are overwritten with the initial state first
 */
export async function simulate(
  initial: Bodies,
  steps: number,
  state: NBodyState,
  accelerate: Accelerate,
): Promise<NBodyState> {
  const { positions, velocities, accelerations } = state;
  positions.set(initial.positions);
  velocities.set(initial.velocities);
  // Not a number until computed: a share that nobody wrote shows in every later position.
  accelerations.fill(NaN);
  await accelerate();
  for (let step = 0; step < steps; step++) {
    addScaled(velocities, accelerations, TIME_STEP / 2);
    addScaled(positions, velocities, TIME_STEP);
    accelerations.fill(NaN);
    await accelerate();
    addScaled(velocities, accelerations, TIME_STEP / 2);
  }
  return state;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += source[i]! * factor;
}
