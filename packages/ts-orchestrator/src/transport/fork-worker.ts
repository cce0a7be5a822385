/**
 * Starts the process of a worker as its launch is planned.
 */
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import type { Socket } from 'node:net';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { CORES_VARIABLE } from '@heddle/machine/share';
import { withUvThreads } from '../isolation/budget.ts';
import { GUARD_FD } from '../isolation/guard.ts';
import type { Launch } from '../isolation/launch.ts';
import { WORKER_MARK } from '../isolation/process-group.ts';
import { strayDescriptors } from '../isolation/stray-descriptors.ts';
import { entryUrl } from './entry-url.ts';
import { SEGMENTS_FD, WORDS_FD } from './process-descriptors.ts';
import type { ParentDeath } from './transport.ts';

interface ForkParts {
  readonly launch: Launch;
  /** Random: names the worker in its output, and in the environment of what it starts. */
  readonly mark: string;
  readonly parentDeath: ParentDeath;
  /** Descriptor of the file with its words, when there is one. */
  readonly wordsFd: number | undefined;
}

/**
 * In a group of its own, so that everything the worker starts can be ended with it, and an interrupt from the terminal reaches
 * the host alone.
 */
export function forkWorker(parts: ForkParts): ChildProcess {
  const { launch, mark, parentDeath, wordsFd } = parts;
  const { wordsFor, env, uvThreads, isIsolated, isGuarded } = launch;
  const told =
    uvThreads === undefined ? env : withUvThreads(env ?? process.env, uvThreads, process.env[CORES_VARIABLE]);
  const [command, ...args] = wordsFor(mark);
  const stdio: Array<number | 'ignore' | 'pipe' | 'ipc'> = ['ignore', 'pipe', 'pipe', 'ipc'];
  // No holes: Node would skip them and move what follows.
  stdio[WORDS_FD] = wordsFd ?? 'ignore';
  stdio[GUARD_FD] = isGuarded ? 'pipe' : 'ignore';
  stdio[SEGMENTS_FD] = process.platform === 'linux' ? 'pipe' : 'ignore';
  const strays = isIsolated ? strayDescriptors().filter((fd) => (stdio[fd] ?? 'ignore') === 'ignore') : [];
  // The only way to close a descriptor of the child is to give it another.
  const nothing = strays.length === 0 ? undefined : fs.openSync(os.devNull, 'r');
  // Loaded by the first worker process: a pool of threads needs none of it.
  const { fork } = process.getBuiltinModule('node:child_process');
  try {
    for (const fd of strays) {
      while (stdio.length < fd) stdio.push('ignore');
      stdio[fd] = nothing!;
    }
    const child = fork(
      fileURLToPath(entryUrl('process-entry')),
      [mark, parentDeath, String(process.pid), wordsFd === undefined ? '' : String(WORDS_FD)],
      {
        serialization: 'advanced',
        execPath: command,
        execArgv: args,
        detached: process.platform !== 'win32',
        stdio,
        // Where there is a guard it sets the mark, for the worker and not for itself.
        ...(told === undefined
          ? {}
          : { env: { ...told, ...(isIsolated && !isGuarded ? { [WORKER_MARK]: mark } : {}) } }),
      },
    );
    if (isGuarded) holdGuard(child);
    return child;
  } finally {
    if (nothing !== undefined) fs.closeSync(nothing);
  }
}

/** Keeps this end of the guard's pipe open for as long as the worker lives. */
function holdGuard(child: ChildProcess): void {
  // Its type knows of the first five only.
  const pipe = (child.stdio as readonly unknown[])[GUARD_FD] as Socket | null;
  pipe?.on('error', () => {});
  pipe?.unref();
  child.once('exit', () => pipe?.destroy());
}

/**
 * The host's end of the socket for shared arrays. Node makes it for `'pipe'`, so that it costs no addon, but gives a stream that
 * would read the descriptors away; so the stream is stopped, before it had a turn of the event loop to read in, and only its
 * descriptor is used.
 */
export function takeSegmentSocket(
  child: ChildProcess,
): { readonly fd: number; readonly close: () => void } | undefined {
  const pipe = (child.stdio as readonly unknown[] | undefined)?.[SEGMENTS_FD] as Socket | null | undefined;
  // Node names no other way to the descriptor.
  // oxlint-disable-next-line no-underscore-dangle
  const handle = (pipe as { _handle?: { fd?: number; readStop?(): void } } | null | undefined)?._handle;
  const fd = handle?.fd;
  if (!pipe || fd === undefined || fd < 0) return undefined;
  handle!.readStop!();
  // At the child's exit Node reads to the end what is left in its list of streams; messages may still speak of what lies in this one.
  (child.stdio as unknown[])[SEGMENTS_FD] = null;
  pipe.on('error', () => {});
  pipe.unref();
  return { fd, close: () => pipe.destroy() };
}
