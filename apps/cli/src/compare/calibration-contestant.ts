// Finds, in a runner process of its own, how much of a workload inline does in the target time.
import { findWorkload } from '@heddle/workloads';
import type { Contestant } from '@heddle/measure';

export interface CalibrationOptions {
  readonly workload: string;
  readonly targetMs: number;
  readonly workers: number;
  readonly dir: string;
}

/** Each attempt grows the work at most this much: small sizes predict large ones badly. */
const GROWTH_LIMIT = 16;
const ATTEMPTS = 8;
/** Rounds of one attempt at most; an attempt ends earlier when it has taken twice the target. */
const ROUNDS = 4;

export default async function createCalibration(options: CalibrationOptions): Promise<Contestant> {
  const workload = findWorkload(options.workload);
  if (!workload) throw new Error(`no workload '${options.workload}'`);

  async function inlineMs(work: number): Promise<number> {
    const size = workload!.sizeOf(work);
    await workload!.prepare?.(size, options.dir);
    const inline = await workload!.create('inline', { size, workers: options.workers, dir: options.dir });
    try {
      // Code runs several times faster once it is compiled well: the best of some rounds tells of the rounds to come.
      let best = Infinity;
      const begin = performance.now();
      for (let round = 0; round < ROUNDS && performance.now() - begin < 2 * options.targetMs; round++) {
        const start = performance.now();
        await inline.round();
        best = Math.min(best, performance.now() - start);
      }
      return best;
    } finally {
      await inline.close?.();
    }
  }

  return {
    async round() {
      let work = workload.minimumWork;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const took = await inlineMs(work);
        const factor = options.targetMs / Math.max(took, 0.01);
        if (factor < 1.5 && factor > 0.67) break;
        const next = Math.min(1, Math.max(workload.minimumWork, work * Math.min(factor, GROWTH_LIMIT)));
        if (next === work) break;
        work = next;
        if (factor <= GROWTH_LIMIT && factor > 0.67 && attempt > 0) break;
      }
      return { work };
    },
    check: async () => ({ digest: 'calibrated' }),
  };
}
