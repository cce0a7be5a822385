#!/usr/bin/env node
// Builds packages/core-native with node-gyp and headers found on this machine, never downloaded.
//   node tools/native.mjs                            build the addon and the C++ test program
//   node tools/native.mjs --test [name]              build, then run the C++ tests (those whose name contains `name`)
//   node tools/native.mjs --sanitize=thread --test   the same with a sanitizer (thread, address, undefined), in a build
//                                                    folder of its own: build/<sanitizer>; the normal build stays
//   node tools/native.mjs --sanitize=address --addon the addon as well; its path is the last line printed. Node isn't
//                                                    instrumented, so the sanitizer's library is to be preloaded
// Without a toolchain it says what to install and succeeds (HEDDLE_REQUIRE_TOOLS=1: fails), so that the rest builds.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { linkedDir, nodeGyp, packageDir } from './native-dir.mjs';
import { nodeHeaders } from './node-headers.mjs';
import { findToolchain, missingSentence } from './toolchain.mjs';

const SANITIZERS = ['thread', 'address', 'undefined'];

const { values: options, positionals } = parseArgs({
  options: {
    test: { type: 'boolean', default: false },
    sanitize: { type: 'string' },
    addon: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
if (options.sanitize !== undefined && !SANITIZERS.includes(options.sanitize)) {
  console.error(`native: --sanitize=${options.sanitize}: expected one of ${SANITIZERS.join(', ')}`);
  process.exit(1);
}

const { missing, python } = findToolchain();
if (missing.length > 0) {
  console.error(missingSentence(missing, 'not built'));
  process.exit(process.env.HEDDLE_REQUIRE_TOOLS === '1' ? 1 : 0);
}

function run(command, args, extra = {}) {
  const { status, signal, error } = spawnSync(command, args, { stdio: 'inherit', ...extra });
  if (error) throw error;
  if (signal !== null) console.error(`native: ${path.basename(command)} was ended by ${signal}`);
  if (status !== 0) process.exit(status ?? 1);
}

const buildDir = options.sanitize ? linkedDir(options.sanitize) : packageDir;
const mtime = (file) => fs.statSync(path.join(buildDir, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
const isConfigured = mtime('build/Makefile') > mtime('binding.gyp');
const common = [`--nodedir=${nodeHeaders()}`, `--python=${python.command}`, '--loglevel=warn'];
if (!isConfigured) {
  const variables = options.sanitize ? ['--', `-Dcore_san=${options.sanitize}`] : [];
  run(process.execPath, [nodeGyp, 'configure', ...common, ...variables], { cwd: buildDir });
}
// Of a sanitized build the C++ tests are what is of use first: node itself is not instrumented.
const targets = options.sanitize ? ['core_tests', ...(options.addon ? ['core_native'] : [])] : [];
run(process.execPath, [nodeGyp, 'build', ...targets, '-j', 'max', ...common], { cwd: buildDir });

if (options.test) {
  // The settings that make a report a failure; what the user has set comes after and wins.
  const withDefaults = (name, defaults) => ({ [name]: `${defaults} ${process.env[name] ?? ''}` });
  const env = {
    ...process.env,
    ...withDefaults('TSAN_OPTIONS', 'halt_on_error=1 exitcode=66'),
    ...withDefaults('UBSAN_OPTIONS', 'halt_on_error=1 print_stacktrace=1'),
  };
  run(path.join(buildDir, 'build/Release/core_tests'), positionals, { env });
}
if (options.addon) console.log(path.join(buildDir, 'build/Release/core_native.node'));
