#!/usr/bin/env node
// Checks the concurrent sources of the core in many orders of their steps, by Relacy: packages/core-native/test/model.
//   node tools/native-model.mjs                  builds and runs all models
//   node tools/native-model.mjs 1000000          with that many orders of each scenario (default 20000)
//   node tools/native-model.mjs --sabotage       each source with one step changed at a time: every change must be found
//                                                (default 4000 orders)
// Without Relacy's headers (Debian: relacy-dev) it says so and succeeds (HEDDLE_REQUIRE_TOOLS=1: fails).
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findToolchain } from './toolchain.mjs';
import { sabotages } from '../packages/core-native/test/model/sabotages.mjs';

const packageDir = path.resolve(import.meta.dirname, '../packages/core-native');
const modelDir = path.join(packageDir, 'test/model');
const buildDir = path.join(packageDir, 'build/model');

const { values: options, positionals } = parseArgs({
  options: { sabotage: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const orders = positionals[0] ?? (options.sabotage ? '4000' : '20000');
if (!/^[1-9]\d*$/.test(orders)) {
  console.error(`native-model: ${orders}: expected a number of orders`);
  process.exit(2);
}

const { compiler } = findToolchain();
const hasRelacy =
  compiler !== undefined &&
  spawnSync(compiler.command, ['-std=c++20', '-E', '-x', 'c++', '-'], {
    input: '#include <relacy/memory_order.hpp>\n',
    stdio: ['pipe', 'ignore', 'ignore'],
  }).status === 0;
if (!hasRelacy) {
  console.error(
    "native-model: not run: install a C++20 compiler and Relacy's headers (Debian: apt-get install g++ relacy-dev).",
  );
  process.exit(process.env.HEDDLE_REQUIRE_TOOLS === '1' ? 1 : 0);
}

/** Runs a program to its end: how it ended, and what it said if `isHeard`; what a broken model says is long. */
function run(file, args, isHeard = true) {
  const child = spawn(file, args, { stdio: ['ignore', ...Array(2).fill(isHeard ? 'pipe' : 'ignore')] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve({ status, signal, said }));
  });
}

/** Builds a model with `folders` before those of the sources. The path of the program. */
async function build(model, name, folders = []) {
  fs.mkdirSync(buildDir, { recursive: true });
  const program = path.join(buildDir, name);
  const includes = [...folders, path.join(modelDir, 'shadow'), modelDir, path.join(packageDir, 'core')];
  // Relacy replaces the plain `operator delete` only.
  const args = ['-std=c++20', '-O1', '-w', '-fno-sized-deallocation', ...includes.flatMap((folder) => ['-I', folder])];
  const source = path.join(modelDir, `${model}.cc`);
  const { status, said } = await run(compiler.command, [...args, source, '-o', program]);
  if (status === 0) return program;
  console.error(said.slice(0, 4_000));
  throw new Error(`native-model: ${name} can't be built`);
}

/** Whether one is seen. */
async function isSeen({ model, file, changes }, index) {
  let source = fs.readFileSync(path.join(packageDir, 'core', file), 'utf8');
  for (const [from, to] of changes) {
    if (source.split(from).length !== 2) throw new Error(`native-model: ${file} has not one '${from}'`);
    source = source.replace(from, () => to);
  }
  const folder = path.join(buildDir, `sabotage-${index}`);
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), source);
  const { status, signal } = await run(await build(model, `sabotaged-${index}`, [folder]), [orders], false);
  return status === 1 || signal !== null;
}

/** Several at a time: most of it is the compiler's, which takes one core for each. */
async function sabotage() {
  const waiting = [...sabotages.entries()];
  let unseen = 0;
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, one] = next;
      const wasSeen = await isSeen(one, index);
      if (!wasSeen) unseen++;
      console.log(`${wasSeen ? 'seen' : 'NOT SEEN'}: ${one.why}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return unseen === 0;
}

async function models() {
  const names = fs.readdirSync(modelDir).filter((name) => name.endsWith('_model.cc'));
  const results = await Promise.all(
    names.map(async (name) => {
      const model = path.basename(name, '.cc');
      const { status, said } = await run(await build(model, model), [orders]);
      process.stdout.write(said);
      return status === 0;
    }),
  );
  return results.every(Boolean);
}

process.exitCode = (await (options.sabotage ? sabotage() : models())) ? 0 : 1;
