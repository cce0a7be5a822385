#!/usr/bin/env node
// Makes a fresh clone ready: installs from the lock and builds what changed. Runs before `npm start`, `npm test` and
// `npm run bench`; needs nothing installed. Everything it says goes to stderr, so that stdout carries results only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`heddle needs Node 20.19 or newer (24 is recommended); this is ${process.version}.`);
  process.exit(1);
}

const root = path.resolve(import.meta.dirname, '..');
const at = (...parts) => path.join(root, ...parts);

function run(args, { quiet = false } = {}) {
  const env = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false' };
  // The child's stdout goes to our stderr; a quiet step shows its output only when it fails.
  const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2];
  const { status, signal, error, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    env,
    stdio,
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error) throw error;
  if (quiet && status !== 0) process.stderr.write(Buffer.concat([stdout, stderr]));
  if (status !== 0) {
    console.error(
      `setup: failed: ${args.map((arg) => path.relative(root, arg) || arg).join(' ')} (${signal ?? status})`,
    );
    process.exit(status ?? 1);
  }
  return quiet ? `${stdout}${stderr}` : '';
}

/** `npm start` and `npm test` may run at the same time on a fresh clone: one sets up, the other waits for it. */
function takeLock() {
  const lock = at('.setup.lock');
  const isAlive = (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return error.code === 'EPERM';
    }
  };
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let hasSaid = false; ;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    let owner = 0;
    try {
      owner = Number(fs.readFileSync(lock, 'utf8'));
    } catch {
      continue; // released between the two calls
    }
    if (owner > 0 && !isAlive(owner)) {
      fs.rmSync(lock, { force: true });
      continue;
    }
    if (!hasSaid) console.error(`setup: waiting for the set-up of process ${owner}`);
    hasSaid = true;
    Atomics.wait(pause, 0, 0, 200);
  }
  process.on('exit', () => fs.rmSync(lock, { force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
}

function installFromLock() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.versions.modules}`);
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) hash.update(fs.readFileSync(at(file)));
  const key = hash.digest('hex');
  const stamp = at('node_modules/.heddle-setup');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === key) return;
  const npm =
    process.env.npm_execpath ??
    path.resolve(fs.realpathSync(process.execPath), '../../lib/node_modules/npm/bin/npm-cli.js');
  if (!fs.existsSync(npm)) {
    console.error('setup: npm was not found: run this through npm (`npm start` or `npm test`).');
    process.exit(1);
  }
  console.error('setup: installing from the lock (npm ci)');
  run([npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error']);
  fs.writeFileSync(stamp, key);
}

takeLock();
installFromLock();
const nxDir = at('node_modules/nx');
const nx = path.join(nxDir, JSON.parse(fs.readFileSync(path.join(nxDir, 'package.json'), 'utf8')).bin.nx);
if (!fs.existsSync(at('apps/cli/dist/main.js'))) console.error('setup: building (about a minute the first time)');
run([nx, 'run-many', '-t', 'native', 'build', '--outputStyle=static'], { quiet: true });

// Imported late: it belongs to the project, not to the set-up, and must not run on a Node that is too old.
const { findToolchain, missingSentence } = await import('./toolchain.mjs');
const { missing } = findToolchain();
if (missing.length > 0) console.error(missingSentence(missing, 'native kernels are left out'));
