#!/usr/bin/env node
// Writes the generated documents again from the results committed in docs/results:
//   docs/threads-or-processes.md            whole, from compare.json
//   docs/kernels.md                         whole, from kernels.json, the table of kernels and their comments
//   docs/dispatch.md                        whole, from dispatch.json, once there is one
//   docs/advisor.md                         whole, from advisor.json, once there is one
//   docs/sync.md                            whole, from sync.json, once there is one
//   docs/pool.md                            whole, from pool.json, once there is one
//   docs/scaling.md                         whole, from cluster.json, once there is one
//   docs/reliability.md                     whole, from reliability.json
//   README.md                               the part between the `measured` marks
//   docs/sharing-state.md                   the part between the `costs` marks
//   node tools/generate-docs.mjs --check    changes nothing, fails when a document is not what the results give
// New results: `npx heddle compare --budget 240 --json > docs/results/compare.json`, tools/keep-results.mjs for the bench and
// the reliability command; then this.
import fs from 'node:fs';
import path from 'node:path';
import { advisor } from './docs/advisor.mjs';
import { dispatch } from './docs/dispatch.mjs';
import { kernels, sourcesBelow } from './docs/kernels.mjs';
import { measuredTable } from './docs/measured-table.mjs';
import { pool } from './docs/pool.mjs';
import { reliability } from './docs/reliability.mjs';
import { scaling } from './docs/scaling.mjs';
import { sharingCosts } from './docs/sharing-costs.mjs';
import { sync } from './docs/sync.mjs';
import { threadsOrProcesses } from './docs/threads-or-processes.mjs';

const root = path.resolve(import.meta.dirname, '..');
const read = (file) => fs.readFileSync(path.join(root, file), 'utf8');
const comparison = JSON.parse(read('docs/results/compare.json'));
const speeds = JSON.parse(read('docs/results/kernels.json'));
const readOnce = (file) => (fs.existsSync(path.join(root, file)) ? JSON.parse(read(file)) : undefined);
const pools = readOnce('docs/results/dispatch.json');
const choice = readOnce('docs/results/advisor.json');
const locks = readOnce('docs/results/sync.json');
const natives = readOnce('docs/results/pool.json');
const clusters = readOnce('docs/results/cluster.json');
const faults = JSON.parse(read('docs/results/reliability.json'));

/** A document with the part between its marks written anew. */
function withPart(file, name, text) {
  const document = read(file);
  const mark = `<!-- ${name}: written by tools/generate-docs.mjs from docs/results/compare.json -->`;
  const begin = document.indexOf(mark);
  const end = document.indexOf(`<!-- /${name} -->`);
  if (begin < 0 || end < begin) throw new Error(`${file} has lost its \`${name}\` marks`);
  return `${document.slice(0, begin + mark.length)}\n\n${text}\n${document.slice(end)}`;
}

const documents = {
  'docs/threads-or-processes.md': threadsOrProcesses(comparison),
  'docs/kernels.md': kernels(
    speeds,
    read('packages/core-native/core/kernels/kernels.def'),
    sourcesBelow(root, 'packages/core-native/src'),
  ),
  ...(pools === undefined ? {} : { 'docs/dispatch.md': dispatch(pools) }),
  ...(choice === undefined ? {} : { 'docs/advisor.md': advisor(choice) }),
  ...(locks === undefined ? {} : { 'docs/sync.md': sync(locks) }),
  ...(natives === undefined ? {} : { 'docs/pool.md': pool(natives) }),
  ...(clusters === undefined
    ? {}
    : { 'docs/scaling.md': scaling(clusters, read('packages/cluster-bullmq/src/deadlines.ts')) }),
  'docs/reliability.md': reliability(faults),
  'docs/sharing-state.md': withPart('docs/sharing-state.md', 'costs', sharingCosts(comparison)),
  'README.md': withPart('README.md', 'measured', measuredTable(comparison)),
};

const isCheck = process.argv.includes('--check');
for (const [file, text] of Object.entries(documents)) {
  const isSame = fs.existsSync(path.join(root, file)) && read(file) === text;
  if (isSame) continue;
  if (isCheck) {
    console.error(`${file} is not what docs/results gives: run node tools/generate-docs.mjs`);
    process.exitCode = 1;
  } else {
    fs.writeFileSync(path.join(root, file), text);
    console.error(`wrote ${file}`);
  }
}
