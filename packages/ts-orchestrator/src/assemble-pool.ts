/**
 * Joins the parts of a pool, whatever its backend.
 */
import { readMemoryNow, type Memory } from '@heddle/machine';
import { systemClock, type Clock } from './clock/clock.ts';
import { systemRandom, type Random } from './clock/random.ts';
import { createExaminer, type Examiner } from './liveness/examiner.ts';
import { KeepAlive } from './pool/keep-alive.ts';
import type { ResolvedPoolOptions } from './pool/pool-options.ts';
import { PoolCore, type Pool } from './pool/pool.ts';
import { Scheduler } from './pool/scheduler.ts';
import { TaskTimes } from './pool/task-times.ts';
import { Supervisor } from './supervisor/supervisor.ts';
import type { Transport } from './transport/transport.ts';
import { orderOf } from './worker-order.ts';

/**
 * A pool over this transport, once its first worker is ready. `first`: what has been started for that; dropped where there will be no
 * pool to take it over.
 */
export async function openPool(
  transport: Transport,
  options: ResolvedPoolOptions,
  moduleUrl: string,
  first?: { drop(): void } | undefined,
): Promise<Pool<never>> {
  let parts: ReturnType<typeof assemblePool>;
  try {
    parts = assemblePool({ ...surroundings(moduleUrl), options, transport });
  } catch (error) {
    first?.drop();
    throw error;
  }
  await parts.scheduler.open();
  return parts.core as unknown as Pool<never>;
}

/** What a pool of this program is made of, whatever its backend. */
export const surroundings = (moduleUrl: string) => ({
  clock: systemClock,
  examiner: createExaminer(systemClock),
  random: systemRandom(),
  keepAlive: new KeepAlive(),
  moduleUrl,
  writeLine: (line: string) => void process.stderr.write(line),
});

export function countFromOne(): () => number {
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
  /** The machine's memory now. Default: of this machine. */
  readonly readMemory?: (() => Memory) | undefined;
  /** Takes whole lines that workers print. */
  readonly writeLine: (line: string) => void;
  /** For pools that look like one: how they number tasks and workers. Default: each for itself. */
  readonly nextTaskNumber?: (() => number) | undefined;
  readonly nextWorkerId?: (() => number) | undefined;
  /** The histograms of `recordTimes`. Default: one of its own, where the options ask for it. */
  readonly times?: TaskTimes | undefined;
  /** Workers that there may be now, if that is less than the options say. */
  readonly workersLimit?: (() => number) | undefined;
  readonly onWorkers?: (() => void) | undefined;
  readonly onDeath?: ((name: string, isOutOfMemory: boolean) => void) | undefined;
}

/** Joins the parts; nothing is started yet. Throws what `packSetup` refuses. */
export function assemblePool(assembly: PoolAssembly): { readonly scheduler: Scheduler; readonly core: PoolCore } {
  const { transport, clock, random, keepAlive, options, moduleUrl, writeLine, workersLimit, onWorkers, onDeath } =
    assembly;
  const { nextTaskNumber = countFromOne(), nextWorkerId = countFromOne(), readMemory = readMemoryNow } = assembly;
  const times = assembly.times ?? (options.recordTimes ? new TaskTimes(clock) : undefined);
  // Nobody can look at the thread that it runs on.
  const examiner = options.backend === 'inline' ? undefined : assembly.examiner;
  const source = new Supervisor({
    transport,
    clock,
    examiner,
    limits: options,
    nextWorkerId,
    order: orderOf(options, moduleUrl, transport.packSetup(options.workerData), options.coresEach),
    writeLine,
  });
  const scheduler = new Scheduler({
    source,
    transport,
    clock,
    random,
    options,
    readMemory,
    moduleUrl,
    keepAlive,
    nextTaskNumber,
    times,
    workersLimit,
    onWorkers,
    onDeath,
  });
  const core = new PoolCore({ scheduler, key: options, retry: options });
  return { scheduler, core };
}
