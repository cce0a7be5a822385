/**
 * Which file a task URL means: the real file; if `x.js` is absent and `x.ts` lies beside it, that one.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { heddleError } from '../errors/errors.ts';
import { nearestName } from '../errors/nearest.ts';
import { show } from '../errors/option-reader.ts';

const TYPESCRIPT_TWIN: Record<string, string> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' };

/**
 * Resolves what `createPool` was given to the URL of an existing file.
 * @throws {HeddleError} HEDDLE_MODULE_URL, HEDDLE_MODULE_NOT_FOUND.
 */
export function resolveModuleUrl(given: unknown): string {
  const url = toFileUrl(given);
  const file = fileURLToPath(url);
  if (isFile(file)) return url.href;
  const extension = path.extname(file);
  const twin = TYPESCRIPT_TWIN[extension];
  const tried = [file];
  if (twin !== undefined) {
    const twinFile = file.slice(0, -extension.length) + twin;
    if (isFile(twinFile)) return pathToFileURL(twinFile).href + url.search + url.hash;
    tried.push(twinFile);
  }
  throw heddleError('HEDDLE_MODULE_NOT_FOUND', { url: url.href, tried, nearest: nearestFile(file) });
}

/** One call of the system's, where the other one looks at each folder of the path. */
const realpath = fs.realpathSync.native;

/** Is the module the file that this program was started with? */
export function isThisProgram(moduleUrl: string): boolean {
  const started = process.argv[1];
  if (started === undefined) return false;
  try {
    return realpath(started) === realpath(fileURLToPath(moduleUrl));
  } catch {
    return false;
  }
}

function toFileUrl(given: unknown): URL {
  let url: URL | undefined;
  if (given instanceof URL) url = given;
  else if (typeof given === 'string') {
    if (path.isAbsolute(given)) url = pathToFileURL(given);
    else if (URL.canParse(given)) url = new URL(given);
  }
  if (url?.protocol !== 'file:' || (url.host !== '' && process.platform !== 'win32'))
    throw heddleError('HEDDLE_MODULE_URL', { got: show(url?.href ?? given) });
  return url;
}

function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

function nearestFile(file: string): string | undefined {
  try {
    return nearestName(path.basename(file), fs.readdirSync(path.dirname(file)));
  } catch {
    return undefined;
  }
}
