#!/usr/bin/env node
// Keeps measured results in docs/results, from which the documents are written, without the single samples.
//   npm run bench -- --json /tmp/k.json && node tools/keep-results.mjs /tmp/k.json        -> kernels.json
//   npm run bench -- --suite dispatch --json /tmp/d.json && node tools/keep-results.mjs /tmp/d.json  -> dispatch.json
//   npm run bench -- --suite advisor --json /tmp/a.json && node tools/keep-results.mjs /tmp/a.json   -> advisor.json
//   npm run bench -- --suite sync --json /tmp/s.json && node tools/keep-results.mjs /tmp/s.json      -> sync.json
//   npm run bench -- --suite pool --json /tmp/p.json && node tools/keep-results.mjs /tmp/p.json      -> pool.json
//   npm run bench -- --suite cluster --json /tmp/c.json && node tools/keep-results.mjs /tmp/c.json   -> cluster.json
//   npm run reliability -- --json /tmp/r.json && node tools/keep-results.mjs /tmp/r.json  -> reliability.json
// Several files of the reliability command are kept together: a run for each version of Node, of the checks in all its files.
import fs from 'node:fs';
import path from 'node:path';

const sources = process.argv.slice(2);
if (sources.length === 0) {
  console.error('keep-results: name the JSON file that the bench or the reliability command wrote');
  process.exit(2);
}
const runs = sources.map((source) => JSON.parse(fs.readFileSync(source, 'utf8')));
const isReliability = runs.every(({ command }) => command === 'reliability');
if (!isReliability && runs.length > 1) {
  console.error('keep-results: several files can only be kept of the reliability command');
  process.exit(2);
}

/** One run for each version of Node, with the card of the most loaded of its parts. A check in several parts has all their rows. */
function byNode() {
  const found = new Map();
  for (const run of runs) {
    const { version } = run.card.node;
    const known = found.get(version);
    const checks = [...(known?.checks ?? [])];
    for (const check of run.checks) {
      const place = checks.findIndex(({ id }) => id === check.id);
      if (place < 0) checks.push(check);
      else checks[place] = { ...check, rows: [...checks[place].rows, ...check.rows] };
    }
    const isMoreLoaded = known === undefined || run.card.loadBefore.one > known.card.loadBefore.one;
    found.set(version, { ...run, card: isMoreLoaded ? run.card : known.card, checks });
  }
  return [...found.values()];
}

const [name, kept] = isReliability ? ['reliability', { runs: byNode() }] : [runs[0].suite, runs[0]];
const left = new Set(['samplesMs', 'samples', 'digest']);
/** Of a problem its first line: behind it may stand the whole history of a schedule, which its seed gives again. */
const short = (key, value) => (key === 'problem' && typeof value === 'string' ? value.split('\n', 1)[0] : value);
const text = JSON.stringify(kept, (key, value) => (left.has(key) ? undefined : short(key, value)), 1);
fs.writeFileSync(path.resolve(import.meta.dirname, `../docs/results/${name}.json`), `${text}\n`);
