// How much work each workload gets, so that a round of inline takes the target time.
import { compareContestants } from '@heddle/measure';
import type { Workload } from '@heddle/workloads';
import type { CalibrationOptions } from './calibration-contestant.ts';

export interface CalibrateOptions extends Omit<CalibrationOptions, 'workloads'> {
  readonly signal: AbortSignal;
}

/** Work by name of the workload. After an abort some may be missing: they count as the smallest. */
export async function calibrate(
  workloads: readonly Workload[],
  { signal, ...options }: CalibrateOptions,
): Promise<ReadonlyMap<string, number>> {
  if (workloads.length === 0) return new Map();
  const module = new URL('./calibration-contestant.js', import.meta.url).href;
  const names = workloads.map(({ name }) => name);
  const { contestants } = await compareContestants(
    [{ id: 'calibration', label: 'calibration', module, options: { ...options, workloads: names } }],
    { budgetMs: 1, minRounds: 1, maxRounds: 1, warmupRounds: 0, memory: false, signal },
  );
  const { error, measures } = contestants['calibration']!;
  if (error && !signal.aborted) throw new Error(`finding the sizes failed: ${error.message}`);
  return new Map(workloads.map(({ name, minimumWork }) => [name, measures[name]?.median ?? minimumWork]));
}
