#!/usr/bin/env node
// Keeps a run of the bench as docs/results/kernels.json, from which docs/benchmarks.md is written: every figure with its
// spread, without the single samples.   npm run bench -- --json /tmp/k.json && node tools/keep-results.mjs /tmp/k.json
import fs from 'node:fs';
import path from 'node:path';

const [source] = process.argv.slice(2);
if (source === undefined) {
  console.error('keep-results: name the JSON file that the bench wrote');
  process.exit(2);
}
const run = JSON.parse(fs.readFileSync(source, 'utf8'));
const text = JSON.stringify(run, (key, value) => (key === 'samplesMs' || key === 'digest' ? undefined : value), 1);
fs.writeFileSync(path.resolve(import.meta.dirname, '../docs/results/kernels.json'), `${text}\n`);
