/**
 * Pools of threads. Loaded while the first thread starts.
 */
import { openPool } from './assemble-pool.ts';
import { systemClock } from './clock/clock.ts';
import type { CheckedPoolOptions, ResolvedPoolOptions } from './pool/pool-options.ts';
import { sizeOptions } from './pool/pool-size.ts';
import type { LaunchedThread } from './transport/launch-thread.ts';
import { createThreadTransport } from './transport/thread-transport.ts';
import type { Transport } from './transport/transport.ts';

export const threadTransport = (
  { name, env, execArgv, heapMiB }: ResolvedPoolOptions,
  first?: LaunchedThread | undefined,
): Transport => createThreadTransport({ name, env, execArgv, heapMiB, clock: systemClock, first });

/** `first`: the thread of its first worker, if it has been started. */
export function openThreads(checked: CheckedPoolOptions, moduleUrl: string, first: LaunchedThread | undefined) {
  const options = sizeOptions(checked);
  if (!options.share.isExact) first?.tellCores(options.coresEach!);
  return openPool(threadTransport(options, first), options, moduleUrl, first);
}
