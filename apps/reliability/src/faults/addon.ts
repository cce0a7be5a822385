/**
 * Builds the add-on of native/faults.c with the compiler that is here: once, again when its source changes.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../native/faults.c', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../build/', import.meta.url));

/** The exports of native/faults.c. */
export interface FaultAddon {
  segfault(): never;
  blockUntil(path: string): void;
}

/** Path of the built add-on; undefined where no compiler is, or on a system other than Linux. */
export function buildAddon(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const file = path.join(FOLDER, `faults-${process.arch}.node`);
  const modified = (name: string) => fs.statSync(name, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (modified(file) > modified(SOURCE)) return file;
  const { include_dir: headers } = createRequire(import.meta.url)('node-api-headers') as { include_dir: string };
  fs.mkdirSync(FOLDER, { recursive: true });
  // Renamed when it is whole: another process may be loading or building it.
  const unfinished = `${file}.${process.pid}`;
  const args = ['-x', 'c++', '-shared', '-fPIC', '-O1', '-I', headers, SOURCE, '-o', unfinished];
  for (const compiler of process.env.CXX === undefined ? ['g++', 'c++', 'clang++'] : [process.env.CXX]) {
    const { status, error, stderr } = spawnSync(compiler, args, { encoding: 'utf8' });
    if (error !== undefined) continue;
    if (status !== 0) throw new Error(`${compiler} can't build ${SOURCE}:\n${stderr}`);
    fs.renameSync(unfinished, file);
    return file;
  }
  return undefined;
}
