// The install script of the published @heddle/core-native (tools/pack.mjs puts it beside package.json).
// Does nothing when the package for this platform brought the binary; else compiles it with the node-gyp that npm puts
// on the path of install scripts. The package is useful as an option of others, so a build that isn't possible does not
// fail their installation: the first call of a kernel says what is missing. `npm rebuild` was asked for, so it fails.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { isAvailable } from './dist/index.js';

if (!isAvailable()) {
  const args = ['configure', 'build', 'core_native', '-j', 'max'];
  // Headers that came with this Node spare a download.
  const prefix = path.resolve(fs.realpathSync(process.execPath), '../..');
  if (!process.env.npm_config_nodedir && fs.existsSync(path.join(prefix, 'include/node/node_api.h'))) {
    args.push(`--nodedir=${prefix}`);
  }
  const { status } = spawnSync('node-gyp', args, {
    cwd: import.meta.dirname,
    stdio: 'inherit',
    shell: process.platform === 'win32', // node-gyp.cmd
  });
  if (status !== 0) {
    console.error(
      '@heddle/core-native: there is no binary for this platform and it could not be compiled here; ' +
        'install a C++20 compiler, make and python3, then run: npm rebuild @heddle/core-native',
    );
    if (process.env.npm_command === 'rebuild') process.exitCode = 1;
  }
}
