// `npm run bench`: chooses the cases, runs them, reports. Progress on stderr, results on stdout and in the report folder.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT, parseOptions, UsageError, type BenchOptions } from './options.ts';
import { Progress } from './render/progress.ts';
import { UnreadableRun, type Suite, type SuiteRun } from './suite.ts';
import { SUITES } from './suites.ts';

async function writeReport(run: SuiteRun, { json, out }: BenchOptions): Promise<string> {
  const text = `${JSON.stringify(run.result, undefined, 2)}\n`;
  await mkdir(out, { recursive: true });
  const page = path.join(out, 'report.html');
  await Promise.all([writeFile(page, run.page), writeFile(path.join(out, 'report.json'), text)]);
  if (json !== undefined && json !== '-') {
    await mkdir(path.dirname(path.resolve(json)), { recursive: true });
    await writeFile(json, text);
  }
  process.stdout.write(json === '-' ? text : `${run.text}\n`);
  return page;
}

function exitCodeOf({ result, isGood }: SuiteRun): number {
  if (result.wasInterrupted) return EXIT.interrupted.code;
  return isGood ? EXIT.ok.code : EXIT.failed.code;
}

/** Nothing is measured, so there is nothing to interrupt. */
async function simulate(file: string, options: BenchOptions): Promise<number> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UnreadableRun(`${file} can't be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
  const suite: Suite = SUITES[options.suite];
  const run = suite.simulate!(text);
  process.stderr.write(`Report: ${await writeReport(run, options)}\n`);
  return exitCodeOf(run);
}

async function bench(options: BenchOptions): Promise<number> {
  if (options.simulate !== undefined) return simulate(options.simulate, options);
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
    const run = await SUITES[options.suite].run(options.cases, {
      quick: options.quick,
      signal: interrupt.signal,
      onProgress: (step, detail) => progress.show(step, detail),
    });
    progress.clear();
    const page = await writeReport(run, options);
    progress.say(`Report: ${page}`);
    return exitCodeOf(run);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options !== undefined) process.exitCode = await bench(options);
} catch (error) {
  const isUsage = error instanceof UsageError || error instanceof UnreadableRun;
  const text = isUsage ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`heddle-bench: ${text}\n`);
  process.exitCode = isUsage ? EXIT.usage.code : EXIT.failed.code;
}
