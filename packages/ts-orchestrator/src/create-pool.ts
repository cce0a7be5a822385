/**
 * The composition root: the only file that knows every part.
 */
import { systemClock } from './clock/clock.ts';
import { shareCapturedOutput } from './entry/capture-output.ts';
import { resolveModuleUrl } from './entry/module-url.ts';
import { TaskRunner } from './entry/task-runner.ts';
import { heddleError } from './errors/errors.ts';
import { KeepAlive } from './pool/keep-alive.ts';
import { parsePoolOptions, type PoolOptions, type ResolvedPoolOptions } from './pool/pool-options.ts';
import { PoolCore, type Pool } from './pool/pool.ts';
import { Scheduler } from './pool/scheduler.ts';
import type { UntypedModule } from './pool/types.ts';
import { Supervisor } from './supervisor/supervisor.ts';
import { taskRealm } from './task/task-context.ts';
import { createInlineTransport } from './transport/inline-transport.ts';
import { planParentDeath } from './transport/parent-death.ts';
import { createProcessTransport } from './transport/process-transport.ts';
import { createThreadTransport } from './transport/thread-transport.ts';
import type { Transport } from './transport/transport.ts';

/**
 * Makes a pool for the functions that a module exports. Resolves when its first worker is ready; more start when work needs
 * them. The pool never keeps the program alive by itself, and its workers end with the program.
 *
 * @param moduleUrl file: URL or absolute path of the task module. If `x.js` is absent and `x.ts` lies beside it, that one.
 * @throws {HeddleError} HEDDLE_OPTION_UNKNOWN, HEDDLE_OPTION_INVALID, HEDDLE_OPTION_UNSUPPORTED, HEDDLE_MODULE_URL,
 *   HEDDLE_MODULE_NOT_FOUND, HEDDLE_MODULE_LOAD, HEDDLE_MODULE_SELF, HEDDLE_TYPESCRIPT, HEDDLE_SETUP, HEDDLE_START_TIMEOUT,
 *   HEDDLE_SPAWN, HEDDLE_WORKER_DIED.
 */
export async function createPool<M = UntypedModule>(
  moduleUrl: URL | string,
  options: PoolOptions = {},
): Promise<Pool<M>> {
  const resolved = parsePoolOptions(options);
  const url = resolveModuleUrl(moduleUrl);
  if (taskRealm.loadingUrl === url) throw heddleError('HEDDLE_MODULE_SELF', { url });
  const clock = systemClock;
  const keepAlive = new KeepAlive();
  const transport = await createTransport(resolved);
  const setupData = transport.packSetup(resolved.workerData);
  const supervisor = new Supervisor({
    transport,
    clock,
    limits: resolved,
    concurrency: resolved.tasksPerWorker,
    order: { poolName: resolved.name, moduleUrl: url, setupData, isByReference: resolved.unsafeByReference },
    writeLine: (line) => void process.stderr.write(line),
  });
  const scheduler = new Scheduler({
    source: supervisor,
    transport,
    clock,
    options: resolved,
    moduleUrl: url,
    keepAlive,
  });
  await scheduler.open();
  const { workersMax, tasksPerWorker, backend } = resolved;
  const core = new PoolCore({
    scheduler,
    mapWindow: backend === 'inline' ? tasksPerWorker : 2 * workersMax,
  });
  return core as unknown as Pool<M>;
}

async function createTransport(options: ResolvedPoolOptions): Promise<Transport> {
  const { backend, name, env, execArgv, heapMiB, unsafeByReference } = options;
  switch (backend) {
    case 'threads':
      return createThreadTransport({ name, env, execArgv, heapMiB });
    case 'processes':
      return createProcessTransport({ env, execArgv, heapMiB, clock: systemClock, ...(await planParentDeath()) });
    case 'inline':
      return createInlineTransport({
        isByReference: unsafeByReference,
        clock: systemClock,
        createRunner: (port) => new TaskRunner(port),
        captureOutput: shareCapturedOutput,
      });
  }
}
