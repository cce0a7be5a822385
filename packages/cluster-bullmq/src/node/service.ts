/**
 * One module on one node: a local pool, and a BullMQ worker that leases its chunks.
 *
 * The tasks run in processes (or threads) of the local pool, so this loop stays free, and BullMQ's lock manager renews the locks on it. A
 * lock that is lost all the same (the machine slept) means that another node runs the chunk too; see chunk.ts for why that is harmless.
 */
import type { Pool } from '@heddle/ts-orchestrator';
import type { ConnectionOptions, Job, Worker } from 'bullmq';
import {
  END_MS,
  IDLE_LOOK_MS,
  LOCK_MS,
  NODE_FAULTS_MAX,
  STALLED_MS,
  STALLS_BEFORE_CARE,
  within,
} from '../deadlines.ts';
import { ownError, type Connection } from '../redis/connect.ts';
import { queueOf, type Keys } from '../redis/keys.ts';
import { ChunkFailure, failRun, runChunk, type ChunkEnd } from './chunk.ts';

type AnyPool = Pool<Record<string, (...args: unknown[]) => unknown>>;

export interface ServiceOptions {
  readonly connection: Connection;
  readonly keys: Keys;
  readonly moduleId: string;
  readonly url: URL;
  readonly backend: 'processes' | 'threads';
  readonly workers: number | undefined;
  readonly chunks: number;
  readonly resultBytesMax: number;
  readonly onEnd: (end: ChunkEnd) => void;
  /** What went wrong without harm: a lost lock, a refused command. */
  readonly onTrouble: (error: unknown) => void;
}

interface ChunkJob {
  readonly run: string;
  readonly first: number;
}

/** BullMQ fails a job after so many; with care a chunk is done long before. */
const STALLS_MAX = 2 ** 31 - 1;

export class Service {
  readonly #options: ServiceOptions;
  #isEnding = false;
  /** Under way, by run: aborted when the run is cancelled, or the node ends at once. */
  readonly #running = new Map<string, Set<AbortController>>();
  #worker: Worker | undefined;
  #pool: Promise<AnyPool> | undefined;
  #opening: Promise<AnyPool> | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  /** Resolves when the module has loaded in a worker and chunks are leased. @throws what `createPool` of a local pool throws. */
  async start(): Promise<void> {
    const { connection, keys, moduleId, chunks, onTrouble } = this.#options;
    await this.#localPool();
    const { Worker: WorkerClass } = await import('bullmq');
    const worker = new WorkerClass(queueOf(moduleId), (job: Job<ChunkJob>) => this.#process(job), {
      // The same type, but for what may be undefined.
      connection: connection.options as ConnectionOptions,
      prefix: keys.prefix,
      concurrency: chunks,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_MS,
      maxStalledCount: STALLS_MAX,
      drainDelay: IDLE_LOOK_MS / 1_000,
      runRetryDelay: STALLED_MS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    worker.on('error', onTrouble);
    this.#worker = worker;
    await worker.waitUntilReady();
  }

  cancel(run: string): void {
    for (const controller of this.#running.get(run) ?? []) controller.abort(new Error(`run "${run}" was cancelled`));
  }

  /** Leases nothing more, and waits for what it has. */
  async drain(): Promise<void> {
    await this.#worker?.close();
    const pool = await this.#pool?.catch(() => undefined);
    await pool?.close().catch(this.#options.onTrouble);
  }

  /** Ends what runs. Its locks run out, and other nodes take the chunks. */
  async end(): Promise<void> {
    this.#isEnding = true;
    for (const controllers of this.#running.values())
      for (const controller of controllers) controller.abort(new Error('the node ends'));
    const worker = this.#worker?.close(true);
    const pool = await this.#pool?.catch(() => undefined);
    const ended = Promise.allSettled([worker, pool?.close({ cancel: true })]);
    // A Redis that is away may keep BullMQ waiting; what it waits for is not needed any more.
    await within(END_MS, ended);
  }

  /** Opened with the service, and again when it failed; by one of those who need it. */
  #localPool(): Promise<AnyPool> {
    return (this.#opening ??= this.#openPool().finally(() => (this.#opening = undefined)));
  }

  async #openPool(): Promise<AnyPool> {
    const known = await this.#pool?.catch(() => undefined);
    if (known !== undefined && known.stats().state === 'open') return known;
    const { url, backend, workers } = this.#options;
    const { createPool } = await import('@heddle/ts-orchestrator');
    this.#pool = createPool(url, { backend, ...(workers === undefined ? {} : { workers }) });
    this.#pool.catch(() => undefined);
    return this.#pool;
  }

  async #process(job: Job<ChunkJob>): Promise<void> {
    const { connection, keys, resultBytesMax, onEnd, onTrouble } = this.#options;
    const { run, first } = job.data;
    const runKeys = keys.run(run);
    const controller = new AbortController();
    const mine = this.#running.get(run) ?? new Set();
    this.#running.set(run, mine.add(controller));
    const { signal } = controller;
    const context = {
      redis: connection.redis,
      keys: runKeys,
      first,
      pool: () => this.#localPool(),
      resultBytesMax,
      signal,
    };
    try {
      onEnd(await runChunk(context, job.stalledCounter >= STALLS_BEFORE_CARE));
    } catch (thrown) {
      if (signal.aborted && !this.#isEnding) return onEnd({ what: 'cancelled', items: 0 });
      const error = thrown instanceof ChunkFailure ? thrown.cause : thrown;
      // What Redis refuses before the chunk is fetched, it refuses the client too, who asks it each second.
      if (thrown instanceof ChunkFailure && !this.#isEnding && job.attemptsMade + 1 >= NODE_FAULTS_MAX) {
        const told = ownError(error, connection.address);
        await failRun(connection.redis, runKeys, told, thrown.opens).catch(onTrouble);
      }
      throw plain(error);
    } finally {
      mine.delete(controller);
      if (mine.size === 0) this.#running.delete(run);
    }
  }
}

/** BullMQ writes message and stack of a failure into the job: nothing else may be in it. */
function plain(error: unknown): Error {
  const { code } = Object(error) as { code?: unknown };
  const failure = new Error(typeof code === 'string' ? code : 'the node failed');
  failure.stack = '';
  return failure;
}
