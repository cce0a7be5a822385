// `npm run reliability`: runs the checks, reports. Progress on stderr, results on stdout.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { machineCard } from '@heddle/measure';
import { buildAddon } from './faults/addon.ts';
import { EXIT, parseOptions, UsageError, type ReliabilityOptions } from './options.ts';
import { Progress } from './render/progress.ts';
import { checkText } from './render/table.ts';
import type { CheckResult, ReliabilityResult } from './result.ts';

async function measure({ checks, quick, json }: ReliabilityOptions): Promise<number> {
  const progress = new Progress();
  const addon = buildAddon();
  if (addon === undefined) progress.say('There is no compiler here: faults in native code are left out.');
  // Before anything runs: it tells the load that others make.
  const card = machineCard();
  const results: CheckResult[] = [];
  for (const { run, ...check } of checks) {
    const startMs = performance.now();
    const rows = await run({ isQuick: quick, addon, say: (detail) => progress.show(check.title, detail) });
    const isMet = rows.every((row) => row.isMet);
    results.push({ ...check, rows, isMet, elapsedMs: Math.round(performance.now() - startMs) });
    progress.clear();
    if (json !== '-') process.stdout.write(`${checkText(results.at(-1)!)}\n`);
  }
  const result: ReliabilityResult = { command: 'reliability', quick, card, checks: results };
  const text = `${JSON.stringify(result, undefined, 1)}\n`;
  if (json === '-') process.stdout.write(text);
  else if (json !== undefined) {
    await mkdir(path.dirname(path.resolve(json)), { recursive: true });
    await writeFile(json, text);
  }
  return results.every(({ isMet }) => isMet) ? EXIT.ok.code : EXIT.missed.code;
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options !== undefined) process.exitCode = await measure(options);
} catch (error) {
  const isUsage = error instanceof UsageError;
  const text = isUsage ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`heddle-reliability: ${text}\n`);
  process.exitCode = isUsage ? EXIT.usage.code : EXIT.missed.code;
}
