#!/usr/bin/env node
// Checks the concurrent sources of the core in many orders of their steps, by Relacy: packages/core-native/test/model.
//   node tools/native-model.mjs                  builds and runs all models
//   node tools/native-model.mjs 1000000          with that many orders of each scenario (default 20000)
//   node tools/native-model.mjs --sabotage       each source with one step changed at a time: every change must be found
//                                                (default 4000 orders)
// Without Relacy's headers (Debian: relacy-dev) it says so and succeeds (HEDDLE_REQUIRE_TOOLS=1: fails).
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
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

/** Builds a model with `folders` before those of the sources. The path of the program. */
function build(model, name, folders = []) {
  fs.mkdirSync(buildDir, { recursive: true });
  const program = path.join(buildDir, name);
  const includes = [...folders, path.join(modelDir, 'shadow'), modelDir, path.join(packageDir, 'core')];
  // Relacy replaces the plain `operator delete` only.
  const args = ['-std=c++20', '-O1', '-w', '-fno-sized-deallocation', ...includes.flatMap((folder) => ['-I', folder])];
  const source = path.join(modelDir, `${model}.cc`);
  const { status, stderr } = spawnSync(compiler.command, [...args, source, '-o', program], { encoding: 'utf8' });
  if (status === 0) return program;
  console.error(stderr.slice(0, 4_000));
  throw new Error(`native-model: ${name} can't be built`);
}

function sabotage() {
  let unseen = 0;
  for (const [index, { model, file, changes, why }] of sabotages.entries()) {
    let source = fs.readFileSync(path.join(packageDir, 'core', file), 'utf8');
    for (const [from, to] of changes) {
      if (source.split(from).length !== 2) throw new Error(`native-model: ${file} has not one '${from}'`);
      source = source.replace(from, () => to);
    }
    const folder = path.join(buildDir, `sabotage-${index}`);
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), source);
    const { status, signal } = spawnSync(build(model, `sabotaged-${index}`, [folder]), [orders], { stdio: 'ignore' });
    const isSeen = status === 1 || signal !== null;
    if (!isSeen) unseen++;
    console.log(`${isSeen ? 'seen' : 'NOT SEEN'}: ${why}`);
  }
  return unseen === 0;
}

function models() {
  const names = fs.readdirSync(modelDir).filter((name) => name.endsWith('_model.cc'));
  const results = names.map((name) => {
    const model = path.basename(name, '.cc');
    return spawnSync(build(model, model), [orders], { stdio: 'inherit' }).status === 0;
  });
  return results.every(Boolean);
}

process.exitCode = (options.sabotage ? sabotage() : models()) ? 0 : 1;
