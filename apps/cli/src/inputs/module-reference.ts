// `path/to/module.ts#export` as typed by the user -> a file URL and a name, or one sentence.
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandError } from '../exit-codes.ts';
import { nearestName } from '../suggest.ts';

export interface ModuleReference {
  readonly url: URL;
  readonly path: string;
  readonly exportName: string;
}

export function isModuleReference(word: string): boolean {
  return word.includes('#') || /\.[cm]?[jt]s$/.test(word);
}

export function parseModuleReference(word: string): ModuleReference {
  const hash = word.lastIndexOf('#');
  const file = hash < 0 ? word : word.slice(0, hash);
  const exportName = hash < 0 ? '' : word.slice(hash + 1);
  if (file === '' || exportName === '') {
    throw new CommandError(`Name the function as module#export, such as ./tasks.ts#render; got '${word}'.`);
  }
  const resolved = path.resolve(file);
  if (!existsSync(resolved) || !statSync(resolved).isFile()) {
    const dir = path.dirname(resolved);
    const siblings = existsSync(dir) && statSync(dir).isDirectory() ? readdirSync(dir) : [];
    const nearest = nearestName(path.basename(resolved), siblings);
    const hint = nearest === undefined ? '' : `; did you mean '${path.join(path.dirname(file), nearest)}'?`;
    throw new CommandError(`There is no module '${file}'${hint}`);
  }
  return { url: pathToFileURL(resolved), path: resolved, exportName };
}
