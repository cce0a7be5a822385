/**
 * Measures what can be measured at once of what backends cost on this machine, for who asks for it (`heddle machine --calibrate`): an entry
 * of its own, so that no pool loads it. That is the start of a thread, and what copies take.
 *
 * Not the start of a process: Node alone takes longer for it than all of this may. And not what calls cost: code has to run some thousand times
 * before it is as fast as it gets. Who uses the calibration takes the one from threads and the other from copies, whose code is not compiled
 * while it runs, until programs have shown (auto/backend-costs.ts).
 *
 * The least of several copies counts: other work on the machine only ever adds.
 */
import { isPlausible, type CalibratedNumber, type Calibration } from '@heddle/advisor';
import { coresOfProcess, cpuModel } from '@heddle/machine';
import { openCalibrationStore, type FoundCalibration } from './auto/calibration-file.ts';
import { createPool } from './create-pool.ts';
import { entryUrl } from './transport/entry-url.ts';

export type { CalibratedCosts, Calibration, CalibrationKey } from '@heddle/advisor';
export type { FoundCalibration } from './auto/calibration-file.ts';

const MACHINE = { coresOfProcess, cpuModel };

/** For copies of one kind. */
const COPIES_MS = 4;

export interface MadeCalibration {
  readonly calibration: Calibration;
  /** What it took, the end of the thread included. */
  readonly elapsedMs: number;
  readonly file: string | undefined;
  /** Why it was not kept; undefined: it was. */
  readonly problem: string | undefined;
}

/**
 * Measures, and keeps what it found in place of what there was; what programs have found beyond that stays. Rejects where a thread can't start.
 */
export async function calibrate(): Promise<MadeCalibration> {
  const begun = performance.now();
  const store = openCalibrationStore(MACHINE);
  const startMs = await threadStartMs();
  const known = store.readNow().calibration?.costs;
  const costs = {
    inline: { ...known?.inline },
    threads: { ...known?.threads, ...plausible({ startMs }) },
    processes: { ...known?.processes },
  };
  const calibration = { key: store.key, madeAt: Date.now(), costs, ...plausible(copies()) };
  const problem = store.write(calibration);
  return { calibration, elapsedMs: performance.now() - begun, file: store.file, problem };
}

/** What there is now for this machine, and why it is not used. Never throws. */
export function found(): FoundCalibration {
  return openCalibrationStore(MACHINE).readNow();
}

/** A real pool's, of a module that has next to nothing. */
async function threadStartMs(): Promise<number> {
  const startedAt = performance.now();
  const pool = await createPool(entryUrl('calibration-tasks'), { backend: 'threads', workers: 1, execArgv: [] });
  const startMs = performance.now() - startedAt;
  await pool.close();
  return startMs;
}

function copies(): { cloneMsPerMiB: number; cloneMsPerThousandObjects: number } {
  const numbers = new Float64Array(2 ** 17);
  const objects = Array.from({ length: 1_000 }, (_, id) => ({ id, name: 'a name', isSmall: true }));
  return { cloneMsPerMiB: leastMs(numbers), cloneMsPerThousandObjects: leastMs(objects) };
}

/** The first is slow, and a second is made however long that took. */
function leastMs(value: unknown): number {
  const end = performance.now() + COPIES_MS;
  let least = Infinity;
  for (let made = 0; made < 2 || performance.now() < end; made++) {
    const startedAt = performance.now();
    structuredClone(value);
    least = Math.min(least, performance.now() - startedAt);
  }
  return least;
}

/** Without what can't be. */
function plausible<T extends object>(numbers: T): { [K in keyof T]?: number } {
  const good = Object.entries(numbers).filter(([name, value]) => isPlausible(name as CalibratedNumber, value));
  return Object.fromEntries(good) as { [K in keyof T]?: number };
}
