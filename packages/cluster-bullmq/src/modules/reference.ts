/**
 * Names of task modules that mean the same on every machine: the path below a root, or a package that is installed there; with a hash of
 * the file's content, which has to agree. No code travels.
 *
 * The hash is of the file itself; what it imports is not in it.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { clusterError } from '../errors.ts';
import { VERSION } from '../version.ts';

/** What a client wants its nodes to have. */
export interface WantedModule {
  readonly kind: 'path' | 'package';
  /** Path with forward slashes, or name of the package with what may follow. */
  readonly name: string;
  /** SHA-256 of the file, the first HASH_CHARS digits. */
  readonly hash: string;
  /** Of heddle. */
  readonly version: string;
}

/** 64 bits: these are files of friends, not of attackers. */
const HASH_CHARS = 16;
const TWINS: Readonly<Record<string, string>> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' };

export const idOf = (wanted: WantedModule): string =>
  createHash('sha256')
    .update(JSON.stringify([wanted.kind, wanted.name, wanted.hash, wanted.version]))
    .digest('hex')
    .slice(0, 24);

/** Anything may lie in Redis. */
export function parseWanted(text: string): WantedModule | undefined {
  try {
    const wanted = JSON.parse(text) as WantedModule;
    const isWhole = [wanted.kind, wanted.name, wanted.hash, wanted.version].every((part) => typeof part === 'string');
    return isWhole ? wanted : undefined;
  } catch {
    return undefined;
  }
}

const hashOf = (file: string): string =>
  createHash('sha256').update(fs.readFileSync(file)).digest('hex').slice(0, HASH_CHARS);

/**
 * How this program's module is called everywhere.
 * @throws {ClusterError} CLUSTER_MODULE_ROOT, CLUSTER_MODULE_HERE.
 */
export function nameModule(given: unknown, rootFolder: string): WantedModule {
  const root = fs.realpathSync(rootFolder);
  if (typeof given === 'string' && isPackageName(given)) {
    const file = packageFile(root, given);
    if (file === undefined) throw clusterError('CLUSTER_MODULE_HERE', given, `no such package is installed at ${root}`);
    return { kind: 'package', name: given, hash: hashOf(file), version: VERSION };
  }
  const asked = toPath(given);
  const file = existing(asked);
  if (file === undefined) throw clusterError('CLUSTER_MODULE_HERE', asked, 'there is no such file');
  const name = path.relative(root, fs.realpathSync(file));
  if (name.startsWith('..') || path.isAbsolute(name)) throw clusterError('CLUSTER_MODULE_ROOT', asked, root);
  return { kind: 'path', name: name.split(path.sep).join('/'), hash: hashOf(file), version: VERSION };
}

export type Found = { readonly url: URL } | { readonly missing: true } | { readonly hash: string };

/** The file of a wanted module below this machine's root. A name that leaves the root, by `..` or by a link, is missing. */
export function findModule(wanted: WantedModule, root: string): Found {
  const file = wanted.kind === 'package' ? packageFile(root, wanted.name) : pathBelow(root, wanted.name);
  if (file === undefined) return { missing: true };
  const hash = hashOf(file);
  return hash === wanted.hash ? { url: pathToFileURL(file) } : { hash };
}

function pathBelow(root: string, name: string): string | undefined {
  try {
    const file = fs.realpathSync(path.join(root, ...name.split('/')));
    const below = path.relative(root, file);
    if (below === '' || below.startsWith('..') || path.isAbsolute(below)) return undefined;
    return fs.statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Only what lies in a `node_modules` of the root itself: Node would look in the folders above as well. */
function packageFile(root: string, name: string): string | undefined {
  if (!isPackageName(name)) return undefined;
  try {
    const modules = path.join(root, 'node_modules');
    const file = createRequire(path.join(root, 'package.json')).resolve(name);
    const parts = name.split('/').slice(0, name.startsWith('@') ? 2 : 1);
    const home = fs.realpathSync(path.join(modules, ...parts));
    const below = path.relative(home, fs.realpathSync(file));
    return below.startsWith('..') || path.isAbsolute(below) ? undefined : file;
  } catch {
    return undefined;
  }
}

const isPackageName = (text: string): boolean =>
  /^(@[\w.~-]+\/)?[a-z0-9~][\w.~-]*(\/[\w.~-]+)*$/i.test(text) && !text.split('/').some((part) => /^\.+$/.test(part));

function toPath(given: unknown): string {
  if (given instanceof URL && given.protocol === 'file:') return fileURLToPath(given);
  if (typeof given === 'string') {
    if (path.isAbsolute(given)) return given;
    if (given.startsWith('file:')) return fileURLToPath(given);
  }
  throw clusterError(
    'CLUSTER_OPTION',
    'the task module',
    'a file: URL, an absolute path, or the name of a package',
    String(given),
  );
}

function existing(file: string): string | undefined {
  const isFile = (name: string) => fs.statSync(name, { throwIfNoEntry: false })?.isFile() === true;
  if (isFile(file)) return file;
  const extension = path.extname(file);
  const twin = TWINS[extension];
  const twinFile = twin === undefined ? undefined : file.slice(0, -extension.length) + twin;
  return twinFile !== undefined && isFile(twinFile) ? twinFile : undefined;
}
