/**
 * What a sandboxed worker has to read: the package of the task module, the node_modules folders its imports are looked up in,
 * and this package.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute paths of folders, each as given and as it really is, none inside another. */
export function readableFolders(moduleUrl: string): string[] {
  const found = new Set<string>();
  for (const file of [fileURLToPath(moduleUrl), fileURLToPath(import.meta.url)]) {
    // Imports are resolved from where a file really is.
    for (const each of new Set([file, fs.realpathSync(file)])) {
      found.add(packageFolder(each));
      for (const folder of nodeModules(path.dirname(each))) found.add(folder);
    }
  }
  return [...found].filter((folder) => ![...found].some((other) => folder.startsWith(other + path.sep)));
}

/** The folder of the nearest package.json; without any, the file's own. */
function packageFolder(file: string): string {
  const own = path.dirname(file);
  return upwards(own).find((folder) => fs.existsSync(path.join(folder, 'package.json'))) ?? own;
}

function nodeModules(start: string): string[] {
  return upwards(start)
    .map((folder) => path.join(folder, 'node_modules'))
    .filter((folder) => fs.existsSync(folder));
}

/** This folder and those above it, less the root: who may read that may read everything. */
function upwards(start: string): string[] {
  const folders: string[] = [];
  for (let folder = start; folder !== path.dirname(folder); folder = path.dirname(folder)) folders.push(folder);
  return folders;
}
