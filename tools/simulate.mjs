#!/usr/bin/env node
// `npm run simulate -- 100000`: that many random schedules of the orchestrator in virtual time, one line of counts at the end.
//   npm run simulate -- 1000000 5000     a million, from seed 5000 on
//   npm run simulate -- 1000000 --json   the counts once more, as JSON in the last line
//   HEDDLE_SEED=4711 npm run simulate    one, with its history
import { prepareTypeScript } from '../packages/ts-orchestrator/dist/entry/typescript.js';

const main = new URL('../packages/ts-orchestrator/test/simulation/main.ts', import.meta.url);
const hook = new URL('../packages/ts-orchestrator/dist/entry/typescript-hook.js', import.meta.url);
await prepareTypeScript(main.href, hook, true);
const { replay, simulate } = await import(main.href);

const seed = process.env.HEDDLE_SEED;
const words = process.argv.slice(2);
const isJson = words.includes('--json');
const [count = 10_000, first = 1] = words.filter((word) => word !== '--json').map(Number);
if (!(Number.isInteger(count) && count > 0 && Number.isInteger(first))) {
  console.error('usage: npm run simulate -- [schedules, default 10000] [first seed, default 1] [--json]');
  process.exit(2);
}
if (seed !== undefined) {
  process.exitCode = (await replay(Number(seed), console.log)) > 0 ? 1 : 0;
} else {
  const simulated = await simulate(first, count, console.log);
  if (isJson) console.log(JSON.stringify(simulated));
  process.exitCode = simulated.failed > 0 ? 1 : 0;
}
