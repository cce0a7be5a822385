/** One kernel call, or equal shares of the blocks: only a few numbers travel, so threads and processes do the same. */
import { monteCarloPiSync } from '@heddle/core-js/examples';
import type { Runner, Variants } from '../define-workload.ts';
import { builtFile } from '../support/built-file.ts';
import { endOf, startPool } from '../support/pool.ts';
import { divideCores, splitRange } from '../support/split.ts';
import { BLOCK_SAMPLES, samplesOf } from './input.ts';
import type { MonteCarloSize, PiCount } from './input.ts';
import type * as nativeTasks from './native-tasks.ts';
import type * as tasks from './tasks.ts';

const TASKS = builtFile('./tasks.js', import.meta.url);
const NATIVE_TASKS = builtFile('./native-tasks.js', import.meta.url);

export const variants: Variants<MonteCarloSize, PiCount> = {
  async inline({ size }) {
    return {
      async run() {
        const firstInside = monteCarloPiSync(samplesOf(0, 1)).inside;
        const rest = monteCarloPiSync(samplesOf(1, size.blocks - 1));
        return total(size, firstInside, [rest.inside]);
      },
    };
  },

  threads: ({ size, workers }) => pooled(size, 'threads', workers),

  processes: ({ size, workers }) => pooled(size, 'processes', workers),

  auto: ({ size, workers }) => pooled(size, 'auto', workers),

  'native-1': ({ size }) => native(size, 1),

  'native-all': ({ size, workers }) => native(size, workers),

  async 'processes-native'({ size, workers }) {
    const { processes, threads } = divideCores(workers);
    const pool = await startPool<typeof nativeTasks>(NATIVE_TASKS, 'processes', processes);
    return {
      async run() {
        const [firstInside, ...rest] = await Promise.all(
          sharesOf(size, processes).map((blocks) => pool.run('countInsideNative', [blocks, threads])),
        );
        return total(size, firstInside!, rest);
      },
      close: () => pool.close(),
    };
  },
};

async function pooled(
  size: MonteCarloSize,
  backend: 'threads' | 'processes' | 'auto',
  workers: number,
): Promise<Runner<PiCount>> {
  const pool = await startPool<typeof tasks>(TASKS, backend, workers);
  return {
    async run() {
      const [firstInside, ...rest] = await Promise.all(
        sharesOf(size, workers).map((blocks) => pool.run('countInside', [blocks])),
      );
      return total(size, firstInside!, rest);
    },
    ...endOf(pool),
  };
}

async function native(size: MonteCarloSize, threads: number): Promise<Runner<PiCount>> {
  const { monteCarloPi } = await import('@heddle/core-native/examples');
  return {
    async run() {
      const first = await monteCarloPi(samplesOf(0, 1), { threads });
      const rest = await monteCarloPi(samplesOf(1, size.blocks - 1), { threads });
      return total(size, first.inside, [rest.inside]);
    },
  };
}

/** The first block, then the others in one share per worker. */
function sharesOf({ blocks }: MonteCarloSize, workers: number): tasks.Blocks[] {
  return [samplesOf(0, 1), ...splitRange(blocks - 1, workers).map(({ start, count }) => samplesOf(1 + start, count))];
}

function total({ blocks }: MonteCarloSize, firstInside: number, rest: readonly number[]): PiCount {
  return {
    firstInside,
    inside: rest.reduce((sum, inside) => sum + inside, firstInside),
    samples: blocks * BLOCK_SAMPLES,
  };
}
