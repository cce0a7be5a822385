#!/usr/bin/env node
// What a native build needs, and whether it is here: a C++ compiler, make and python3.
// Run as a script it prints one line that changes when the toolchain does: part of the cache key of the native build,
// so that a clone first set up without a compiler is built when one arrives.
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

function versionOf(command) {
  const probe = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return probe.status === 0 ? `${probe.stdout}${probe.stderr}`.split('\n')[0].trim() : undefined;
}

function firstOf(commands) {
  for (const command of commands) {
    const version = versionOf(command);
    if (version !== undefined) return { command, version };
  }
  return undefined;
}

/** The compiler that node-gyp will use ($CXX, else g++, c++ or clang++), make and python3; `missing` names what to install. */
export function findToolchain(env = process.env) {
  const compiler = env.CXX ? firstOf([env.CXX]) : firstOf(['g++', 'c++', 'clang++']);
  const make = firstOf(['make', 'gmake']);
  const python = firstOf([env.PYTHON, 'python3', 'python'].filter(Boolean));
  const missing = [
    compiler ? undefined : `a C++20 compiler${env.CXX ? ` (CXX=${env.CXX} does not run)` : ''}`,
    make ? undefined : 'make',
    python ? undefined : 'python3',
  ].filter((part) => part !== undefined);
  return { compiler, make, python, missing };
}

/** One sentence for the user when native code can't be built here. */
export function missingSentence(missing, consequence) {
  return `native: ${consequence}: install ${missing.join(', ')} (Debian: apt-get install g++ make python3).`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { compiler, make, python } = findToolchain();
  const line = [compiler, make, python].map((tool) => tool?.version ?? 'none').join(' | ');
  console.log(`${process.platform} ${process.arch} ${process.version} | ${line}`);
}
