// How often the quota has stopped this process. A group that has used up its quota stands still with all its threads
// until the next period begins; the kernel counts the periods in which that happened, beside the quota.
import path from 'node:path';
import { parseCount, type Files } from './files.ts';

export interface Throttling {
  /** Periods of the quota (usually 100 ms) in which the group wanted to run, since the group was made. */
  readonly periods: number;
  /** Those in which it used up its quota and was stopped. */
  readonly throttledPeriods: number;
  /** Time for which it was stopped, in all. Added up over CPUs, so it may exceed the time that has passed. */
  readonly throttledMs: number;
  /**
   * Throttled periods of all periods since the reader's last reading, 0..1; at its first, since the group was made.
   * Undefined where no period has passed.
   */
  readonly share: number | undefined;
  readonly source: string;
}

function field(stat: string, name: string): number | undefined {
  return parseCount(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1]);
}

/**
 * Counters of the group that holds the smallest quota; undefined without a quota and where the counters can't be
 * believed. A group further up whose larger quota is used up by others stops this process too, and doesn't show here.
 * `last` is the reading to compare with: that of another group, or with larger counters, is none.
 */
export function readThrottling(
  files: Files,
  quotaSource: string | undefined,
  last: Throttling | undefined,
): Throttling | undefined {
  if (quotaSource === undefined) return undefined;
  const source = path.posix.join(path.posix.dirname(quotaSource), 'cpu.stat');
  const stat = files.read(source) ?? '';
  const periods = field(stat, 'nr_periods');
  const throttledPeriods = field(stat, 'nr_throttled');
  const us = field(stat, 'throttled_usec'); // version 2
  const ns = field(stat, 'throttled_time'); // version 1
  const throttledMs = us === undefined ? ns && ns / 1e6 : us / 1e3;
  if (periods === undefined || throttledPeriods === undefined || throttledMs === undefined) return undefined;
  if (throttledPeriods > periods) return undefined;

  const goesOn = last?.source === source && last.periods <= periods && last.throttledPeriods <= throttledPeriods;
  const passed = periods - (goesOn ? last.periods : 0);
  const stopped = throttledPeriods - (goesOn ? last.throttledPeriods : 0);
  return {
    periods,
    throttledPeriods,
    throttledMs,
    share: passed > 0 ? Math.min(1, stopped / passed) : undefined,
    source,
  };
}
