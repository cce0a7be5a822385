// `npm run bench`: chooses the cases, runs them, reports. Progress on stderr, results on stdout and in the report folder.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT, parseOptions, UsageError, type BenchOptions } from './options.ts';
import { Progress } from './render/progress.ts';
import { suitePage } from './render/page.ts';
import { suiteText } from './render/table.ts';
import type { SuiteResult } from './result.ts';
import { runSuite } from './run-suite.ts';

async function writeReport(result: SuiteResult, { json, out }: BenchOptions): Promise<string> {
  const text = `${JSON.stringify(result, undefined, 2)}\n`;
  await mkdir(out, { recursive: true });
  const page = path.join(out, 'report.html');
  await Promise.all([writeFile(page, suitePage(result)), writeFile(path.join(out, 'report.json'), text)]);
  if (json !== undefined && json !== '-') {
    await mkdir(path.dirname(path.resolve(json)), { recursive: true });
    await writeFile(json, text);
  }
  process.stdout.write(json === '-' ? text : `${suiteText(result)}\n`);
  return page;
}

function exitCodeOf(result: SuiteResult): number {
  if (result.wasInterrupted) return EXIT.interrupted.code;
  return result.cases.every(({ agrees }) => agrees) ? EXIT.ok.code : EXIT.failed.code;
}

async function bench(options: BenchOptions): Promise<number> {
  const progress = new Progress();
  const interrupt = new AbortController();
  const onSignal = (): void => {
    // The second one ends the program at once; its runners end with it.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted.code);
    progress.say('Interrupted: ending the contestants, keeping the finished cases.');
    interrupt.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const result = await runSuite(options.suite, options.cases, {
      quick: options.quick,
      signal: interrupt.signal,
      onProgress: (step, detail) => progress.show(step, detail),
    });
    progress.clear();
    const page = await writeReport(result, options);
    progress.say(`Report: ${page}`);
    return exitCodeOf(result);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options !== undefined) process.exitCode = await bench(options);
} catch (error) {
  const isUsage = error instanceof UsageError;
  const text = isUsage ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`heddle-bench: ${text}\n`);
  process.exitCode = isUsage ? EXIT.usage.code : EXIT.failed.code;
}
