/**
 * Sort, then count: by one kernel call after the other, or by sorting parts and merging them in pairs.
 * Threads merge and count in parts too, since every part lies in shared memory. Processes sort their part by value; sending
 * the keys once more to merge or count them would cost more than doing it, so that is left to the host.
 */
import { sortSync } from '@heddle/core-js';
import { sharedArray } from '@heddle/ts-orchestrator';
import type { Runner, VariantContext, Variants } from '../define-workload.ts';
import { builtFile } from '../support/built-file.ts';
import { endOf, startPool } from '../support/pool.ts';
import { divideCores, splitRange } from '../support/split.ts';
import type { Range } from '../support/split.ts';
import { HISTOGRAM, readKeys } from './input.ts';
import type { SortReduceSize } from './input.ts';
import { mergePart, splitMerge } from './merge.ts';
import type { MergePart } from './merge.ts';
import { SUM_BLOCK, countRuns, joinParts, reducePart } from './reduce.ts';
import type { Reduction } from './reduce.ts';
import type * as nativeTasks from './native-tasks.ts';
import type * as tasks from './tasks.ts';

const TASKS = builtFile('./tasks.js', import.meta.url);
const NATIVE_TASKS = builtFile('./native-tasks.js', import.meta.url);

type Context = VariantContext<SortReduceSize>;

export const variants: Variants<SortReduceSize, Reduction> = {
  async inline(context) {
    const { keys, work } = await setUp(context, 'plain');
    return {
      async run() {
        work.set(keys);
        sortSync(work);
        return joinParts(work, [reducePart(work, { start: 0, count: work.length })]);
      },
    };
  },

  threads: (context) => shared(context, 'threads'),

  processes: (context) =>
    sortedByValue(context, context.workers, async () => {
      const pool = await startPool<typeof tasks>(TASKS, 'processes', context.workers);
      return {
        sort: (keys) => pool.run('sortValues', [keys], { transfer: [keys.buffer as ArrayBuffer] }),
        close: () => pool.close(),
      };
    }),

  auto: (context) => shared(context, 'auto'),

  'native-1': (context) => kernels(context, 1),

  'native-all': (context) => kernels(context, context.workers),

  'processes-native'(context) {
    const { processes, threads } = divideCores(context.workers);
    return sortedByValue(context, processes, async () => {
      const pool = await startPool<typeof nativeTasks>(NATIVE_TASKS, 'processes', processes);
      return {
        sort: (keys) => pool.run('sortValuesNative', [keys, threads], { transfer: [keys.buffer as ArrayBuffer] }),
        close: () => pool.close(),
      };
    });
  },
};

/** Every worker reads and writes the same memory. */
async function shared(context: Context, backend: 'threads' | 'auto'): Promise<Runner<Reduction>> {
  const { workers } = context;
  const { keys, work } = await setUp(context, 'shared');
  const spare = sharedArray(Float64Array, keys.length);
  const pool = await startPool<typeof tasks>(TASKS, backend, workers, { require: { sharedMemory: true } });
  return {
    async run() {
      work.set(keys);
      const runs = splitRange(work.length, workers);
      await Promise.all(runs.map((range) => pool.run('sortShared', [work, range])));
      const sorted = await mergeRuns(work, spare, runs, workers, (from, out, part) =>
        pool.run('mergeShared', [from, out, part]),
      );
      const parts = blockRanges(sorted.length, workers);
      return joinParts(sorted, await Promise.all(parts.map((range) => pool.run('reduceShared', [sorted, range]))));
    },
    ...endOf(pool),
  };
}

/** The input and an array to sort it in: shared where threads work in place, plain where one thread has it alone. */
async function setUp({ size, dir }: Context, memory: 'shared' | 'plain') {
  const keys = await readKeys(size, dir);
  const work = memory === 'shared' ? sharedArray(Float64Array, keys.length) : new Float64Array(keys.length);
  return { keys, work };
}

/** Sorts a part by value in another process; the part's memory is given away. */
interface PartSorter {
  sort(keys: Float64Array): Promise<Float64Array>;
  close(): Promise<void>;
}

async function sortedByValue(
  context: Context,
  parts: number,
  startSorter: () => Promise<PartSorter>,
): Promise<Runner<Reduction>> {
  const { keys, work } = await setUp(context, 'plain');
  const spare = new Float64Array(keys.length);
  const sorter = await startSorter();
  return {
    async run() {
      const runs = splitRange(keys.length, parts);
      await Promise.all(
        runs.map(async ({ start, count }) => work.set(await sorter.sort(keys.slice(start, start + count)), start)),
      );
      const sorted = await mergeRuns(work, spare, runs, 1, async (from, out, part) => mergePart(from, out, part));
      return joinParts(sorted, [reducePart(sorted, { start: 0, count: sorted.length })]);
    },
    close: () => sorter.close(),
  };
}

async function kernels(context: Context, threads: number): Promise<Runner<Reduction>> {
  const native = await import('@heddle/core-native');
  const { keys, work } = await setUp(context, 'shared');
  return {
    async run() {
      work.set(keys);
      await native.sort(work, { threads });
      // One after the other: two jobs at once would keep twice as many cores busy.
      const histogram = await native.histogram(work, { ...HISTOGRAM, threads });
      const sum = await native.sum(work, { threads });
      const counts = countRuns(work, { start: 0, count: work.length });
      return { sorted: work, ...counts, histogram, mean: sum / work.length };
    },
  };
}

/** Merges neighbouring runs in pairs until one is left, each pair in `parts` shares; returns the array that holds it. */
async function mergeRuns(
  keys: Float64Array,
  spare: Float64Array,
  runs: readonly Range[],
  parts: number,
  merge: (from: Float64Array, out: Float64Array, part: MergePart) => Promise<void>,
): Promise<Float64Array> {
  if (runs.length <= 1) return keys;
  const merged: Range[] = [];
  const shares: MergePart[] = [];
  const pairs = Math.ceil(runs.length / 2);
  for (let run = 0; run < runs.length; run += 2) {
    const left = runs[run]!;
    const right = runs[run + 1] ?? { start: left.start + left.count, count: 0 };
    shares.push(...splitMerge(keys, left, right, Math.ceil(parts / pairs)));
    merged.push({ start: left.start, count: left.count + right.count });
  }
  await Promise.all(shares.map((share) => merge(keys, spare, share)));
  return mergeRuns(spare, keys, merged, parts, merge);
}

/** Ranges that start at multiples of the sum's block. */
function blockRanges(length: number, parts: number): Range[] {
  return splitRange(Math.ceil(length / SUM_BLOCK), parts).map(({ start, count }) => {
    const first = start * SUM_BLOCK;
    return { start: first, count: Math.min(count * SUM_BLOCK, length - first) };
  });
}
