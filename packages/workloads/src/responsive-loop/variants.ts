/** The same pictures, made on the main thread between its frames, or anywhere else while it waits for them. */
import { setImmediate } from 'node:timers/promises';
import { mandelbrotSync } from '@heddle/core-js/examples';
import type { PoolOptions } from '@heddle/ts-orchestrator';
import type { Runner, VariantContext, Variants } from '../define-workload.ts';
import { builtFile } from '../support/built-file.ts';
import { endOf, startPool } from '../support/pool.ts';
import { FRAME_RATE_HZ, framesOf } from './input.ts';
import type { ResponsiveSize } from './input.ts';
import type * as tasks from './tasks.ts';
import { startTicker } from './ticker.ts';
import type { TickerReport } from './ticker.ts';

const TASKS = builtFile('./tasks.js', import.meta.url);

export interface Responsiveness {
  pictures: Uint16Array[];
  ticks: TickerReport;
}

export const variants: Variants<ResponsiveSize, Responsiveness> = {
  /** The naive way: a task is one synchronous call; the loop turns between tasks only. */
  async inline({ size }) {
    const frames = framesOf(size);
    return {
      run: () =>
        whileTicking(async () => {
          const pictures: Uint16Array[] = [];
          for (const frame of frames) {
            pictures.push(mandelbrotSync(frame));
            await setImmediate();
          }
          return pictures;
        }),
    };
  },

  threads: (context) => pooled(context, 'threads'),

  processes: (context) => pooled(context, 'processes'),

  /** What decides here is how late the loop is. */
  auto: (context) => pooled(context, 'auto', { objective: 'latency' }),

  async 'native-all'({ size, workers }) {
    const { mandelbrot } = await import('@heddle/core-native/examples');
    const frames = framesOf(size);
    return {
      run: () =>
        whileTicking(async () => {
          const pictures: Uint16Array[] = [];
          for (const frame of frames) pictures.push(await mandelbrot(frame, { threads: workers }));
          return pictures;
        }),
    };
  },
};

async function pooled(
  { size, workers }: VariantContext<ResponsiveSize>,
  backend: 'threads' | 'processes' | 'auto',
  more: PoolOptions = {},
): Promise<Runner<Responsiveness>> {
  const frames = framesOf(size);
  const pool = await startPool<typeof tasks>(TASKS, backend, workers, more);
  return {
    run: () => whileTicking(() => Promise.all(frames.map((frame) => pool.run('renderPicture', [frame])))),
    ...endOf(pool),
  };
}

async function whileTicking(work: () => Promise<Uint16Array[]>): Promise<Responsiveness> {
  const ticker = startTicker(FRAME_RATE_HZ);
  try {
    const pictures = await work();
    return { pictures, ticks: await ticker.stop() };
  } catch (error) {
    await ticker.stop();
    throw error;
  }
}
