import type { Pool, PoolOptions } from '@heddle/ts-orchestrator';

/**
 * A pool of `workers` that stay: rounds of other contestants come in between, and a start is not part of a round.
 * Workers get none of this program's Node options: they run built files, and an import condition for sources would lead those
 * to TypeScript. The orchestrator is loaded here: the kinds that need no pool don't carry its code.
 */
export async function startPool<M>(
  module: URL,
  backend: 'threads' | 'processes',
  workers: number,
  more: PoolOptions = {},
): Promise<Pool<M>> {
  const { createPool } = await import('@heddle/ts-orchestrator');
  return createPool<M>(module, { backend, workers, idleTimeoutMs: Infinity, execArgv: [], ...more });
}
