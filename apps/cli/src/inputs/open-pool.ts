// A pool for the user's own module: what is wrong with the module becomes one sentence and an exit code.
import { createPool, type Pool, type PoolOptions } from '@heddle/ts-orchestrator';
import { CommandError, EXIT } from '../exit-codes.ts';
import type { ModuleReference } from './module-reference.ts';

export type AnyTasks = Record<string, (input: unknown) => unknown>;

/** Codes of a module that can't be loaded; a name that it doesn't export is a wrong word. */
const LOAD_CODES: ReadonlySet<unknown> = new Set([
  'HEDDLE_MODULE_NOT_FOUND',
  'HEDDLE_MODULE_LOAD',
  'HEDDLE_MODULE_SELF',
  'HEDDLE_TYPESCRIPT',
  'HEDDLE_SETUP',
]);

/** The sentence and exit code for an error of the module itself; other errors come back as they are. */
export function asCommandError(error: unknown): unknown {
  const { code, message } = Object(error) as { code?: unknown; message?: string };
  if (code === 'HEDDLE_TASK_UNKNOWN') return new CommandError(message!, EXIT.usage.code, { cause: error });
  if (LOAD_CODES.has(code)) return new CommandError(message!, EXIT.load.code, { cause: error });
  return error;
}

export async function openPool({ url }: ModuleReference, options: PoolOptions): Promise<Pool<AnyTasks>> {
  try {
    const pool = await createPool<AnyTasks>(url, options);
    return pool;
  } catch (error) {
    throw asCommandError(error);
  }
}

/** Loads the module in a worker once and ends it: throws the sentence for a module or an export that is not there. */
export async function probeModule(reference: ModuleReference): Promise<void> {
  const pool = await openPool(reference, { backend: 'threads', workers: 1 });
  try {
    await pool.map(reference.exportName, []).return();
  } catch (error) {
    throw asCommandError(error);
  } finally {
    await pool.close({ cancel: true });
  }
}
