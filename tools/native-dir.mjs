// Where packages/core-native is built: in its own build/, or for another purpose in a folder of that purpose below it,
// which links to the sources, so that builds leave each other alone.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export const packageDir = path.resolve(import.meta.dirname, '../packages/core-native');

export const nodeGyp = createRequire(path.join(packageDir, 'package.json')).resolve('node-gyp/bin/node-gyp.js');

/** A folder with a build/ of its own; makes it. */
export function linkedDir(purpose) {
  const dir = path.join(packageDir, 'build', purpose);
  fs.mkdirSync(path.join(dir, 'test'), { recursive: true });
  for (const name of ['binding.gyp', 'core', 'binding', 'test/cpp']) {
    const link = path.join(dir, name);
    if (!fs.existsSync(link)) fs.symlinkSync(path.join(packageDir, name), link);
  }
  return dir;
}
