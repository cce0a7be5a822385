/**
 * Starts a throw-away program of this package. It takes one order, as JSON in its argument, and answers by lines of JSON on stdout.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

export interface ProgramEnd {
  readonly lines: readonly unknown[];
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** When it had ended, on the clock of `nowMs`. */
  readonly endedMs: number;
  readonly stderr: string;
  /** It did not end within the limit, and was killed. */
  readonly hasHung: boolean;
}

export interface ProgramOptions {
  readonly execArgv?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** A program that takes longer has hung. Default: a minute, far above what any of them takes. */
  readonly limitMs?: number;
  readonly onLine?: (line: unknown, child: ChildProcess) => void;
}

/** What is kept of a program's stderr: a fault may flood it. */
const STDERR_CHARS_MAX = 4_000;
const LIMIT_MS = 60_000;

/** How a program ended, in words. */
export function endOf({ hasHung, signal, code, stderr }: ProgramEnd): string {
  return `${hasHung ? 'the program hung' : `the program ended: ${signal ?? `exit ${code}`}`}\n${stderr}`;
}

/** Milliseconds on a clock that all processes of the machine share. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** `name`: stem of a file of this folder or of `faults/`, relative to this one. */
export function runProgram(name: string, order: unknown, options: ProgramOptions = {}): Promise<ProgramEnd> {
  const file = fileURLToPath(new URL(`../../dist/programs/${name}.js`, import.meta.url));
  const node = [process.execPath, ...(options.execArgv ?? []), file, JSON.stringify(order)];
  return new Promise((resolve, reject) => {
    // No core files: many of these programs are meant to crash.
    const child = spawn('sh', ['-c', 'ulimit -c 0; exec "$@"', 'sh', ...node], {
      env: { ...process.env, NODE_OPTIONS: '', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: unknown[] = [];
    createInterface(child.stdout).on('line', (text) => {
      const line: unknown = JSON.parse(text);
      lines.push(line);
      options.onLine?.(line, child);
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-STDERR_CHARS_MAX);
    });
    let endedMs = 0;
    let hasHung = false;
    const limit = setTimeout(() => {
      hasHung = true;
      child.kill('SIGKILL');
    }, options.limitMs ?? LIMIT_MS);
    child.once('error', reject);
    child.once('exit', () => {
      endedMs = nowMs();
      clearTimeout(limit);
    });
    child.once('close', (code, signal) => resolve({ lines, code, signal, endedMs, stderr, hasHung }));
  });
}
