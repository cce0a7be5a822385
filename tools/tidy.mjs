#!/usr/bin/env node
// clang-tidy over the C++ of packages/core-native, with the flags of its build. What it looks for is in the package's
// .clang-tidy.
//   node tools/tidy.mjs                 all files
//   node tools/tidy.mjs sort binding/   those whose path contains one of the words
// Without clang-tidy it says what to install and succeeds (HEDDLE_REQUIRE_TOOLS=1: fails).
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { linkedDir, nodeGyp, packageDir } from './native-dir.mjs';
import { nodeHeaders } from './node-headers.mjs';
import { findToolchain, missingSentence } from './toolchain.mjs';

const hasTidy = spawnSync('clang-tidy', ['--version']).status === 0;
const { missing, python } = findToolchain();
if (!hasTidy) missing.push('clang-tidy');
if (missing.length > 0) {
  console.error(missingSentence(missing, 'C++ not looked through'));
  process.exit(process.env.HEDDLE_REQUIRE_TOOLS === '1' ? 1 : 0);
}

/** A folder with compile_commands.json for the sources where they are. */
function compileCommands() {
  const dir = linkedDir('tidy');
  const args = [nodeGyp, 'configure', `--nodedir=${nodeHeaders()}`, `--python=${python.command}`, '--loglevel=warn'];
  const { status, error } = spawnSync(process.execPath, [...args, '--', '-f', 'compile_commands_json'], {
    cwd: dir,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
  const text = fs.readFileSync(path.join(dir, 'build/Release/compile_commands.json'), 'utf8');
  const all = JSON.parse(text.replaceAll(`${dir}${path.sep}`, `${packageDir}${path.sep}`));
  // A file that several targets compile is looked through once.
  const commands = [...new Map(all.map((command) => [command.file, { ...command, directory: packageDir }])).values()];
  fs.writeFileSync(path.join(dir, 'compile_commands.json'), JSON.stringify(commands, null, 1));
  return { dir, files: commands.map(({ file }) => file) };
}

function look(dir, file) {
  return new Promise((resolve, reject) => {
    const args = ['-p', dir, '--quiet', file];
    const child = spawn('clang-tidy', args, { cwd: packageDir, stdio: ['ignore', 'pipe', 'pipe'] });
    let found = '';
    let said = '';
    child.stdout.on('data', (text) => (found += text));
    child.stderr.on('data', (text) => (said += text));
    child.on('error', reject);
    child.on('close', (code) => {
      // It counts the warnings of headers that it leaves out on its error stream: of interest only if it failed.
      if (code !== 0) process.stdout.write(`${path.relative(packageDir, file)}:\n${found === '' ? said : found}`);
      resolve(code === 0);
    });
  });
}

const words = process.argv.slice(2);
const { dir, files } = compileCommands();
const wanted = files.filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
const waiting = [...wanted];
let failed = 0;
async function work() {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    if (!(await look(dir, file))) failed++;
  }
}
await Promise.all(Array.from({ length: os.availableParallelism() }, work));
console.log(`clang-tidy: ${wanted.length} files, ${failed} with findings`);
process.exitCode = failed > 0 || wanted.length === 0 ? 1 : 0;
