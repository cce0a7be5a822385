/**
 * Why a pool has no more workers, in words.
 */
import type { Explanation } from './explanation.ts';
import type { PoolStats } from './pool-stats.ts';

/** Of one backend; none inline, where there are no workers. */
export function explainSize({ backend, workers }: Pick<PoolStats, 'backend' | 'workers'>): Explanation['workers'] {
  if (backend === 'inline' || backend === 'auto') return [];
  const { max } = workers;
  return [{ backend, max, sentence: `At most ${max} worker${max === 1 ? '' : 's'}, because ${reasonOf(workers)}.` }];
}

function reasonOf({ max, maxFrom, memory }: PoolStats['workers']): string {
  if (maxFrom === 'options') return 'the options say so';
  if (maxFrom === 'cores' || memory === undefined)
    return `this program may use ${max === 1 ? 'one core' : `${max} cores`}`;
  const { limitMiB, source, baseMiB, workerMiB } = memory;
  return `of ${limitMiB} MiB (${source}) all others take ${baseMiB}, and a worker up to ${workerMiB}`;
}
