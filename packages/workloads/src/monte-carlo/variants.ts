/** A call of each kernel, or equal shares of the blocks: only a few numbers travel, so threads and processes do the same. */
import type { Runner, Variants } from '../define-workload.ts';
import { builtFile } from '../support/built-file.ts';
import { endOf, startPool } from '../support/pool.ts';
import { divideCores, splitRange } from '../support/split.ts';
import { BLOCK_SAMPLES, shareOf } from './input.ts';
import type { MonteCarloSize, Part, Share, Simulated } from './input.ts';
import type * as nativeTasks from './native-tasks.ts';
import type * as tasks from './tasks.ts';
import { simulate } from './tasks.ts';

const TASKS = builtFile('./tasks.js', import.meta.url);
const NATIVE_TASKS = builtFile('./native-tasks.js', import.meta.url);

export const variants: Variants<MonteCarloSize, Simulated> = {
  async inline({ size }) {
    const shares = sharesOf(size, 1);
    return {
      async run() {
        return total(size, shares.map(simulate));
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
    const shares = sharesOf(size, processes);
    return {
      async run() {
        return total(size, await Promise.all(shares.map((share) => pool.run('simulateNative', [share, threads]))));
      },
      close: () => pool.close(),
    };
  },
};

async function pooled(
  size: MonteCarloSize,
  backend: 'threads' | 'processes' | 'auto',
  workers: number,
): Promise<Runner<Simulated>> {
  const pool = await startPool<typeof tasks>(TASKS, backend, workers);
  const shares = sharesOf(size, workers);
  return {
    async run() {
      return total(size, await Promise.all(shares.map((share) => pool.run('simulate', [share]))));
    },
    ...endOf(pool),
  };
}

async function native(size: MonteCarloSize, threads: number): Promise<Runner<Simulated>> {
  const { monteCarloPi, optionPrice } = await import('@heddle/core-native/examples');
  return {
    async run() {
      const parts: Part[] = [];
      for (const { pi, option } of sharesOf(size, 1)) {
        const { inside } = await monteCarloPi(pi, { threads });
        parts.push({ inside, sums: (await optionPrice(option, { threads })).sums });
      }
      return total(size, parts);
    },
  };
}

/** The first block, then the others in one share per worker. */
function sharesOf({ blocks }: MonteCarloSize, workers: number): Share[] {
  return [shareOf(0, 1), ...splitRange(blocks - 1, workers).map(({ start, count }) => shareOf(1 + start, count))];
}

function total({ blocks }: MonteCarloSize, parts: readonly Part[]): Simulated {
  return {
    firstInside: parts[0]!.inside,
    inside: parts.reduce((sum, { inside }) => sum + inside, 0),
    samples: blocks * BLOCK_SAMPLES,
    sums: Float64Array.from(parts.flatMap(({ sums }) => [...sums])),
  };
}
