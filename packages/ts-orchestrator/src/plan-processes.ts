/**
 * How the processes of a pool start. Loaded before the first of them, with nothing else.
 */
import { prepareLaunch } from './isolation/prepare-launch.ts';
import type { Limits } from './isolation/worker-limits.ts';
import { INSPECTABLE_ARGV } from './liveness/inspectable-argv.ts';
import type { CheckedPoolOptions } from './pool/pool-options.ts';
import { launchProcess, type ProcessLaunch } from './transport/launch-process.ts';
import { planParentDeath } from './transport/parent-death.ts';

export { launchProcess };

export interface ProcessPlan extends ProcessLaunch {
  readonly limits: Limits;
}

/** @throws {HeddleError} HEDDLE_ISOLATION_UNAVAILABLE. */
export async function planProcesses(
  { env, execArgv, isolation, heapMiB, rssMiB, cpuSeconds, share }: Omit<CheckedPoolOptions, 'size'>,
  moduleUrl: string,
): Promise<ProcessPlan> {
  const { parentDeath, setprivPath } = await planParentDeath();
  const limits = { heapMiB, rssMiB, cpuSeconds };
  const inspectableArgv = process.platform === 'win32' ? [] : INSPECTABLE_ARGV;
  const launch = await prepareLaunch({
    isolation,
    env,
    execArgv,
    inspectableArgv,
    ...limits,
    coresMost: share.cores,
    setprivPath,
    moduleUrl,
  });
  const { isNested, isGuarded } = launch;
  return {
    launch,
    limits,
    parentDeath: isNested ? 'bubblewrap' : isGuarded && setprivPath === undefined ? 'guard' : parentDeath,
  };
}
