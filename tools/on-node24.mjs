#!/usr/bin/env node
// Runs the tests on Node 24, with everything as it was built by the Node of this machine (the addon is Node-API, so it
// loads as it is). Node comes from tools/node-versions: npm ci --prefix tools/node-versions
//   node tools/on-node24.mjs [vitest arguments, such as packages/machine]
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { npm } from './npm-cli.mjs';

const root = path.resolve(import.meta.dirname, '..');
const bin = path.join(root, 'tools/node-versions/node_modules/node24/bin');
const node = path.join(bin, 'node');
if (!fs.existsSync(node)) {
  console.error(
    'on-node24: Node 24 is not installed here: run `npm ci --prefix tools/node-versions` (Linux x64 only).',
  );
  process.exit(1);
}
const { stdout: version } = spawnSync(node, ['--version'], { encoding: 'utf8' });
console.log(`on-node24: ${version.trim()}`);
const args = [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...process.argv.slice(2)];
const env = {
  ...process.env,
  // First on the path too: a test that starts `node` by its name means the same one.
  PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`,
  // npm looks for its global settings (proxy, certificates) beside the node that runs it: those of this machine stay.
  npm_config_globalconfig: process.env.npm_config_globalconfig ?? npm(['config', 'get', 'globalconfig']).trim(),
};
const { status, error } = spawnSync(node, args, { cwd: root, env, stdio: 'inherit' });
if (error) throw error;
process.exit(status ?? 1);
