/**
 * The figures of several pools as of one.
 */
import type { CloneCounters } from '../pool/clone-costs.ts';
import type { PoolStats } from '../pool/pool-stats.ts';

/**
 * `stats`: at least one, the first of them the pool that was there first. They share one record of times. `held`: calls that none of them has
 * yet.
 */
export function joinStats(stats: readonly PoolStats[], held: number): PoolStats {
  const [first] = stats;
  const tasks = sum(stats.map((each) => each.tasks));
  const workers = stats.map((each) => each.workers);
  const isAny = (state: PoolStats['state']) => stats.some((each) => each.state === state);
  return {
    ...first!,
    backend: 'auto',
    parts: stats,
    // Open as long as calls are taken, closed when nothing is left.
    state: first!.state === 'closed' && isAny('closing') ? 'closing' : first!.state,
    tasks: { ...tasks, submitted: tasks.submitted + held, queued: tasks.queued + held },
    workers: {
      ...sum(workers.map(({ live: _live, memory: _memory, maxFrom: _maxFrom, ...counts }) => counts)),
      // Of those that are workers.
      maxFrom: workers.at(-1)!.maxFrom,
      memory: workers.find(({ memory }) => memory !== undefined)?.memory,
      tasksPerWorker: Math.max(...workers.map((each) => each.tasksPerWorker)),
      // What is inside has the least of it.
      coresEach: Math.min(...workers.map((each) => each.coresEach)),
      live: workers.flatMap((each) => each.live),
    },
    shared: sum(stats.map((each) => each.shared)),
    cloning: sum<CloneCounters>(stats.map((each) => each.cloning)),
    warnings: stats.flatMap((each) => each.warnings),
    parentDeath: stats.find((each) => each.backend === 'processes')?.parentDeath ?? first!.parentDeath,
  };
}

function sum<T extends object>(all: readonly T[]): T {
  const total: Record<string, number> = {};
  for (const each of all)
    for (const [key, value] of Object.entries(each)) total[key] = (total[key] ?? 0) + (value as number);
  return total as T;
}
