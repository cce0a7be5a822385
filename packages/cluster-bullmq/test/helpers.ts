// Nodes as programs of their own, and small helpers.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import {
  createClusterPool,
  startNode,
  type ClusterPool,
  type ClusterPoolOptions,
  type NodeOptions,
} from '@heddle/cluster-bullmq';
import type { RedisServer } from './redis-server.ts';

export const FIXTURES = path.join(import.meta.dirname, 'fixtures');
export const TASKS = path.join(FIXTURES, 'tasks.mjs');

export interface NodeProgram {
  readonly pid: number;
  /** SIGKILL, and resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Resolves with what it has printed, when it has ended. */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stdout: string;
  }>;
}

/** A node in a process of its own, or so many as `nodes` says, ready. `env`: variables beyond those of this program. */
export async function startProgram(
  redis: RedisServer,
  options: Partial<NodeOptions> & { readonly nodes?: number } = {},
  env: NodeJS.ProcessEnv = {},
): Promise<NodeProgram> {
  const order = JSON.stringify({ redis: redis.url, root: FIXTURES, workers: 1, ...options });
  const child = spawn(process.execPath, [path.join(FIXTURES, 'node.mjs'), order], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  const ended = new Promise<Awaited<NodeProgram['ended']>>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, stdout })),
  );
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += String(chunk);
      if (stdout.includes('ready')) resolve();
    });
    child.once('exit', (code, signal) => reject(new Error(`the node ended with ${code ?? signal}: ${stdout}`)));
  });
  return {
    pid: child.pid!,
    ended,
    async kill(signal = 'SIGKILL') {
      child.kill(signal);
      await ended;
    },
  };
}

/** A node in this process. */
export async function startHere(redis: RedisServer, options: Partial<NodeOptions> = {}) {
  const node = await startNode({ redis: redis.url, root: FIXTURES, workers: 1, ...options });
  onTestFinished(() => node.end());
  return node;
}

/** Ceilings against a hang: on a machine that does much else a node may be silent for long. */
export const NO_NODE_MS = 240_000;

export async function openPool(
  redis: RedisServer,
  options: Partial<ClusterPoolOptions> = {},
  module = TASKS,
): Promise<ClusterPool<Any>> {
  const pool = await createClusterPool<Any>(module, {
    redis: redis.url,
    root: FIXTURES,
    noNodeMs: NO_NODE_MS,
    ...options,
  });
  onTestFinished(() => pool.close({ cancel: true }));
  return pool;
}

// oxlint-disable-next-line typescript/no-explicit-any -- fixtures are JavaScript
export type Any = Record<string, (...args: any[]) => any>;

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

export async function errorOf(promise: Promise<unknown>): Promise<{ code?: string; message: string; stack?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as { code?: string; message: string };
  }
  throw new Error('this was expected to reject');
}

/** Resolves when the file has so many lines: what another process says it has done. */
export async function lines(file: string, count: number): Promise<string[]> {
  const read = () => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);
  if (!fs.existsSync(file)) fs.writeFileSync(file, '');
  const found = read();
  if (found.length >= count) return found;
  return new Promise((resolve) => {
    const watcher = fs.watch(file, () => {
      const now = read();
      if (now.length < count) return;
      watcher.close();
      resolve(now);
    });
    const now = read();
    if (now.length >= count) {
      watcher.close();
      resolve(now);
    }
  });
}
