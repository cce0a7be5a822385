// Programs of the tests: a child process that has got things to share, does one job with them and says so.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { createSharedSegment } from '@heddle/core-native/os';
import { inherit, Mutex, SyncError } from '../support.ts';

export const across = { across: 'processes' } as const;

// Vitest resolves the packages of this repository to their sources; only it can load them so, and so here.
(globalThis as Record<symbol, unknown>)[Symbol.for('@heddle/sync/os-services@1')] =
  await import('@heddle/core-native/os');

let reason: string | undefined;
try {
  Mutex.create(across);
} catch (error) {
  if (!(error instanceof SyncError) || error.code !== 'SYNC_UNAVAILABLE') throw error;
  reason = error.message;
}

/** True when the tests of this folder can't run; their `describe.skipIf` takes it. */
export const isMissing = reason !== undefined;

/** States once per file why the rest is skipped; fails where every tool is required. */
export function reportMissing(): void {
  if (!isMissing) return;
  it('has memory that processes share', (context) => {
    if (process.env['HEDDLE_REQUIRE_TOOLS'] === '1') expect.fail(reason);
    context.skip(reason);
  });
}

const FIRST_FD = 4;
const children = new Set<ChildProcess>();
afterEach(async () => {
  await Promise.all([...children].map((child) => kill(child)));
});

/** `things` are handles, by name; `how` is plain: `file` in fixtures says what it does. */
export function startProcess(
  things: object,
  how: object,
  execArgv: readonly string[] = [],
  file = 'process.mjs',
): ChildProcess {
  const { handles, descriptors } = inherit(things, FIRST_FD);
  const child = fork(fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url)), [], {
    execArgv: [...execArgv],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', ...descriptors],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  child.send({ ...handles, ...how });
  return child;
}

/** What it says next. */
export async function hears(child: ChildProcess): Promise<unknown> {
  return ((await once(child, 'message')) as [unknown])[0];
}

/** A child that fails fails the test. */
export async function exits(child: ChildProcess): Promise<void> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (code !== 0) throw new Error(`the child ended with ${code ?? signal}`);
}

/** SIGKILL, and its end. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Words of the test's own, for `startProcess` by their name. Not to be collected before the children have them: keep `words`. */
export function shareWords(count: number): {
  readonly words: Int32Array;
  readonly plain: { fd: number; file: number };
} {
  const segment = createSharedSegment(count * Int32Array.BYTES_PER_ELEMENT);
  return { words: new Int32Array(segment.buffer), plain: { fd: segment.fd, file: fs.fstatSync(segment.fd).ino } };
}
