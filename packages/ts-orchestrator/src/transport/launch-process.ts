/**
 * Starts the process of a worker. Apart from its transport, so that a program's first process is on its way while that is still being
 * loaded. It says nothing before it gets its order; what else may come meanwhile is kept: an error, its exit, what it has printed.
 */
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { randomName } from '../clock/random.ts';
import type { Launch } from '../isolation/launch.ts';
import { killGroup, killMarked } from '../isolation/process-group.ts';
import { openWordsFile } from './file-words.ts';
import { forkWorker, takeSegmentSocket } from './fork-worker.ts';
import type { ParentDeath } from './transport.ts';

export interface ProcessLaunch {
  readonly launch: Launch;
  readonly parentDeath: ParentDeath;
}

export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What is heard of a process besides its messages and its output. */
export interface ProcessListener {
  /** It could not be started; only then. */
  onFailed(error: unknown): void;
  onExit(exit: ProcessExit): void;
  onDisconnect(): void;
}

/** A process that was started, or could not be. */
export interface LaunchedProcess {
  /** Undefined: it could not be started; `cause` says why. */
  readonly child: ChildProcess | undefined;
  readonly cause: unknown;
  /** Random: names the worker in its output, and in the environment of what it starts. */
  readonly mark: string;
  /** Descriptor of the file with its words, when there is one. Closed by whoever listens, as `socket` is. */
  readonly wordsFd: number | undefined;
  /** For shared arrays; see fork-worker.ts. */
  readonly socket: ReturnType<typeof takeSegmentSocket>;
  /** Once, by the one whose process it is. What has happened already is told in a later turn. */
  listen(listener: ProcessListener): void;
  /** Nobody will listen: ends it and lets go what it holds. */
  drop(): void;
}

/** How to end the live workers of this thread: done when the program exits, by whatever path it leaves by itself. */
const living = new Set<() => void>();
let isExitHooked = false;
function endWithHost(endProcesses: () => void): void {
  living.add(endProcesses);
  if (isExitHooked) return;
  isExitHooked = true;
  process.on('exit', () => {
    for (const endProcesses of living) endProcesses();
  });
}

/** Never throws. Does not keep the program alive. */
export function launchProcess({ launch, parentDeath }: ProcessLaunch): LaunchedProcess {
  const mark = randomName();
  const wordsFd = openWordsFile();
  const parts = { mark, wordsFd };
  let child: ChildProcess;
  try {
    child = forkWorker({ launch, mark, parentDeath, wordsFd });
  } catch (cause) {
    const drop = () => {
      if (wordsFd !== undefined) fs.closeSync(wordsFd);
    };
    return { ...parts, child: undefined, cause, socket: undefined, listen() {}, drop };
  }
  const socket = takeSegmentSocket(child);
  const end = () => {
    killGroup(child.pid!);
    if (launch.isIsolated) killMarked(mark);
  };
  let listener: ProcessListener | undefined;
  const early: Array<(listener: ProcessListener) => void> = [];
  const tell = (what: (listener: ProcessListener) => void) => {
    if (listener === undefined) early.push(what);
    else what(listener);
  };
  child.on('error', (error) => {
    // Without a pid there will be no exit. With one it is a failed signal or a message to a dead channel: exit tells more.
    if (child.pid === undefined) tell((to) => to.onFailed(error));
  });
  child.once('exit', (exitCode, signal) => {
    living.delete(end);
    // What it has left behind goes with it.
    end();
    if (listener === undefined) keepOutput(child);
    tell((to) => to.onExit({ exitCode, signal }));
  });
  child.once('disconnect', () => tell((to) => to.onDisconnect()));
  if (child.pid !== undefined) endWithHost(end);
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdout, child.stderr]) (stream as { unref?(): void } | null)?.unref?.();
  return {
    ...parts,
    child,
    cause: undefined,
    socket,
    listen(to) {
      listener = to;
      if (early.length === 0) return;
      queueMicrotask(() => {
        for (const what of early) what(to);
      });
    },
    drop() {
      // Its exit ends what belongs to it.
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child.pid);
      if (wordsFd !== undefined) fs.closeSync(wordsFd);
      socket?.close();
    },
  };
}

/** At an exit Node reads to the end, for nobody, what nobody has begun to read. */
function keepOutput(child: ChildProcess): void {
  const { PassThrough } = process.getBuiltinModule('node:stream');
  child.stdout = child.stdout?.pipe(new PassThrough()) ?? null;
  child.stderr = child.stderr?.pipe(new PassThrough()) ?? null;
}
