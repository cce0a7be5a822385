// Starts the built command as a user would, and collects what it prints.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

export const BIN = path.resolve(import.meta.dirname, '../bin/heddle.js');

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  /** Resolves when stdout (or stderr) has shown the text. */
  shows(text: string, where?: 'stdout' | 'stderr'): Promise<void>;
}

/** A folder outside of the repository, removed after the test. */
export function scratchDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'heddle-cli-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export function start(
  args: string[],
  options: { cwd?: string; stdin?: string; env?: NodeJS.ProcessEnv } = {},
): Started {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const seen = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      seen[name] += text;
      for (const watch of watchers) watch();
    });
  }
  child.stdin!.on('error', () => undefined); // a command that needs no input closes its end
  if (options.stdin !== undefined) child.stdin!.end(options.stdin);
  const ended = new Promise<Outcome>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal, ...seen });
      for (const watch of watchers) watch();
    });
  });
  return {
    child,
    ended,
    shows: (text, where = 'stdout') =>
      new Promise((resolve, reject) => {
        const watch = () => {
          if (seen[where].includes(text)) resolve();
          else if (child.exitCode !== null || child.signalCode !== null) {
            reject(new Error(`ended before it showed '${text}': ${seen.stdout}${seen.stderr}`));
          } else return;
          watchers.delete(watch);
        };
        watchers.add(watch);
        watch();
      }),
  };
}

export function heddle(
  args: string[],
  options: { cwd?: string; stdin?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  return start(args, { stdin: '', ...options }).ended;
}

/** Linux: a process that is neither gone nor a zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Linux: living processes below one, runners in groups of their own included. */
export function livingDescendants(pid: number): number[] {
  let children: number[];
  try {
    const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    children = listed.trim().split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return []; // it ended meanwhile
  }
  return children.flatMap((child) => [child, ...livingDescendants(child)]).filter(isAlive);
}
