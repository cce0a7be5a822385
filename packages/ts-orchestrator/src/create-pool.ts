/**
 * The composition root: the only file that knows every part.
 */
import { coresAllowed } from '@heddle/machine';
import { AutoPool } from './auto/auto-pool.ts';
import { planAuto, type AutoPlan } from './auto/plan.ts';
import { RunMeasures } from './auto/run-measures.ts';
import { systemClock, type Clock } from './clock/clock.ts';
import { systemRandom, type Random } from './clock/random.ts';
import { shareCapturedOutput } from './entry/capture-output.ts';
import { isThisProgram, resolveModuleUrl } from './entry/module-url.ts';
import { TaskRunner, type RunObserver } from './entry/task-runner.ts';
import { heddleError } from './errors/errors.ts';
import { prepareLaunch } from './isolation/prepare-launch.ts';
import { createExaminer, type Examiner } from './liveness/examiner.ts';
import { INSPECTABLE_ARGV } from './liveness/process-stack.ts';
import { KeepAlive } from './pool/keep-alive.ts';
import { readPoolOptions, resolveOptions, type PoolOptions, type ResolvedPoolOptions } from './pool/pool-options.ts';
import { PoolCore, type Pool } from './pool/pool.ts';
import { Scheduler } from './pool/scheduler.ts';
import { TaskTimes } from './pool/task-times.ts';
import type { UntypedModule } from './task/module-types.ts';
import { Supervisor } from './supervisor/supervisor.ts';
import { taskRealm } from './task/task-context.ts';
import { createInlineTransport } from './transport/inline-transport.ts';
import { planParentDeath } from './transport/parent-death.ts';
import { planRings } from './transport/process-rings.ts';
import { createProcessTransport } from './transport/process-transport.ts';
import { createThreadTransport } from './transport/thread-transport.ts';
import type { Backend, Transport } from './transport/transport.ts';

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
  const resolved = read.backend === 'auto' ? planAuto(read) : resolveOptions(read, read.backend);
  const url = resolveModuleUrl(moduleUrl);
  if (taskRealm.loadingUrl === url) throw heddleError('HEDDLE_MODULE_SELF', { url });
  if ('available' in resolved) return (await createAutoPool(resolved, url)) as unknown as Pool<M>;
  const transport = await createTransport(resolved, url);
  const { scheduler, core } = assemblePool({ ...surroundings(url), options: resolved, transport });
  await scheduler.open();
  return core as unknown as Pool<M>;
}

/** What a pool of this program is made of, whatever its backend. */
const surroundings = (moduleUrl: string) => ({
  clock: systemClock,
  examiner: createExaminer(systemClock),
  random: systemRandom(),
  keepAlive: new KeepAlive(),
  moduleUrl,
  writeLine: (line: string) => void process.stderr.write(line),
});

/** A pool that chooses: its parts share one count of tasks, of workers and of times, so that they look like one pool. */
async function createAutoPool(wanted: AutoPlan, moduleUrl: string): Promise<AutoPool> {
  let plan = wanted;
  const transports = new Map<Backend, Transport>();
  const observer = new RunMeasures();
  if (plan.available.size > 1 && isThisProgram(moduleUrl))
    plan = plan.without('inline', 'the task module is this program itself, and would have to load itself');
  for (const [backend, options] of plan.available) {
    const observes = backend === 'inline' ? observer : undefined;
    try {
      transports.set(backend, await createTransport(options, moduleUrl, observes));
    } catch (error) {
      // What the last one needs and this machine hasn't is told.
      if (plan.available.size === 1) throw error;
      plan = plan.without(backend, error instanceof Error ? error.message : String(error));
    }
  }
  const numbers = countFromOne();
  const workerIds = countFromOne();
  const times = plan.recordTimes ? new TaskTimes(systemClock) : undefined;
  const pool = new AutoPool({
    plan,
    observer,
    cores: coresAllowed,
    assemble: (backend, hooks) =>
      assemblePool({
        ...surroundings(moduleUrl),
        ...hooks,
        options: plan.available.get(backend)!,
        transport: transports.get(backend)!,
        nextTaskNumber: numbers,
        nextWorkerId: workerIds,
        times,
      }),
  });
  await pool.open();
  return pool;
}

function countFromOne(): () => number {
  let last = 0;
  return () => ++last;
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
  /** For pools that look like one: how they number tasks and workers. Default: each for itself. */
  readonly nextTaskNumber?: (() => number) | undefined;
  readonly nextWorkerId?: (() => number) | undefined;
  /** The histograms of `recordTimes`. Default: one of its own, where the options ask for it. */
  readonly times?: TaskTimes | undefined;
  readonly onWorkers?: (() => void) | undefined;
  readonly onDeath?: ((name: string, isOutOfMemory: boolean) => void) | undefined;
}

/** Joins the parts; nothing is started yet. Throws what `packSetup` refuses. */
export function assemblePool(assembly: PoolAssembly): { readonly scheduler: Scheduler; readonly core: PoolCore } {
  const { transport, clock, random, keepAlive, options, moduleUrl, writeLine, onWorkers, onDeath } = assembly;
  const { nextTaskNumber = countFromOne(), nextWorkerId = countFromOne() } = assembly;
  const times = assembly.times ?? (options.recordTimes ? new TaskTimes(clock) : undefined);
  // Nobody can look at the thread that it runs on.
  const examiner = options.backend === 'inline' ? undefined : assembly.examiner;
  const { backend, name, workerData, unsafeByReference, recycleAfterGrowthMiB, tasksPerWorker } = options;
  const setupData = transport.packSetup(workerData);
  const source = new Supervisor({
    transport,
    clock,
    examiner,
    limits: options,
    nextWorkerId,
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
  const scheduler = new Scheduler({
    source,
    transport,
    clock,
    random,
    options,
    moduleUrl,
    keepAlive,
    nextTaskNumber,
    times,
    onWorkers,
    onDeath,
  });
  const core = new PoolCore({ scheduler, key: options, retry: options });
  return { scheduler, core };
}

async function createTransport(
  options: ResolvedPoolOptions,
  moduleUrl: string,
  observer?: RunObserver,
): Promise<Transport> {
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
        createRunner: (port) => new TaskRunner(port, [], options, observer),
        captureOutput: shareCapturedOutput,
      });
  }
}
