/**
 * A picture traced whole by one kernel call, or in bands of rows on a pool. Bands are many more than workers: a row of sky
 * costs a fraction of a row of glass.
 */
import { pathTraceSync } from '@heddle/core-js/examples';
import { sharedArray } from '@heddle/ts-orchestrator';
import type { Runner, VariantContext, Variants } from '../define-workload.ts';
import { builtFile } from '../support/built-file.ts';
import { endOf, startPool } from '../support/pool.ts';
import { divideCores, splitRange } from '../support/split.ts';
import { CHANNELS, frameOf } from './input.ts';
import type { Frame, PathTracerSize } from './input.ts';
import type * as nativeTasks from './native-tasks.ts';
import { packScene, readScene } from './scene.ts';
import type { PackedScene } from './scene.ts';
import type * as tasks from './tasks.ts';

const TASKS = builtFile('./tasks.js', import.meta.url);
const NATIVE_TASKS = builtFile('./native-tasks.js', import.meta.url);

/** A guess: enough to even out the rows, few enough that a band costs far more than its trip. */
const BANDS_PER_WORKER = 8;

export const variants: Variants<PathTracerSize, Float32Array> = {
  async inline({ size }) {
    const { scene, frame, out } = await setUp(size, 'plain');
    return {
      run: async () => pathTraceSync({ ...scene, ...frame, out: out.fill(0) }),
    };
  },

  threads: (context) => shared(context, 'threads'),

  async processes({ size, workers }) {
    const { scene, frame, out } = await setUp(size, 'plain');
    const pool = await startPool<typeof tasks>(TASKS, 'processes', workers);
    return {
      run: () => gather(frame, workers, out, (band) => pool.run('renderBand', [scene, band])),
      close: () => pool.close(),
    };
  },

  auto: (context) => shared(context, 'auto'),

  'native-1': ({ size }) => native(size, 1),

  'native-all': ({ size, workers }) => native(size, workers),

  async 'processes-native'({ size, workers }) {
    const { scene, frame, out } = await setUp(size, 'plain');
    const { processes, threads } = divideCores(workers);
    const pool = await startPool<typeof nativeTasks>(NATIVE_TASKS, 'processes', processes);
    return {
      run: () => gather(frame, processes, out, (band) => pool.run('renderBandNative', [scene, band, threads])),
      close: () => pool.close(),
    };
  },
};

interface SetUp {
  scene: PackedScene;
  frame: Frame;
  /** Zeroed in every round, so that no band can be left over from the one before. */
  out: Float32Array;
}

async function setUp(size: PathTracerSize, memory: 'shared' | 'plain'): Promise<SetUp> {
  const scene = packScene(await readScene());
  const frame = frameOf(size);
  const length = CHANNELS * frame.width * frame.height;
  return { scene, frame, out: memory === 'shared' ? sharedArray(Float32Array, length) : new Float32Array(length) };
}

/** Every worker reads and writes the same memory. */
async function shared(
  { size, workers }: VariantContext<PathTracerSize>,
  backend: 'threads' | 'auto',
): Promise<Runner<Float32Array>> {
  const { scene, frame, out } = await setUp(size, 'shared');
  const pool = await startPool<typeof tasks>(TASKS, backend, workers, { require: { sharedMemory: true } });
  const bands = bandsOf(frame, workers);
  return {
    async run() {
      out.fill(0);
      await Promise.all(bands.map((band) => pool.run('renderBandShared', [scene, band, out])));
      return out;
    },
    ...endOf(pool),
  };
}

/** Bands that are sent back by value. */
async function gather(
  frame: Frame,
  workers: number,
  out: Float32Array,
  render: (band: tasks.Band) => Promise<Float32Array>,
): Promise<Float32Array> {
  out.fill(0);
  const rowLength = CHANNELS * frame.width;
  await Promise.all(
    bandsOf(frame, workers).map(async (band) => out.set(await render(band), band.rowStart * rowLength)),
  );
  return out;
}

async function native(size: PathTracerSize, threads: number): Promise<Runner<Float32Array>> {
  const { pathTrace } = await import('@heddle/core-native/examples');
  const { scene, frame, out } = await setUp(size, 'shared');
  return { run: () => pathTrace({ ...scene, ...frame, out: out.fill(0) }, { threads }) };
}

function bandsOf(frame: Frame, workers: number): tasks.Band[] {
  return splitRange(frame.height, workers * BANDS_PER_WORKER).map(({ start, count }) => ({
    ...frame,
    rowStart: start,
    rowCount: count,
  }));
}
