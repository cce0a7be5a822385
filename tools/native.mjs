#!/usr/bin/env node
// Builds packages/core-native with node-gyp and headers found on this machine, never downloaded.
//   node tools/native.mjs            build the addon and the C++ test program
// Without a toolchain it says what to install and succeeds (HEDDLE_REQUIRE_TOOLS=1: fails), so that the rest builds.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { findToolchain, missingSentence } from './toolchain.mjs';
import { nodeHeaders } from './node-headers.mjs';

const packageDir = path.resolve(import.meta.dirname, '../packages/core-native');

const { missing, python } = findToolchain();
if (missing.length > 0) {
  console.error(missingSentence(missing, 'not built'));
  process.exit(process.env.HEDDLE_REQUIRE_TOOLS === '1' ? 1 : 0);
}

const require = createRequire(path.join(packageDir, 'package.json'));
const gyp = require.resolve('node-gyp/bin/node-gyp.js');
const isFresh = () => {
  const mtime = (file) => fs.statSync(path.join(packageDir, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return mtime('build/Makefile') > mtime('binding.gyp');
};
for (const verb of isFresh() ? ['build'] : ['configure', 'build']) {
  const args = [gyp, verb, '-j', 'max', '--loglevel=warn', `--nodedir=${nodeHeaders()}`, `--python=${python.command}`];
  const { status, error } = spawnSync(process.execPath, args, { cwd: packageDir, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
