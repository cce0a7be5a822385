/** Every option of a cluster pool and of its calls: meaning, unit, range, default. */
import { clusterError } from '../errors.ts';
import { checkKeys, choice, projectName, runName, whole } from '../options.ts';

export interface ClusterPoolOptions {
  /** Address of Redis: `redis://[user:password@]host[:port][/database]`, `rediss://…` for TLS, `unix:///path`. */
  readonly redis: string | URL;
  /** Folder below which the task module lies; its path from there is its name on every node. Default: the working folder. */
  readonly root?: string | undefined;
  /** Clients and nodes of one project see each other. Default `default`. */
  readonly project?: string | undefined;
  /** How long there may be no node that serves the module, in milliseconds, 100 to 86,400,000. Default 30,000. */
  readonly noNodeMs?: number | undefined;
  /** How long a lost connection to Redis is tried for, in milliseconds, 100 to 86,400,000. Default 30,000. */
  readonly goneMs?: number | undefined;
  /** How long inputs and results stay in Redis after anybody has last used the run, in milliseconds, 1,000 to 2,592,000,000. Default 86,400,000 (a day). */
  readonly expiryMs?: number | undefined;
  /** Most bytes of one input, 1 to 64 MiB. Default 1 MiB: what is larger is better passed as a path or URL. */
  readonly inputBytesMax?: number | undefined;
  /** For calls that say nothing about it: see `ClusterCallOptions`. */
  readonly attempts?: number | undefined;
}

export interface ClusterCallOptions {
  /** Aborting it cancels the run: the call rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Longest run of one input in milliseconds, 1 to 2,147,483,647. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Most times that an input may end its worker process, or be under way when its node dies, 1 to 100. Default 3. */
  readonly attempts?: number | undefined;
  /** `error`: a function that throws runs again too, up to `attempts`. Default `crash`. */
  readonly retryOn?: 'crash' | 'error' | undefined;
  /** As of a pool, in milliseconds, 0 to 2,147,483,647. Default 100. */
  readonly retryDelayMs?: number | undefined;
  /**
   * Name of the run. Whoever maps the same inputs under the same name gets the results that are there, and the rest when they come: a
   * program that died resumes so. Two at a time both get all. Default: a new one, which is deleted at its end.
   */
  readonly runId?: string | undefined;
}

export interface ClusterMapOptions extends ClusterCallOptions {
  /** Results in the order of the input. False: chunk by chunk as they come. Default true. */
  readonly ordered?: boolean | undefined;
  /** `fail`: the first failing item ends the iteration with its error. `collect`: it yields `{ index, error }`. Default `fail`. */
  readonly onError?: 'fail' | 'collect' | undefined;
  /** Most inputs in one chunk, 1 to 1,000. Default 1,000; chunks are sized by time below that. */
  readonly chunkItemsMax?: number | undefined;
}

const DAY_MS = 86_400_000;
const DELAY_MS_MAX = 2 ** 31 - 1;

/** @throws {ClusterError} CLUSTER_OPTION. */
export function parsePoolOptions(raw: ClusterPoolOptions) {
  checkKeys('createClusterPool', raw, POOL_KEYS);
  if (raw.root !== undefined && typeof raw.root !== 'string')
    throw clusterError('CLUSTER_OPTION', 'root', 'the path of a folder', String(raw.root));
  return Object.freeze({
    redis: raw.redis,
    root: raw.root ?? process.cwd(),
    project: projectName(raw.project),
    noNodeMs: whole('noNodeMs', raw.noNodeMs, 100, DAY_MS, 30_000),
    goneMs: whole('goneMs', raw.goneMs, 100, DAY_MS, 30_000),
    expiryMs: whole('expiryMs', raw.expiryMs, 1_000, 30 * DAY_MS, DAY_MS),
    inputBytesMax: whole('inputBytesMax', raw.inputBytesMax, 1, 64 * 2 ** 20, 2 ** 20),
    attempts: whole('attempts', raw.attempts, 1, 100, 3),
  });
}
export type ParsedPoolOptions = ReturnType<typeof parsePoolOptions>;
const POOL_KEYS = ['redis', 'root', 'project', 'noNodeMs', 'goneMs', 'expiryMs', 'inputBytesMax', 'attempts'];

const CALL_KEYS = ['signal', 'timeoutMs', 'attempts', 'retryOn', 'retryDelayMs', 'runId'];
const MAP_KEYS = [...CALL_KEYS, 'ordered', 'onError', 'chunkItemsMax'];
/** Options of a local pool's calls that would have to reach across the network. */
const NOT_HERE: Readonly<Record<string, string>> = {
  transfer: 'inputs are copied; pass a path or URL for what is large',
  onProgress: 'let the task write its progress where you can read it',
  priority: 'start a project of its own for what is urgent',
  retries: 'say attempts, which is one more',
};

/** @throws {ClusterError} CLUSTER_OPTION, CLUSTER_UNSUPPORTED. */
export function parseCallOptions(what: 'run' | 'map', raw: ClusterMapOptions | undefined, attempts: number) {
  const given = raw ?? {};
  for (const [key, instead] of Object.entries(NOT_HERE))
    if (Object.hasOwn(given, key)) throw clusterError('CLUSTER_UNSUPPORTED', `option "${key}" of ${what}`, instead);
  checkKeys(what, given, what === 'run' ? CALL_KEYS : MAP_KEYS);
  const { signal } = given;
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw clusterError('CLUSTER_OPTION', 'signal', 'an AbortSignal', String(signal));
  if (given.ordered !== undefined && typeof given.ordered !== 'boolean')
    throw clusterError('CLUSTER_OPTION', 'ordered', 'true or false', String(given.ordered));
  return Object.freeze({
    signal,
    timeoutMs: given.timeoutMs === undefined ? null : whole('timeoutMs', given.timeoutMs, 1, DELAY_MS_MAX, 1),
    attempts: whole('attempts', given.attempts, 1, 100, attempts),
    retryOn: choice('retryOn', given.retryOn, ['crash', 'error'] as const, 'crash'),
    retryDelayMs: whole('retryDelayMs', given.retryDelayMs, 0, DELAY_MS_MAX, 100),
    runId: runName(given.runId),
    ordered: given.ordered ?? true,
    onError: choice('onError', given.onError, ['fail', 'collect'] as const, 'fail'),
    chunkItemsMax: whole('chunkItemsMax', given.chunkItemsMax, 1, 1_000, 1_000),
  });
}
export type ParsedCallOptions = ReturnType<typeof parseCallOptions>;
