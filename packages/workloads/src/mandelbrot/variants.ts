/**
 * A picture computed whole by one kernel call, or in bands of rows on a pool.
 * Bands are many more than workers: rows differ in cost, so equal shares of rows would leave workers idle at the end.
 */
import { mandelbrotSync } from '@heddle/core-js/examples';
import { sharedArray } from '@heddle/ts-orchestrator';
import type { Runner, VariantContext, Variants } from '../define-workload.ts';
import { builtFile } from '../support/built-file.ts';
import { endOf, startPool } from '../support/pool.ts';
import type { Frame } from '../support/escape-check.ts';
import { divideCores, splitRange } from '../support/split.ts';
import { frameOf } from './input.ts';
import type { MandelbrotSize } from './input.ts';
import type * as nativeTasks from './native-tasks.ts';
import type * as tasks from './tasks.ts';

const TASKS = builtFile('./tasks.js', import.meta.url);
const NATIVE_TASKS = builtFile('./native-tasks.js', import.meta.url);

/** A guess: enough to even out the rows, few enough that a band costs far more than its trip. */
const BANDS_PER_WORKER = 8;

export const variants: Variants<MandelbrotSize, Uint16Array> = {
  async inline({ size }) {
    const { frame, out } = setUp(size, 'plain');
    return {
      run: async () => mandelbrotSync({ ...frame, out: out.fill(0) }),
    };
  },

  threads: (context) => shared(context, 'threads'),

  async processes({ size, workers }) {
    const { frame, out } = setUp(size, 'plain');
    const pool = await startPool<typeof tasks>(TASKS, 'processes', workers);
    const bands = bandsOf(frame, workers);
    return {
      async run() {
        out.fill(0);
        await Promise.all(
          bands.map(async (band) => out.set(await pool.run('renderBand', [band]), band.rowStart * frame.width)),
        );
        return out;
      },
      close: () => pool.close(),
    };
  },

  auto: (context) => shared(context, 'auto'),

  'native-1': ({ size }) => native(size, 1),

  'native-all': ({ size, workers }) => native(size, workers),

  async 'processes-native'({ size, workers }) {
    const { frame, out } = setUp(size, 'plain');
    const { processes, threads } = divideCores(workers);
    const pool = await startPool<typeof nativeTasks>(NATIVE_TASKS, 'processes', processes);
    const bands = bandsOf(frame, processes);
    return {
      async run() {
        out.fill(0);
        await Promise.all(
          bands.map(async (band) =>
            out.set(await pool.run('renderBandNative', [band, threads]), band.rowStart * frame.width),
          ),
        );
        return out;
      },
      close: () => pool.close(),
    };
  },
};

/** Every worker reads and writes the same memory. */
async function shared(
  { size, workers }: VariantContext<MandelbrotSize>,
  backend: 'threads' | 'auto',
): Promise<Runner<Uint16Array>> {
  const { frame, out } = setUp(size, 'shared');
  const pool = await startPool<typeof tasks>(TASKS, backend, workers, { require: { sharedMemory: true } });
  const bands = bandsOf(frame, workers);
  return {
    async run() {
      out.fill(0);
      await Promise.all(bands.map((band) => pool.run('renderBandShared', [band, out])));
      return out;
    },
    ...endOf(pool),
  };
}

/** The picture is zeroed in every round, so that no band can be left over from the one before. */
function setUp(size: MandelbrotSize, memory: 'shared' | 'plain'): { frame: Frame; out: Uint16Array } {
  const pixels = size.side * size.side;
  const out = memory === 'shared' ? sharedArray(Uint16Array, pixels) : new Uint16Array(pixels);
  return { frame: frameOf(size), out };
}

function bandsOf(frame: Frame, workers: number): tasks.Band[] {
  return splitRange(frame.height, workers * BANDS_PER_WORKER).map(({ start, count }) => ({
    frame,
    rowStart: start,
    rowCount: count,
  }));
}

async function native(size: MandelbrotSize, threads: number): Promise<Runner<Uint16Array>> {
  const { mandelbrot } = await import('@heddle/core-native/examples');
  const { frame, out } = setUp(size, 'shared');
  return { run: () => mandelbrot({ ...frame, out: out.fill(0) }, { threads }) };
}
