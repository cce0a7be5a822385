/**
 * The composition root: the only file that knows every part.
 */
import { systemClock, type Clock } from './clock/clock.ts';
import { systemRandom, type Random } from './clock/random.ts';
import { shareCapturedOutput } from './entry/capture-output.ts';
import { resolveModuleUrl } from './entry/module-url.ts';
import { TaskRunner } from './entry/task-runner.ts';
import { heddleError } from './errors/errors.ts';
import { prepareLaunch } from './isolation/prepare-launch.ts';
import { createExaminer, type Examiner } from './liveness/examiner.ts';
import { INSPECTABLE_ARGV } from './liveness/process-stack.ts';
import { KeepAlive } from './pool/keep-alive.ts';
import { parsePoolOptions, type PoolOptions, type ResolvedPoolOptions } from './pool/pool-options.ts';
import { PoolCore, type Pool } from './pool/pool.ts';
import { Scheduler } from './pool/scheduler.ts';
import type { UntypedModule } from './task/module-types.ts';
import { Supervisor } from './supervisor/supervisor.ts';
import { taskRealm } from './task/task-context.ts';
import { createInlineTransport } from './transport/inline-transport.ts';
import { planParentDeath } from './transport/parent-death.ts';
import { planRings } from './transport/process-rings.ts';
import { createProcessTransport } from './transport/process-transport.ts';
import { createThreadTransport } from './transport/thread-transport.ts';
import type { Transport } from './transport/transport.ts';

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
  const resolved = parsePoolOptions(options);
  const url = resolveModuleUrl(moduleUrl);
  if (taskRealm.loadingUrl === url) throw heddleError('HEDDLE_MODULE_SELF', { url });
  const { scheduler, core } = assemblePool({
    transport: await createTransport(resolved, url),
    clock: systemClock,
    examiner: resolved.backend === 'inline' ? undefined : createExaminer(systemClock),
    random: systemRandom(),
    keepAlive: new KeepAlive(),
    options: resolved,
    moduleUrl: url,
    writeLine: (line) => void process.stderr.write(line),
  });
  await scheduler.open();
  return core as unknown as Pool<M>;
}

/** What a pool is made of besides its own code: a test gives a transport, a time and an output of its own. */
export interface PoolAssembly {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Finds out what a worker is at; undefined: nobody does. */
  readonly examiner?: Examiner | undefined;
  readonly random: Random;
  readonly keepAlive: KeepAlive;
  readonly options: ResolvedPoolOptions;
  readonly moduleUrl: string;
  /** Takes whole lines that workers print. */
  readonly writeLine: (line: string) => void;
}

/** Joins the parts; nothing is started yet. Throws what `packSetup` refuses. */
export function assemblePool(assembly: PoolAssembly): { readonly scheduler: Scheduler; readonly core: PoolCore } {
  const { transport, clock, random, examiner, keepAlive, options, moduleUrl, writeLine } = assembly;
  const { backend, name, workerData, unsafeByReference, recycleAfterGrowthMiB, tasksPerWorker } = options;
  const setupData = transport.packSetup(workerData);
  const source = new Supervisor({
    transport,
    clock,
    examiner,
    limits: options,
    order: {
      poolName: name,
      moduleUrl,
      setupData,
      isByReference: unsafeByReference,
      growthMiB: recycleAfterGrowthMiB,
      // Inline there is one worker, and how many tasks it may have depends on how many of them only wait for others.
      tasksAtOnce: backend === 'inline' ? Infinity : tasksPerWorker,
    },
    writeLine,
  });
  const scheduler = new Scheduler({ source, transport, clock, random, options, moduleUrl, keepAlive });
  const core = new PoolCore({ scheduler, key: options, retry: options });
  return { scheduler, core };
}

async function createTransport(options: ResolvedPoolOptions, moduleUrl: string): Promise<Transport> {
  const { backend, name, env, execArgv, isolation, heapMiB, rssMiB, cpuSeconds, unsafeByReference } = options;
  switch (backend) {
    case 'threads':
      return createThreadTransport({ name, env, execArgv, heapMiB, clock: systemClock });
    case 'processes': {
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
        parentDeath: launch.isNested
          ? 'bubblewrap'
          : launch.isGuarded && setprivPath === undefined
            ? 'guard'
            : parentDeath,
        clock: systemClock,
        ringsAfterTasks: planRings(),
      });
    }
    case 'inline':
      return createInlineTransport({
        isByReference: unsafeByReference,
        clock: systemClock,
        createRunner: (port) => new TaskRunner(port, [], options),
        captureOutput: shareCapturedOutput,
      });
  }
}
