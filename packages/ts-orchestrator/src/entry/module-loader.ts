/**
 * Loads the user's task module and lists what it exports. Its first error is kept by the module system and thrown again by a
 * second import, so nothing here caches.
 */
import { heddleError } from '../errors/errors.ts';
import { entryUrl } from '../transport/entry-url.ts';
import { canHookTypeScript, prepareTypeScript, refusedTypeScript } from './typescript.ts';
import { taskRealm } from '../task/task-context.ts';

export type TaskFunction = (...args: unknown[]) => unknown;

export interface TaskModule {
  /** Exported functions that are tasks. */
  readonly names: readonly string[];
  /** Reads the export at the call, so that a live binding stays live. */
  find(name: string): TaskFunction | undefined;
  readonly setup: ((data: unknown) => unknown) | undefined;
  readonly teardown: (() => unknown) | undefined;
}

/** These two exports serve the worker and are no tasks. */
const LIFE_CYCLE = new Set(['setup', 'teardown']);

export async function loadTaskModule(url: string, isTypeScriptWanted: boolean): Promise<TaskModule> {
  const previous = taskRealm.loadingUrl;
  if (taskRealm.isWorker) taskRealm.loadingUrl = url;
  let namespace: Record<string, unknown>;
  try {
    await prepareTypeScript(url, entryUrl('typescript-hook'), isTypeScriptWanted);
    namespace = (await import(url)) as Record<string, unknown>;
  } catch (error) {
    const file = refusedTypeScript(error);
    if (file === undefined) throw error;
    throw heddleError('HEDDLE_TYPESCRIPT', { file, hasStripper: canHookTypeScript(url) }, error);
  } finally {
    taskRealm.loadingUrl = previous;
  }
  const find = (name: string) => {
    // A namespace has no prototype, so there is nothing but its exports.
    const found = namespace[name];
    return typeof found === 'function' ? (found as TaskFunction) : undefined;
  };
  return {
    names: Object.keys(namespace).filter((name) => !LIFE_CYCLE.has(name) && typeof namespace[name] === 'function'),
    find: (name) => (LIFE_CYCLE.has(name) ? undefined : find(name)),
    setup: find('setup'),
    teardown: find('teardown'),
  };
}
