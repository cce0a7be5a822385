import type { Explanation, Pool, PoolOptions } from '@heddle/ts-orchestrator';

/**
 * A pool of `workers` that stay: rounds of other contestants come in between, and a start is not part of a round.
 * Workers get none of this program's Node options: they run built files, and an import condition for sources would lead those
 * to TypeScript. The orchestrator is loaded here: the kinds that need no pool don't carry its code.
 */
export async function startPool<M>(
  module: URL,
  backend: 'threads' | 'processes' | 'auto',
  workers: number,
  more: PoolOptions = {},
): Promise<Pool<M>> {
  const { createPool } = await import('@heddle/ts-orchestrator');
  return createPool<M>(module, { backend, workers, idleTimeoutMs: Infinity, execArgv: [], ...more });
}

/** How a pool ends, and what it says of its choice where it made one. */
export function endOf<M>(pool: Pool<M>): { close(): Promise<void>; explain?(): Explanation } {
  const close = () => pool.close();
  return pool.stats().backend === 'auto' ? { close, explain: () => pool.explain() } : { close };
}
