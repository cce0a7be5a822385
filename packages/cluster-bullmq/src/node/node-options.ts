/** Every option of a node: meaning, unit, range, default. */
import fs from 'node:fs';
import { clusterError } from '../errors.ts';
import { checkKeys, choice, projectName, whole } from '../options.ts';

export interface NodeOptions {
  /** Address of Redis: `redis://[user:password@]host[:port][/database]`, `rediss://…` for TLS, `unix:///path`. */
  readonly redis: string | URL;
  /** Folder below which task modules are found. Nothing outside of it is loaded by name. */
  readonly root: string;
  /** Clients and nodes of one project see each other. Default `default`. */
  readonly project?: string | undefined;
  /** Where tasks run. `processes`: a crash ends one task's process. Default `processes`. */
  readonly backend?: 'processes' | 'threads' | undefined;
  /** Processes or threads, 1 to 256. Default: the cores that this program may use. */
  readonly workers?: number | undefined;
  /** Chunks at a time, 1 to 64: with two the workers have the next one when the last ends. Default 2. */
  readonly chunks?: number | undefined;
  /** Most bytes of one result, 1 to 512 MiB. Default 16 MiB. */
  readonly resultBytesMax?: number | undefined;
  /** Told what goes wrong without harm, as a lock that was lost. Default: nothing is told. */
  readonly onTrouble?: ((error: Error) => void) | undefined;
}

export interface ParsedNodeOptions {
  readonly redis: string | URL;
  readonly root: string;
  readonly project: string;
  readonly backend: 'processes' | 'threads';
  readonly workers: number | undefined;
  readonly chunks: number;
  readonly resultBytesMax: number;
  readonly onTrouble: ((error: Error) => void) | undefined;
}

const KNOWN = ['redis', 'root', 'project', 'backend', 'workers', 'chunks', 'resultBytesMax', 'onTrouble'];
/** The longest string of Redis. */
const REDIS_VALUE_BYTES = 512 * 2 ** 20;

/** @throws {ClusterError} CLUSTER_OPTION. */
export function parseNodeOptions(raw: NodeOptions): ParsedNodeOptions {
  checkKeys('startNode', raw, KNOWN);
  if (typeof raw.root !== 'string')
    throw clusterError('CLUSTER_OPTION', 'root', 'the path of a folder', String(raw.root));
  return Object.freeze({
    redis: raw.redis,
    root: rootOf(raw.root),
    project: projectName(raw.project),
    backend: choice('backend', raw.backend, ['processes', 'threads'] as const, 'processes'),
    workers: raw.workers === undefined ? undefined : whole('workers', raw.workers, 1, 256, 1),
    chunks: whole('chunks', raw.chunks, 1, 64, 2),
    resultBytesMax: whole('resultBytesMax', raw.resultBytesMax, 1, REDIS_VALUE_BYTES, 16 * 2 ** 20),
    onTrouble: raw.onTrouble,
  });
}

function rootOf(folder: string): string {
  try {
    const root = fs.realpathSync(folder);
    if (fs.statSync(root).isDirectory()) return root;
  } catch {
    // Said below.
  }
  throw clusterError('CLUSTER_OPTION', 'root', 'a folder that exists', folder);
}
