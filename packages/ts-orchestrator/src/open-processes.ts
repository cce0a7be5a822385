/**
 * Pools of processes. Loaded while the first process starts.
 */
import { openPool } from './assemble-pool.ts';
import { systemClock } from './clock/clock.ts';
import type { ProcessPlan } from './plan-processes.ts';
import type { CheckedPoolOptions } from './pool/pool-options.ts';
import { sizeOptions } from './pool/pool-size.ts';
import type { LaunchedProcess } from './transport/launch-process.ts';
import { planRings } from './transport/process-rings.ts';
import { createProcessTransport } from './transport/process-transport.ts';
import type { Transport } from './transport/transport.ts';

export const processTransport = (plan: ProcessPlan, first?: LaunchedProcess | undefined): Transport =>
  createProcessTransport({ ...plan, clock: systemClock, ringsAfterTasks: planRings(), first });

/** `first`: the process of its first worker, which has been started. */
export const openProcesses = (
  checked: CheckedPoolOptions,
  moduleUrl: string,
  plan: ProcessPlan,
  first: LaunchedProcess,
) => openPool(processTransport(plan, first), sizeOptions(checked), moduleUrl, first);
