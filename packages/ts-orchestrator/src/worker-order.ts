/**
 * What a worker of a pool is told when it starts.
 */
import type { CheckedPoolOptions } from './pool/pool-options.ts';
import type { StartOrder } from './transport/protocol.ts';

/** All but what differs from worker to worker. `setupData`: packed by the transport. */
export const orderOf = (
  { name, backend, unsafeByReference, recycleAfterGrowthMiB }: Omit<CheckedPoolOptions, 'size'>,
  moduleUrl: string,
  setupData: unknown,
): Omit<StartOrder, 'workerId' | 'isTypeScriptWanted'> => ({
  poolName: name,
  moduleUrl,
  setupData,
  isByReference: unsafeByReference,
  growthMiB: recycleAfterGrowthMiB,
  // Inline there is one worker, and how many tasks it may have depends on how many of them only wait for others.
  tasksAtOnce: backend === 'inline' ? Infinity : 1,
});
