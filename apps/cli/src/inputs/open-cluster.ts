// Workers on other machines: the package is loaded only when somebody asks for it, and what is wrong becomes one sentence.
import { CommandError, EXIT } from '../exit-codes.ts';
import type { ModuleReference } from './module-reference.ts';
import type { AnyTasks } from './open-pool.ts';

const MODULE_CODES = /^CLUSTER_(MODULE_|NODE_VERSION)/;
const USAGE_CODES = /^CLUSTER_(OPTION|REDIS_URL|RUN_MISMATCH|UNSUPPORTED)$/;

/** The sentence and exit code for an error of the cluster; other errors come back as they are. */
export function asClusterCommandError(error: unknown): unknown {
  const { code, message } = Object(error) as { code?: unknown; message?: string };
  if (typeof code !== 'string' || !code.startsWith('CLUSTER_')) return error;
  const exit = MODULE_CODES.test(code) ? EXIT.load : USAGE_CODES.test(code) ? EXIT.usage : EXIT.failed;
  return new CommandError(message!, exit.code, { cause: error });
}

export function redisUrl(given: string | undefined): string {
  if (given !== undefined) return given;
  throw new CommandError('Say where Redis is: --redis redis://host, or the environment variable HEDDLE_REDIS.');
}

export const loadCluster = () => import('@heddle/cluster-bullmq');

export async function openCluster(
  { url }: ModuleReference,
  options: {
    readonly redis: string;
    readonly root: string | undefined;
    readonly project: string | undefined;
  },
) {
  const { createClusterPool } = await loadCluster();
  try {
    return await createClusterPool<AnyTasks>(url, options);
  } catch (error) {
    throw asClusterCommandError(error);
  }
}
