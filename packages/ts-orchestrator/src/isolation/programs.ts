/**
 * Programs of this machine that isolation and limits rest on. What was asked for and can't be had is refused, never left out.
 */
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { heddleError } from '../errors/errors.ts';
import { bubblewrapArgs } from './sandbox.ts';

/** Where a program lies on the search path; undefined: nowhere. */
export function findProgram(name: string, searchPath = process.env.PATH ?? ''): string | undefined {
  for (const folder of searchPath.split(path.delimiter)) {
    if (folder === '') continue;
    const file = path.join(folder, name);
    try {
      fs.accessSync(file, fs.constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/**
 * The path of `bwrap`, which has been seen to work: a kernel or a container may forbid what it needs.
 * @throws {HeddleError} HEDDLE_ISOLATION_UNAVAILABLE.
 */
export async function requireBubblewrap(folders: readonly string[], searchPath?: string): Promise<string> {
  const what = `require.isolation 'sandbox'`;
  const instead = `ask for 'process' where that is enough`;
  const refuse = (reason: string, cause?: unknown) =>
    heddleError('HEDDLE_ISOLATION_UNAVAILABLE', { what, reason, instead }, cause);
  if (process.platform !== 'linux') throw refuse('Linux, which this is not');
  const bwrapPath = findProgram('bwrap', searchPath);
  if (bwrapPath === undefined)
    throw refuse('the program bwrap, which is not there (package "bubblewrap" of most distributions)');
  const { execFile } = process.getBuiltinModule('node:child_process');
  try {
    await promisify(execFile)(
      bwrapPath,
      [...bubblewrapArgs(folders, process.execPath), process.execPath, '--version'],
      { env: {} },
    );
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? '').trim();
    throw refuse(`a bubblewrap that works, and here it says: ${said === '' ? String(error) : said}`, error);
  }
  return bwrapPath;
}

/**
 * The path of `prlimit`, which sets kernel limits and raises them again.
 * @throws {HeddleError} HEDDLE_ISOLATION_UNAVAILABLE.
 */
export function requirePrlimit(searchPath?: string): string {
  const prlimitPath = process.platform === 'linux' ? findProgram('prlimit', searchPath) : undefined;
  if (prlimitPath !== undefined) return prlimitPath;
  throw heddleError('HEDDLE_ISOLATION_UNAVAILABLE', {
    what: 'limits.cpuSeconds',
    reason: 'Linux and the program prlimit (package "util-linux")',
    instead: 'use taskTimeoutMs, which counts time on the clock',
  });
}
