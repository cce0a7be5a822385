/**
 * Pools that choose where each call runs.
 */
import { coresAllowed, coresOfProcess, cpuModel, cpuPressure, readMachine } from '@heddle/machine';
import { assemblePool, countFromOne, surroundings } from './assemble-pool.ts';
import { AutoPool } from './auto/auto-pool.ts';
import { loadJudge } from './auto/load-judge.ts';
import { planAuto, type AutoPlan } from './auto/plan.ts';
import { RunMeasures } from './auto/run-measures.ts';
import { systemClock } from './clock/clock.ts';
import { isThisProgram } from './entry/module-url.ts';
import type { RunObserver } from './entry/task-runner.ts';
import { inlineTransport } from './open-inline.ts';
import { threadTransport } from './open-threads.ts';
import type { ResolvedPoolOptions } from './pool/pool-options.ts';
import { TaskTimes } from './pool/task-times.ts';
import type { Backend, Transport } from './transport/transport.ts';

export { planAuto };

/** A pool that chooses: its parts share one count of tasks, of workers and of times, so that they look like one pool. */
export async function openAuto(wanted: AutoPlan, moduleUrl: string): Promise<AutoPool> {
  const transports = new Map<Backend, Transport>();
  const observer = new RunMeasures();
  const prepare = async (plan: AutoPlan, backend: Backend): Promise<AutoPlan> => {
    const observes = backend === 'inline' ? observer : undefined;
    try {
      transports.set(backend, await createTransport(plan.available.get(backend)!, moduleUrl, observes));
      return plan;
    } catch (error) {
      // What the last one needs and this machine hasn't is told.
      if (plan.available.size === 1) throw error;
      return plan.without(backend, error instanceof Error ? error.message : String(error));
    }
  };
  let plan = wanted;
  if (plan.available.size > 1 && isThisProgram(moduleUrl))
    plan = plan.without('inline', 'the task module is this program itself, and would have to load itself');
  // How processes start takes milliseconds to find out, which a program with little to do never needs, as long as there are the others. How
  // threads start needs no finding out.
  const isLater = plan.available.size === 3;
  for (const backend of plan.available.keys())
    if (backend === 'inline' || (backend === 'processes' && !isLater)) plan = await prepare(plan, backend);
  const whole = plan;
  const numbers = countFromOne();
  const workerIds = countFromOne();
  const times = plan.recordTimes ? new TaskTimes(systemClock) : undefined;
  const pool = new AutoPool({
    plan: isLater
      ? whole.without('processes', 'how they start is not looked up before they would be the right place')
      : whole,
    completePlan: isLater ? () => prepare(whole, 'processes') : undefined,
    observer,
    machine: { coresAllowed, coresOfProcess, cpuModel, cpuPressure, readMachine },
    loadJudge,
    assemble: (backend, hooks) => {
      const options = whole.available.get(backend)!;
      return assemblePool({
        ...surroundings(moduleUrl),
        ...hooks,
        options,
        transport: backend === 'threads' ? threadTransport(options) : transports.get(backend)!,
        nextTaskNumber: numbers,
        nextWorkerId: workerIds,
        times,
      });
    },
  });
  await pool.open();
  return pool;
}

async function createTransport(
  options: ResolvedPoolOptions,
  moduleUrl: string,
  observer: RunObserver | undefined,
): Promise<Transport> {
  if (options.backend === 'inline') return inlineTransport(options, observer);
  const { planProcesses } = await import('./plan-processes.ts');
  const { processTransport } = await import('./open-processes.ts');
  return processTransport(await planProcesses(options, moduleUrl));
}
