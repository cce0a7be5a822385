#!/usr/bin/env node
// `npm run round-trips -- 1000000`: that many random values to a worker and back, on every backend, compared with structured clone.
//   npm run round-trips -- 1000000 threads        on one backend
//   npm run round-trips -- 250 processes 4711     from seed 4711 on: what a failure names
import { createPool } from '../packages/ts-orchestrator/dist/index.js';
import { prepareTypeScript } from '../packages/ts-orchestrator/dist/entry/typescript.js';
import { skipRecords } from '@heddle/codec';

const folder = new URL('../packages/ts-orchestrator/', import.meta.url);
const main = new URL('test/round-trips/round-trips.ts', folder);
await prepareTypeScript(main.href, new URL('dist/entry/typescript-hook.js', folder), true);
const { roundTrips } = await import(main.href);

const BACKENDS = ['threads', 'processes', 'inline'];
const [count = '10000', backend, first = '1'] = process.argv.slice(2);
const isRight =
  [count, first].every((word) => /^[1-9]\d*$/.test(word)) && (backend === undefined || BACKENDS.includes(backend));
if (!isRight) {
  console.error(
    `usage: npm run round-trips -- [values, default 10000] [${BACKENDS.join(' | ')}] [first seed, default 1]`,
  );
  process.exit(2);
}
// Every list of records by the codec, also the first.
skipRecords(0);
for (const each of backend === undefined ? BACKENDS : [backend]) {
  const startedAt = performance.now();
  const size = each === 'inline' ? {} : { workers: 2 };
  const pool = await createPool(new URL('test/fixtures/large-tasks.mjs', folder), { backend: each, ...size });
  const { values, failed } = await roundTrips(pool, Number(count), Number(first), console.log);
  await pool.close();
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`${each}: ${values} values from seed ${first}, ${failed} came back as something else; ${seconds} s`);
  if (failed > 0) process.exitCode = 1;
}
