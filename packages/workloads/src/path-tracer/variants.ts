/**
 * A picture traced whole, or in bands of rows on a pool. Bands are many more than workers: a row of sky costs a fraction
 * of a row of glass. There is no native kernel for this: what each path does depends on what it hits.
 */
import { sharedArray } from '@heddle/ts-orchestrator';
import type { Runner, VariantContext, Variants } from '../define-workload.ts';
import { builtFile } from '../support/built-file.ts';
import { endOf, startPool } from '../support/pool.ts';
import { splitRange } from '../support/split.ts';
import { CHANNELS, frameOf } from './input.ts';
import type { PathTracerSize } from './input.ts';
import { readScene } from './scene.ts';
import type * as tasks from './tasks.ts';
import { traceRows } from './trace.ts';
import type { Frame } from './trace.ts';

const TASKS = builtFile('./tasks.js', import.meta.url);

/** A guess: enough to even out the rows, few enough that a band costs far more than its trip. */
const BANDS_PER_WORKER = 8;

export const variants: Variants<PathTracerSize, Float32Array> = {
  async inline({ size }) {
    const scene = await readScene();
    const frame = frameOf(size);
    const out = new Float32Array(lengthOf(frame));
    return {
      async run() {
        traceRows(scene, frame, 0, frame.height, out.fill(0));
        return out;
      },
    };
  },

  threads: (context) => shared(context, 'threads'),

  async processes({ size, workers }) {
    const scene = await readScene();
    const frame = frameOf(size);
    const out = new Float32Array(lengthOf(frame));
    const pool = await startPool<typeof tasks>(TASKS, 'processes', workers);
    const bands = bandsOf(frame, workers);
    return {
      async run() {
        out.fill(0);
        await Promise.all(
          bands.map(async (band) =>
            out.set(await pool.run('renderBand', [scene, band]), CHANNELS * band.rowStart * frame.width),
          ),
        );
        return out;
      },
      close: () => pool.close(),
    };
  },

  auto: (context) => shared(context, 'auto'),
};

/** Every worker reads and writes the same memory; it is zeroed in every round, so that no band can be left over. */
async function shared(
  { size, workers }: VariantContext<PathTracerSize>,
  backend: 'threads' | 'auto',
): Promise<Runner<Float32Array>> {
  const scene = await readScene();
  const frame = frameOf(size);
  const out = sharedArray(Float32Array, lengthOf(frame));
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

const lengthOf = ({ width, height }: Frame): number => CHANNELS * width * height;

function bandsOf(frame: Frame, workers: number): tasks.Band[] {
  return splitRange(frame.height, workers * BANDS_PER_WORKER).map(({ start, count }) => ({
    frame,
    rowStart: start,
    rowCount: count,
  }));
}
