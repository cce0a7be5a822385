/**
 * What a program loads to make a pool. Only what it takes to check the options and to start a thread is loaded with it; the rest
 * follows while the first worker starts, and only for the backend that was asked for: see tools/bundle.mjs.
 */
import { resolveModuleUrl } from './entry/module-url.ts';
import { heddleError } from './errors/errors.ts';
import { checkOptions, readPoolOptions, type CheckedPoolOptions, type PoolOptions } from './pool/pool-options.ts';
import type { Pool } from './pool/pool.ts';
import type { UntypedModule } from './task/module-types.ts';
import { taskRealm } from './task/task-context.ts';
import { launchThread, type LaunchedThread } from './transport/launch-thread.ts';
import { orderOf } from './worker-order.ts';

/**
 * Makes a pool for the functions that a module exports. Resolves when its first worker is ready; more start when work needs
 * them. The pool never keeps the program alive by itself, and its workers end with the program.
 *
 * @param moduleUrl file: URL or absolute path of the task module. If `x.js` is absent and `x.ts` lies beside it, that one.
 * @throws {HeddleError} HEDDLE_OPTION_UNKNOWN, HEDDLE_OPTION_INVALID, HEDDLE_OPTION_UNSUPPORTED, HEDDLE_OPTION_CONFLICT,
 *   HEDDLE_ISOLATION_UNAVAILABLE, HEDDLE_MODULE_URL,
 *   HEDDLE_MODULE_NOT_FOUND, HEDDLE_MODULE_LOAD, HEDDLE_MODULE_SELF, HEDDLE_TYPESCRIPT, HEDDLE_SETUP, HEDDLE_START_TIMEOUT,
 *   HEDDLE_SPAWN, HEDDLE_WORKER_DIED.
 */
export async function createPool<M = UntypedModule>(
  moduleUrl: URL | string,
  options: PoolOptions = {},
): Promise<Pool<M>> {
  const read = readPoolOptions(options);
  const checked = read.backend === 'auto' ? undefined : checkOptions(read, read.backend);
  const url = resolveModuleUrl(moduleUrl);
  if (taskRealm.loadingUrl === url) throw heddleError('HEDDLE_MODULE_SELF', { url });
  if (checked === undefined) {
    const { openAuto, planAuto } = await import('./open-auto.ts');
    return (await openAuto(planAuto(read), url)) as unknown as Pool<M>;
  }
  switch (checked.backend) {
    case 'threads':
      return openThreads(checked, url);
    case 'processes':
      return openProcesses(checked, url);
    case 'inline':
      return (await import('./open-inline.ts')).openInline(checked, url);
  }
}

/** The first thread starts before the code is loaded that will speak with it: what it says meanwhile waits in its mailbox. */
async function openThreads(options: CheckedPoolOptions, url: string): Promise<Pool<never>> {
  const first = launchFirst(options, url);
  let pools: typeof import('./open-threads.ts');
  try {
    pools = await import('./open-threads.ts');
  } catch (error) {
    first?.drop();
    throw error;
  }
  return pools.openThreads(options, url, first);
}

/** The same for processes, of which the first says nothing before it has got its order. */
async function openProcesses(options: CheckedPoolOptions, url: string): Promise<Pool<never>> {
  const { launchProcess, planProcesses } = await import('./plan-processes.ts');
  const plan = await planProcesses(options, url);
  const first = launchProcess(plan);
  let pools: typeof import('./open-processes.ts');
  try {
    pools = await import('./open-processes.ts');
  } catch (error) {
    first.drop();
    throw error;
  }
  return pools.openProcesses(options, url, plan, first);
}

/** Undefined: what `setup` gets has to be looked at first. */
function launchFirst(options: CheckedPoolOptions, url: string): LaunchedThread | undefined {
  if (options.workerData !== undefined) return undefined;
  const { cores, isExact } = options.share;
  const order = { ...orderOf(options, url, undefined, cores), workerId: 1, isTypeScriptWanted: false };
  return launchThread(order, options, !isExact);
}
