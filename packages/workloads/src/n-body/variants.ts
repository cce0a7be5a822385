/** One kernel call per step, or one share of the bodies per worker: every body costs the same, so equal shares fit. */
import { nbodyAccelerationsSync } from '@heddle/core-js/examples';
import { sharedArray } from '@heddle/ts-orchestrator';
import type { Runner, VariantContext, Variants } from '../define-workload.ts';
import { builtFile } from '../support/built-file.ts';
import { endOf, startPool } from '../support/pool.ts';
import { divideCores, splitRange } from '../support/split.ts';
import { SOFTENING, makeBodies } from './input.ts';
import type { Bodies, NBodySize } from './input.ts';
import { simulate } from './simulate.ts';
import type { NBodyState } from './simulate.ts';
import type * as nativeTasks from './native-tasks.ts';
import type * as tasks from './tasks.ts';

const TASKS = builtFile('./tasks.js', import.meta.url);
const NATIVE_TASKS = builtFile('./native-tasks.js', import.meta.url);

export const variants: Variants<NBodySize, NBodyState> = {
  async inline({ size }) {
    const { initial, state, system } = setUp(size, 'plain');
    const { accelerations: out } = state;
    return {
      run: () =>
        simulate(initial, size.steps, state, async () => {
          nbodyAccelerationsSync({ ...system, out });
        }),
    };
  },

  threads: (context) => shared(context, 'threads'),

  async processes({ size, workers }) {
    const { initial, state, system } = setUp(size, 'plain');
    const pool = await startPool<typeof tasks>(TASKS, 'processes', workers);
    const shares = sharesOf(system, workers);
    return {
      run: () =>
        simulate(initial, size.steps, state, async () => {
          await Promise.all(
            shares.map(async (share) =>
              state.accelerations.set(await pool.run('accelerateShare', [share]), 3 * share.bodyStart),
            ),
          );
        }),
      close: () => pool.close(),
    };
  },

  auto: (context) => shared(context, 'auto'),

  'native-1': ({ size }) => native(size, 1),

  'native-all': ({ size, workers }) => native(size, workers),

  async 'processes-native'({ size, workers }) {
    const { initial, state, system } = setUp(size, 'plain');
    const { processes, threads } = divideCores(workers);
    const pool = await startPool<typeof nativeTasks>(NATIVE_TASKS, 'processes', processes);
    const shares = sharesOf(system, processes);
    return {
      run: () =>
        simulate(initial, size.steps, state, async () => {
          await Promise.all(
            shares.map(async (share) =>
              state.accelerations.set(await pool.run('accelerateShareNative', [share, threads]), 3 * share.bodyStart),
            ),
          );
        }),
      close: () => pool.close(),
    };
  },
};

interface System {
  positions: Float64Array;
  masses: Float64Array;
  softening: number;
}

/** Every worker reads and writes the same memory. */
async function shared(
  { size, workers }: VariantContext<NBodySize>,
  backend: 'threads' | 'auto',
): Promise<Runner<NBodyState>> {
  const { initial, state, system } = setUp(size, 'shared');
  const pool = await startPool<typeof tasks>(TASKS, backend, workers, { require: { sharedMemory: true } });
  const shares = sharesOf(system, workers);
  return {
    run: () =>
      simulate(initial, size.steps, state, async () => {
        await Promise.all(shares.map((share) => pool.run('accelerateShareShared', [share, state.accelerations])));
      }),
    ...endOf(pool),
  };
}

/** Shared memory where threads read the positions of every step and write their accelerations in place. */
function setUp(size: NBodySize, memory: 'shared' | 'plain'): { initial: Bodies; state: NBodyState; system: System } {
  const make = (length: number) => (memory === 'shared' ? sharedArray(Float64Array, length) : new Float64Array(length));
  const state = {
    positions: make(3 * size.bodies),
    velocities: make(3 * size.bodies),
    accelerations: make(3 * size.bodies),
  };
  const initial = makeBodies(size.bodies);
  const masses = make(size.bodies);
  masses.set(initial.masses);
  return { initial, state, system: { positions: state.positions, masses, softening: SOFTENING } };
}

function sharesOf(system: System, workers: number): tasks.Share[] {
  const bodies = system.masses.length;
  return splitRange(bodies, workers).map(({ start, count }) => ({ ...system, bodyStart: start, bodyCount: count }));
}

async function native(size: NBodySize, threads: number): Promise<Runner<NBodyState>> {
  const { nbodyAccelerations } = await import('@heddle/core-native/examples');
  const { initial, state, system } = setUp(size, 'shared');
  const { accelerations: out } = state;
  return {
    run: () =>
      simulate(initial, size.steps, state, async () => {
        await nbodyAccelerations({ ...system, out }, { threads });
      }),
  };
}
