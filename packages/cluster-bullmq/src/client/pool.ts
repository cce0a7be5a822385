/**
 * The pool as a program sees it: the calls of a local pool, run by the nodes of a project.
 */
import { randomUUID } from 'node:crypto';
import type { HeddleError, TaskArgs, TaskItem, TaskName, TaskResult } from '@heddle/ts-orchestrator';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { EVENTS_KEPT, LOOK_MS, WANT_MS, NODE_FAULT_DELAY_MS, NODE_FAULTS_MAX } from '../deadlines.ts';
import { clusterError } from '../errors.ts';
import { idOf, nameModule } from '../modules/reference.ts';
import type { NodeCard } from '../node/card.ts';
import { parseAddress } from '../redis/address.ts';
import { asClusterError, connect, type Connection } from '../redis/connect.ts';
import { keysOf, queueOf, type Keys } from '../redis/keys.ts';
import type { RunIdentity } from '../run-spec.ts';
import { encodeInput, type Decoded } from '../values/items.ts';
import { ChunkSize } from './chunk-size.ts';
import {
  parseCallOptions,
  parsePoolOptions,
  type ClusterCallOptions,
  type ClusterMapOptions,
  type ClusterPoolOptions,
  type ParsedCallOptions,
  type ParsedPoolOptions,
} from './client-options.ts';
import { ItemSteps, type DoneChunk, type ItemYield } from './item-steps.ts';
import { NodeWatch } from './node-watch.ts';
import { Run } from './run.ts';
import { Source } from './source.ts';

/** A module whose types are not known. */
// oxlint-disable-next-line typescript/no-explicit-any -- the one place where a caller asked for no checking
export type AnyModule = Record<string, (...args: any[]) => any>;

/** What `map` yields: by default always a value; with `onError: 'collect'` a value or an error. */
export type ClusterItem<T, O extends ClusterMapOptions | undefined> = O extends { onError: 'collect' }
  ? | { readonly index: number; readonly value: T; readonly error?: undefined }
    | { readonly index: number; readonly value?: undefined; readonly error: unknown }
  : { readonly index: number; readonly value: T };

/** A pool over the nodes of a project. Made by `createClusterPool`. */
export interface ClusterPool<M> extends AsyncDisposable {
  /**
   * Calls one exported function on a node. For many calls `map` is what is quick: this one is a run of its own.
   *
   * Rejects with what the function threw, with `signal.reason`, or with an error that has a code: CLUSTER_… (docs/errors.md), or
   * HEDDLE_… of the node's local pool, as HEDDLE_TASK_TIMEOUT or HEDDLE_TASK_QUARANTINED.
   */
  run<K extends TaskName<M>>(
    name: K,
    args?: Readonly<TaskArgs<M, K>>,
    options?: ClusterCallOptions,
  ): Promise<TaskResult<M, K>>;

  /**
   * Calls the function with each item of `source` as its one argument and yields `{ index, value }`, in order unless told otherwise, each
   * index once. Pulls from the source only as fast as results are consumed, ahead by
   * what the nodes do in about ten seconds (64 MiB of inputs and 1,000 chunks at most).
   */
  map<K extends TaskName<M>, O extends ClusterMapOptions | undefined = undefined>(
    name: K,
    source: Iterable<TaskItem<M, K>> | AsyncIterable<TaskItem<M, K>>,
    options?: O,
  ): AsyncGenerator<ClusterItem<TaskResult<M, K>, O>, void, undefined>;

  /** The nodes that were heard of in the last seconds, with what they serve and what they refuse. */
  nodes(): Promise<readonly NodeCard[]>;

  /** Takes no further calls, and waits for those it has. `cancel`: ends them instead. */
  close(options?: { readonly cancel?: boolean }): Promise<void>;
}

/**
 * Connects to Redis and waits for a node that serves the module. The module is read for its hash and not loaded here.
 *
 * @param module file: URL or absolute path of the task module, below `root`; or the name of a package that is installed at `root`, here and
 *   on the nodes.
 * @throws {ClusterError} CLUSTER_OPTION, CLUSTER_REDIS_URL, CLUSTER_REDIS_UNREACHABLE, CLUSTER_REDIS_AUTH, CLUSTER_REDIS_VERSION,
 *   CLUSTER_REDIS_POLICY, CLUSTER_REDIS_MEMORY, CLUSTER_NO_NODE, CLUSTER_NODE_VERSION, CLUSTER_MODULE_MISSING, CLUSTER_MODULE_HASH,
 *   CLUSTER_MODULE_LOAD, CLUSTER_MODULE_ROOT, CLUSTER_MODULE_HERE.
 */
export async function createClusterPool<M = AnyModule>(
  module: URL | string,
  options: ClusterPoolOptions,
): Promise<ClusterPool<M>> {
  const parsed = parsePoolOptions(options);
  const address = parseAddress(parsed.redis);
  const wanted = nameModule(module, parsed.root);
  const [connection, { HeddleError: Heddle }, { Queue: QueueClass }] = await Promise.all([
    connect(address, parsed.goneMs),
    import('@heddle/ts-orchestrator'),
    import('bullmq'),
  ]);
  try {
    const keys = keysOf(parsed.project);
    const moduleId = idOf(wanted);
    const { project, noNodeMs } = parsed;
    const nodes = new NodeWatch({ connection, keys, project, moduleId, wanted, noNodeMs });
    const news = await connection.open();
    await news.subscribe(keys.news);
    await untilServed(nodes, news, connection);
    const queue = new QueueClass(queueOf(moduleId), {
      connection: connection.redis,
      prefix: keys.prefix,
      streams: { events: { maxLen: EVENTS_KEPT } },
      defaultJobOptions: {
        attempts: 2 * NODE_FAULTS_MAX,
        backoff: { type: 'fixed', delay: NODE_FAULT_DELAY_MS },
        removeOnComplete: true,
        removeOnFail: true,
      },
    });
    queue.on('error', () => undefined); // told by the commands that fail
    return new Pool({
      options: parsed,
      connection,
      keys,
      moduleId,
      nodes,
      news,
      queue,
      Heddle,
    }) as unknown as ClusterPool<M>;
  } catch (error) {
    connection.close();
    throw asClusterError(error, address);
  }
}

/** @throws the reason why no node serves the module, once it is certain or has lasted. */
async function untilServed(nodes: NodeWatch, news: Redis, { gone }: Connection): Promise<void> {
  let hear: () => void = () => undefined;
  const onMessage = () => hear();
  news.on('message', onMessage);
  try {
    for (;;) {
      const heard = new Promise<void>((resolve) => (hear = resolve));
      await Promise.race([nodes.refresh(), gone]);
      if (nodes.isServed) return;
      const error = nodes.refusal() ?? nodes.overdue();
      if (error !== undefined) throw error;
      let timer: NodeJS.Timeout | undefined;
      const later = new Promise<void>((resolve) => (timer = setTimeout(resolve, LOOK_MS)));
      await Promise.race([heard, later, gone]).finally(() => clearTimeout(timer));
    }
  } finally {
    news.off('message', onMessage);
  }
}

interface PoolParts {
  readonly options: ParsedPoolOptions;
  readonly connection: Connection;
  readonly keys: Keys;
  readonly moduleId: string;
  readonly nodes: NodeWatch;
  /** Subscribed to the channels of the runs that are open. */
  readonly news: Redis;
  readonly queue: Queue;
  readonly Heddle: typeof HeddleError;
}

class Pool {
  readonly #parts: PoolParts;
  /** By channel: two calls of this pool may share a run. */
  readonly #runs = new Map<string, Set<Run>>();
  #open = 0;
  #onIdle: (() => void) | undefined;
  #closed: Promise<void> | undefined;
  /** So that nodes go on serving the module between two calls. */
  readonly #wanting: NodeJS.Timeout;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    this.#wanting = setInterval(() => void parts.nodes.refresh().catch(() => undefined), WANT_MS / 3).unref();
    parts.news.on('message', (channel: string, text: string) => {
      for (const run of this.#runs.get(channel) ?? []) run.hear(text);
    });
    parts.connection.gone.catch((error: unknown) => {
      for (const runs of this.#runs.values()) for (const run of runs) run.fail(error);
    });
    // News may have been lost while the connection was.
    parts.news.on('ready', () => {
      for (const runs of this.#runs.values()) for (const run of runs) void run.look();
    });
  }

  async run(name: string, args: readonly unknown[] = [], raw?: ClusterCallOptions): Promise<unknown> {
    const call = parseCallOptions('run', raw, this.#parts.options.attempts);
    if (!Array.isArray(args))
      throw clusterError(
        'CLUSTER_OPTION',
        `the arguments of run("${name}")`,
        'an array, one element per argument',
        String(args),
      );
    const { inputBytesMax } = this.#parts.options;
    // Taken over now: the caller may change them after the call.
    const bytes = encodeInput(args, `arguments of "${name}"`, inputBytesMax);
    const source = new Source([bytes], () => bytes);
    let result: Decoded | undefined;
    for await (const { outcomes } of this.#begin(name, 'call', call, source)) result = outcomes[0];
    if (result!.isThrown) throw result!.value;
    return result!.value;
  }

  map(
    name: string,
    items: Iterable<unknown> | AsyncIterable<unknown>,
    raw?: ClusterMapOptions,
  ): AsyncGenerator<ItemYield, void, undefined> {
    const call = parseCallOptions('map', raw, this.#parts.options.attempts);
    const isIterable = typeof items === 'object' || typeof items === 'string';
    if (!isIterable || items === null || !(Symbol.iterator in Object(items) || Symbol.asyncIterator in Object(items)))
      throw clusterError(
        'CLUSTER_OPTION',
        `the source of map("${name}")`,
        'an iterable or an async iterable',
        String(items),
      );
    this.#assertOpen();
    return new ItemSteps(this.#chunks(name, items, call), call.onError, call.signal);
  }

  stream(): never {
    throw clusterError('CLUSTER_UNSUPPORTED', 'stream', 'map over the parts instead');
  }

  async *#chunks(
    name: string,
    items: Iterable<unknown> | AsyncIterable<unknown>,
    call: ParsedCallOptions,
  ): AsyncGenerator<DoneChunk, void, undefined> {
    const { inputBytesMax } = this.#parts.options;
    const source = new Source(items, (value, index) =>
      encodeInput(value, `input ${index} of "${name}"`, inputBytesMax),
    );
    yield* this.#begin(name, 'items', call, source);
  }

  async *#begin(
    name: string,
    form: RunIdentity['form'],
    call: ParsedCallOptions,
    source: Source,
  ): AsyncGenerator<DoneChunk, void, undefined> {
    this.#assertOpen();
    const { options, connection, keys, moduleId, nodes, queue, Heddle } = this.#parts;
    const { timeoutMs, attempts, retryOn, retryDelayMs, signal, ordered } = call;
    const id = call.runId ?? randomUUID();
    const run = new Run({
      connection,
      keys: keys.run(id),
      projectNews: keys.news,
      subscribe: () => this.#parts.news.subscribe(keys.run(id).news),
      queue,
      nodes,
      id,
      isPrivate: call.runId === undefined,
      is: { module: moduleId, name, form },
      how: { timeoutMs, attempts, retryOn, retryDelayMs, expiryMs: options.expiryMs },
      source,
      size: new ChunkSize(call.chunkItemsMax),
      ordered,
      signal,
      Heddle,
    });
    const channel = keys.run(id).news;
    if (this.#open++ === 0) nodes.expect();
    this.#runs.set(channel, (this.#runs.get(channel) ?? new Set()).add(run));
    try {
      yield* run.chunks();
    } finally {
      const all = this.#runs.get(channel)!;
      all.delete(run);
      if (all.size === 0) {
        this.#runs.delete(channel);
        void this.#parts.news.unsubscribe(channel).catch(() => undefined);
      }
      if (--this.#open === 0) this.#onIdle?.();
    }
  }

  async nodes(): Promise<readonly NodeCard[]> {
    this.#assertOpen();
    const { nodes, connection } = this.#parts;
    try {
      await nodes.refresh();
    } catch (error) {
      throw asClusterError(error, connection.address);
    }
    return nodes.cards;
  }

  close({ cancel = false }: { readonly cancel?: boolean } = {}): Promise<void> {
    this.#closed ??= this.#close();
    if (cancel) void this.#stopAll();
    return this.#closed;
  }

  /** Also those whose iteration nobody goes on with. */
  async #stopAll(): Promise<void> {
    const error = clusterError('CLUSTER_CLOSED');
    await Promise.all([...this.#runs.values()].flatMap((runs) => [...runs].map((run) => run.stop(error))));
    this.#onIdle?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    clearInterval(this.#wanting);
    await this.#parts.queue.close();
    this.#parts.connection.close();
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw clusterError('CLUSTER_CLOSED');
  }
}
