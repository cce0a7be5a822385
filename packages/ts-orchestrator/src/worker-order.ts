/**
 * What a worker of a pool is told when it starts.
 */
import { CORES_VARIABLE, parseShare } from '@heddle/machine/share';
import type { CheckedPoolOptions } from './pool/pool-options.ts';
import type { Share } from './isolation/budget.ts';
import type { StartOrder } from './transport/protocol.ts';

/**
 * All but what differs from worker to worker. `setupData`: packed by the transport. `coresEach`: undefined, all that this program may use,
 * which a worker without its environment has to be told as well.
 */
export const orderOf = (
  { name, backend, unsafeByReference, recycleAfterGrowthMiB, isSizedByMachine }: Omit<CheckedPoolOptions, 'size'>,
  moduleUrl: string,
  setupData: unknown,
  coresEach: number | undefined,
): Omit<StartOrder, 'workerId' | 'isTypeScriptWanted'> => ({
  poolName: name,
  moduleUrl,
  setupData,
  isByReference: unsafeByReference,
  growthMiB: recycleAfterGrowthMiB,
  // Inline there is one worker, and how many tasks it may have depends on how many of them only wait for others.
  tasksAtOnce: backend === 'inline' ? Infinity : 1,
  share: backend === 'inline' ? undefined : shareOfWorker(coresEach),
  isMemoryTold: isSizedByMachine,
});

function shareOfWorker(coresEach: number | undefined): Share | undefined {
  const ofHost = process.env[CORES_VARIABLE];
  const cores = coresEach ?? parseShare(ofHost);
  return cores === undefined ? undefined : { cores, ofHost };
}
