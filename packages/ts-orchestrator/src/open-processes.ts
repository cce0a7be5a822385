/**
 * Pools of processes.
 */
import { openPool } from './assemble-pool.ts';
import { systemClock } from './clock/clock.ts';
import { prepareLaunch } from './isolation/prepare-launch.ts';
import { INSPECTABLE_ARGV } from './liveness/process-stack.ts';
import type { CheckedPoolOptions, ResolvedPoolOptions } from './pool/pool-options.ts';
import { sizeOptions } from './pool/pool-size.ts';
import { planParentDeath } from './transport/parent-death.ts';
import { planRings } from './transport/process-rings.ts';
import { createProcessTransport } from './transport/process-transport.ts';
import type { Transport } from './transport/transport.ts';

export async function processTransport(options: ResolvedPoolOptions, moduleUrl: string): Promise<Transport> {
  const { env, execArgv, isolation, heapMiB, rssMiB, cpuSeconds } = options;
  const { parentDeath, setprivPath } = await planParentDeath();
  const limits = { heapMiB, rssMiB, cpuSeconds };
  const inspectableArgv = process.platform === 'win32' ? [] : INSPECTABLE_ARGV;
  const launch = await prepareLaunch({
    isolation,
    env,
    execArgv,
    inspectableArgv,
    ...limits,
    setprivPath,
    moduleUrl,
  });
  return createProcessTransport({
    launch,
    limits,
    parentDeath: launch.isNested ? 'bubblewrap' : launch.isGuarded && setprivPath === undefined ? 'guard' : parentDeath,
    clock: systemClock,
    ringsAfterTasks: planRings(),
  });
}

export async function openProcesses(checked: CheckedPoolOptions, moduleUrl: string) {
  const options = sizeOptions(checked);
  return openPool(await processTransport(options, moduleUrl), options, moduleUrl);
}
