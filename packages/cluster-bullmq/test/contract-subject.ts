/**
 * A cluster pool as a subject of the pool's contract (packages/ts-orchestrator/test/pool.contract.ts): what it is asked in other words, and
 * what it can't keep.
 *
 * Each pool has a project and nodes of its own, in a program that is killed with the test. Of the options of a pool:
 *
 * | pool | here |
 * | --- | --- |
 * | `workers: n` | n nodes with one worker each |
 * | `retries: n`, of the pool or a call | `attempts: n + 1` with each call; not said: 1 |
 * | `taskTimeoutMs` | `timeoutMs` with each call |
 * | `retryOn`, `retryDelayMs` of the pool | the same with each call |
 * | `cancelGraceMs`, `queueLimit` | left out: a node has its own grace, nothing limits its queue; what is promised beside holds with any |
 * | what a module's file is | below the root of its nodes |
 *
 * That a task runs is told by a line in a file, where a pool is told by progress.
 */
import fs from 'node:fs';
import path from 'node:path';
import { createClusterPool } from '@heddle/cluster-bullmq';
import type { MapOptions, PoolOptions, RunOptions } from '@heddle/ts-orchestrator';
import type { AnyPool, Subject } from '../../ts-orchestrator/test/pool.subjects.ts';
import { CHUNK_ITEMS_MAX, WINDOW_CHUNKS_MOST } from '../src/deadlines.ts';
import { lines, NO_NODE_MS, startProgram, type Any } from './helpers.ts';
import type { RedisServer } from './redis-server.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../ts-orchestrator/test/fixtures');
/** Of `startNode`. */
const CHUNKS_OF_NODE = 2;

const NO_STREAM = 'no stream: its items would be lost with its node';
const NO_PROGRESS = 'no progress: only outcomes go through Redis';
const NO_TRANSFER = 'everything is copied: no buffer moves to another machine';
const NO_SHARED_MEMORY = 'machines share no memory';
const OF_THE_NODE = 'workers are those of a node, which opens its pools without options of a client';
const NOT_LOADED_HERE = 'the client reads the module and does not load it';

/** Promises that it can't keep, and why. docs/decisions/029-cluster.md has them as a table. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['refuses such a name at the call of map and stream', NOT_LOADED_HERE],
  ['tells a task its index in its map', 'the index is that within a chunk'],
  ['hands progress to the caller', NO_PROGRESS],
  ['are whole when reading them tells of progress', NO_PROGRESS],
  ['runs setup with its data before the first task and teardown at the end', OF_THE_NODE],
  ['tells when setup fails or takes too long', OF_THE_NODE],
  ['tells when teardown fails or takes too long', OF_THE_NODE],
  ['that can not be workerData are refused by createPool', OF_THE_NODE],
  ['are moved when listed, and detached here', NO_TRANSFER],
  ['are refused for transfer when they can not be moved', NO_TRANSFER],
  ['refuse to move what can not be sent twice', NO_TRANSFER],
  ['run a task again with what was moved to it, when a function says so', NO_TRANSFER],
  ['are moved by move() from a generator', NO_STREAM],
  ['that can not be sent back are refused in a stream', NO_STREAM],
  ['yield what a generator yields', NO_STREAM],
  ['hold the generator back', NO_STREAM],
  ['end the generator when left early', NO_STREAM],
  ['give all items before the error', NO_STREAM],
  ['end when an item takes too long', NO_STREAM],
  ['are of generators alone', NO_STREAM],
  ['shares arrays in both directions', NO_SHARED_MEMORY],
  [
    'pulls at most twice the workers ahead where an item takes a millisecond or more',
    'a client is ahead by chunks, which take as many items as a node runs in a fifth of a second',
  ],
  ['is not refused by the limit of the queue', 'no limit of the queue: what waits is in Redis, whose memory bounds it'],
  ['refuses what is over its limit', 'no limit of the queue: what waits is in Redis, whose memory bounds it'],
  ['goes by priority, then by arrival', 'no priority: nodes take chunks in the order in which they came'],
  ['end when idle, and come back', OF_THE_NODE],
  ['survives a worker that runs out of memory', OF_THE_NODE],
  ['gives workers their environment', OF_THE_NODE],
  ['print to stderr of the host, named, line by line', 'workers print to stderr of their node'],
  ['that fails to load is told with what it threw as cause', 'a node tells in one sentence why it refuses a module'],
  ['that never finishes loading is told', OF_THE_NODE],
  ['bounds the load of a module', OF_THE_NODE],
  ['lets drain wait for all without an end', 'no drain: a client knows of its own calls, and they have promises'],
]);

const CODES = {
  HEDDLE_OPTION_UNKNOWN: 'CLUSTER_OPTION',
  HEDDLE_OPTION_INVALID: 'CLUSTER_OPTION',
  HEDDLE_ARGUMENT_UNCLONEABLE: 'CLUSTER_INPUT_UNCLONEABLE',
  HEDDLE_POOL_CLOSED: 'CLUSTER_CLOSED',
  HEDDLE_TASK_CANCELLED: 'CLUSTER_CLOSED',
  HEDDLE_MODULE_LOAD: 'CLUSTER_MODULE_LOAD',
  HEDDLE_MODULE_NOT_FOUND: 'CLUSTER_MODULE_HERE',
  HEDDLE_MODULE_URL: 'CLUSTER_OPTION',
};

const LEFT_OUT = ['cancelGraceMs', 'queueLimit'];
const OF_CALLS = ['retries', 'retryOn', 'retryDelayMs', 'taskTimeoutMs'] as const;
type Calling = Pick<PoolOptions, (typeof OF_CALLS)[number]>;

/** @throws what has no meaning here: a promise that needs it has an exception. */
function ofCalls(options: PoolOptions): Calling {
  const known: ReadonlySet<string> = new Set(['workers', ...LEFT_OUT, ...OF_CALLS]);
  for (const key of Object.keys(options)) if (!known.has(key)) throw new Error(`no cluster pool has ${key}`);
  return Object.fromEntries(OF_CALLS.map((key) => [key, options[key]])) as Calling;
}

function callOptions({ retries: ofPool = 0, taskTimeoutMs, ...pool }: Calling, call: RunOptions & MapOptions = {}) {
  const { retries = ofPool, ...others } = call;
  const of = { timeoutMs: taskTimeoutMs, ...pool, ...others, attempts: retries + 1 };
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));
}

export function clusterSubject(redis: () => RedisServer): Subject {
  /** Where tasks tell that they run. */
  const logs = new WeakMap<AnyPool, string>();
  let opened = 0;

  async function open(module: string, options: PoolOptions): Promise<AnyPool> {
    const calling = ofCalls(options);
    const project = `pool-${++opened}`;
    const log = path.join(redis().folder, `${project}.starts`);
    fs.writeFileSync(log, '');
    const isFixture = !path.isAbsolute(module) || module.startsWith(FIXTURES);
    const root = isFixture ? FIXTURES : path.dirname(module);
    const order = { root, project, nodes: Number(options.workers ?? 1), workers: 1, chunks: CHUNKS_OF_NODE };
    const asked = { redis: redis().url, root, project, noNodeMs: NO_NODE_MS };
    const [pool] = await Promise.all([
      createClusterPool<Any>(module, asked),
      startProgram(redis(), order, { HEDDLE_TEST_STARTS: log }),
    ]);
    const subject = {
      run: (name: string, args?: unknown[], call?: RunOptions) => pool.run(name, args, callOptions(calling, call)),
      map: (name: string, source: Iterable<unknown>, call?: MapOptions) =>
        pool.map(name, source, callOptions(calling, call)),
      close: pool.close.bind(pool),
      [Symbol.asyncDispose]: pool[Symbol.asyncDispose].bind(pool),
    } as unknown as AnyPool;
    logs.set(subject, log);
    return subject;
  }

  return {
    name: 'a cluster pool (parts on stats() and drain() left out: a client does not see the workers)',
    backend: 'processes',
    isMixed: false,
    open,
    exceptionTo: (promise) => EXCEPTIONS.get(promise),
    exceptions: [...EXCEPTIONS.keys()],
    watchStart(pool) {
      const log = logs.get(pool)!;
      const before = fs.readFileSync(log, 'utf8').split('\n').length - 1;
      return { options: {}, started: lines(log, before + 1).then(() => undefined) };
    },
    codes: CODES,
    apart: { chunkItemsMax: 1 },
    isCounted: false,
    isTransferring: false,
    isTimedHere: false,
    // By the window alone; that it grows with what has come is held by pool.test.ts and window.test.ts.
    aheadMost: WINDOW_CHUNKS_MOST * CHUNK_ITEMS_MAX,
  };
}
