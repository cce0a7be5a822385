// Finds, in a runner process of its own, how much of each workload inline does in the target time.
import { findWorkload, type Workload } from '@heddle/workloads';
import type { Contestant } from '@heddle/measure';

export interface CalibrationOptions {
  /** Names. */
  readonly workloads: readonly string[];
  readonly targetMs: number;
  readonly workers: number;
  readonly dir: string;
}

/** Each attempt grows the work at most this much: small sizes predict large ones badly. */
const GROWTH_LIMIT = 16;
const ATTEMPTS = 8;
/** Rounds of one attempt at most; an attempt ends earlier when it has taken twice the target. */
const ROUNDS = 4;

async function inlineMs(workload: Workload, work: number, options: CalibrationOptions): Promise<number> {
  const { dir, workers, targetMs } = options;
  const size = workload.sizeOf(work);
  await workload.prepare?.(size, dir);
  const inline = await workload.create('inline', { size, workers, dir });
  try {
    // Code runs several times faster once it is compiled well: the best of some rounds tells of the rounds to come.
    let best = Infinity;
    const begin = performance.now();
    for (let round = 0; round < ROUNDS && performance.now() - begin < 2 * targetMs; round++) {
      const start = performance.now();
      await inline.round();
      best = Math.min(best, performance.now() - start);
    }
    return best;
  } finally {
    await inline.close();
  }
}

async function findWork(workload: Workload, options: CalibrationOptions): Promise<number> {
  let work = workload.minimumWork;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const factor = options.targetMs / Math.max(await inlineMs(workload, work, options), 0.01);
    if (factor < 1.5 && factor > 0.67) break;
    const next = Math.min(1, Math.max(workload.minimumWork, work * Math.min(factor, GROWTH_LIMIT)));
    if (next === work) break;
    work = next;
    if (factor <= GROWTH_LIMIT && factor > 0.67 && attempt > 0) break;
  }
  return work;
}

export default function createCalibration(options: CalibrationOptions): Contestant {
  return {
    async round() {
      const found: Record<string, number> = {};
      for (const name of options.workloads) {
        const workload = findWorkload(name)!;
        // One that can't run inline is reported by its comparison: its smallest size will do for that.
        found[name] = await findWork(workload, options).catch(() => workload.minimumWork);
      }
      return found;
    },
    check: () => ({ digest: 'calibrated' }),
  };
}
