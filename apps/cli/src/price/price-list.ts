// The price list of this machine: what threads and processes cost before any work is done, and what each survives.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compareContestants, type Summary } from '@heddle/measure';
import type { Price } from '../compare/result.ts';
import { formatBytes, formatMs } from '../render/format.ts';

const BACKENDS = ['threads', 'processes'] as const;
type Backend = (typeof BACKENDS)[number];

/** The probe runs well under a second; this only bounds a probe that hangs. */
const PROBE_LIMIT_MS = 20_000;

export interface PriceListOptions {
  readonly budgetMs: number;
  readonly warmupRounds: number;
  readonly workers: number;
  readonly signal: AbortSignal;
}

function cell(summary: Summary | undefined, format: (value: number) => string): string {
  if (!summary) return 'not measured';
  return `${format(summary.median)} (${format(summary.q1)} to ${format(summary.q3)})`;
}

/** Starts a program in which one of nine tasks crashes, and tells what was left. */
async function probeCrash(backend: Backend, signal: AbortSignal): Promise<string> {
  const probe = new URL('./crash-probe.js', import.meta.url);
  const child = spawn(process.execPath, [fileURLToPath(probe), backend], { stdio: ['ignore', 'pipe', 'ignore'] });
  const limit = setTimeout(() => child.kill('SIGKILL'), PROBE_LIMIT_MS);
  const onAbort = () => child.kill('SIGKILL');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, reason) => resolve(reason ?? `exit code ${code}`));
  });
  clearTimeout(limit);
  signal.removeEventListener('abort', onAbort);
  const line = output.split('\n').find((text) => text.startsWith('{'));
  if (line === undefined) return `a crash in one task ends the whole program (${ended})`;
  const { crash, completed, of } = JSON.parse(line) as { crash: string; completed: number; of: number };
  return `a crash ends one task (${crash}); ${completed} of ${of} others completed`;
}

export async function measurePrices({ budgetMs, warmupRounds, workers, signal }: PriceListOptions): Promise<Price[]> {
  const specs = BACKENDS.map((backend) => ({
    id: backend,
    label: backend,
    module: new URL('./price-contestant.js', import.meta.url).href,
    options: { backend, workers },
  }));
  const { contestants } = await compareContestants(specs, {
    budgetMs,
    minRounds: 3,
    warmupRounds,
    startsAtOnce: BACKENDS.length,
    memory: false,
    signal,
  });
  for (const backend of BACKENDS) {
    const error = contestants[backend]?.error;
    if (error && !signal.aborted) throw new Error(`price list: ${backend}: ${error.message}`);
  }
  const measured = (backend: Backend, key: string) => contestants[backend]?.measures[key];
  const row = (label: string, unit: string, key: string, format: (value: number) => string): Price => ({
    label,
    unit,
    threads: cell(measured('threads', key), format),
    processes: cell(measured('processes', key), format),
  });
  const crash = await Promise.all(BACKENDS.map((backend) => probeCrash(backend, signal)));
  return [
    row('start to first result', 'ms', 'startMs', formatMs),
    row('one small task there and back', 'ms', 'tripMs', formatMs),
    row('8 MiB of doubles there and back, copied', 'ms', 'copyMs', formatMs),
    { ...row('8 MiB of doubles, shared', 'ms', 'sharedMs', formatMs), processes: 'copied only' },
    row(`memory per worker (PSS, ${workers} workers)`, 'bytes', 'workerBytes', formatBytes),
    { label: 'one of nine tasks crashes (SIGSEGV)', unit: '', threads: crash[0]!, processes: crash[1]! },
  ];
}
