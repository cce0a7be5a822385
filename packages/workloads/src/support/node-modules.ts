/**
 * Real input that every installation has: the files under the node_modules folders that this package's imports resolve
 * through. In one order on every machine; links are not followed (linked packages change while one works on them), and
 * neither dot folders (caches, `.bin`) nor the platform's binaries are text.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Nearest first. Empty if the package runs without any. */
export function nodeModulesFolders(from: string = fileURLToPath(import.meta.url)): string[] {
  const folders: string[] = [];
  for (let folder = dirname(from), up = ''; folder !== up; up = folder, folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules');
    if (existsSync(candidate)) folders.push(candidate);
    if (up === folder) break;
  }
  return folders;
}

/** Absolute paths of the files under `root` whose name matches, by folder, sorted by UTF-16 code units. Reads folders as needed. */
export async function* filesUnder(root: string, matches: RegExp): AsyncGenerator<string> {
  const entries = await readdir(root, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(root, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path, matches);
    else if (entry.isFile() && matches.test(entry.name)) yield path;
  }
}

/** `filesUnder` for every folder of `nodeModulesFolders`. */
export async function* nodeModulesFiles(matches: RegExp): AsyncGenerator<string> {
  for (const folder of nodeModulesFolders()) yield* filesUnder(folder, matches);
}
