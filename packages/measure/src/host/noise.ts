/** How steady this machine is right now: the same work, timed again and again. */
import { setImmediate } from 'node:timers/promises';
import { summarize } from '../statistics/summary.ts';

/** Length of one sample. 4 ms (a guess): long beside the clock's step, short beside a scheduler's slice of other work. */
const SAMPLE_MS = 4;
/** Number of samples: 40 of 4 ms keep the whole below a quarter of a second. */
const SAMPLES = 40;
const FIRST_ITERATIONS = 1 << 16;

/**
 * Relative spread, (q3 - q1) / median, of a fixed loop on this thread: 0.01 on a quiet machine, 0.1 and more where other
 * programs compete. Differences below it mean nothing. Takes about 200 ms of one core; yields to the loop between samples.
 */
export async function measureNoise(): Promise<number> {
  let iterations = FIRST_ITERATIONS;
  // Warm-up and calibration in one: double until a sample is long enough.
  while (timeLoopMs(iterations) < SAMPLE_MS) {
    iterations *= 2;
    await setImmediate();
  }
  const samples: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    samples.push(timeLoopMs(iterations));
    await setImmediate();
  }
  return summarize(samples).relativeSpread;
}

function timeLoopMs(iterations: number): number {
  const startMs = performance.now();
  let state = 1;
  for (let i = 0; i < iterations; i++) state = (Math.imul(state, 0x5bd1e995) ^ (state >>> 15)) | 0;
  const endMs = performance.now();
  // The result takes part in the answer, so that no compiler may drop the loop; a 32-bit integer is never NaN.
  return Number.isNaN(state) ? 0 : endMs - startMs;
}
