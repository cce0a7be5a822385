/**
 * Worker processes over child_process.fork.
 *
 * Oddities met: messages sent before a death may arrive after 'exit', so the end is known only after both 'exit' and
 * 'disconnect'; a grandchild may hold the pipes open, so late output is waited for only shortly; writing to a dead child
 * reports by callback and must not throw; every listener and stream refs the loop, so unref comes last.
 */
import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../clock/clock.ts';
import { SETUP_ROLE } from '../task/payload.ts';
import { entryUrl } from './entry-url.ts';
import { fromWire, OWNERSHIP_FD, speakerParser, toWire } from './process-wire.ts';
import type { StartOrder, WorkerMessage } from './protocol.ts';
import type { Link, LinkEvents, ParentDeath, Transport } from './transport.ts';

export interface ProcessTransportOptions {
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly execArgv: readonly string[] | undefined;
  readonly heapMiB: number | undefined;
  readonly parentDeath: ParentDeath;
  /** Path of the program `setpriv`, when `parentDeath` says so. */
  readonly setprivPath: string | undefined;
  readonly clock: Clock;
}

/** How long the last words of a dead process, and the closing of its channel, are waited for. A guess; both are there at once
 * unless a grandchild holds the pipe. */
const LATE_OUTPUT_MS = 500;

/** Live workers of this thread: ended when the program exits, by whatever path it leaves by itself. */
const living = new Set<ChildProcess>();
let isExitHooked = false;
function endWithHost(child: ChildProcess): void {
  living.add(child);
  if (isExitHooked) return;
  isExitHooked = true;
  process.on('exit', () => {
    for (const child of living) child.kill('SIGKILL');
  });
}

export function createProcessTransport(options: ProcessTransportOptions): Transport {
  let { parentDeath } = options;
  const onRefusedSignal = () => {
    parentDeath = 'not-guaranteed';
  };
  return {
    backend: 'processes',
    canKill: true,
    get parentDeath() {
      return parentDeath;
    },
    // Bytes are made at once in both cases: they are the copy, and they can be sent again.
    pack: (args, transfer, role) => ({ value: toWire(args, transfer, role), transfer: [], canResend: true }),
    packSetup: (data) => toWire(data, [], SETUP_ROLE),
    start: (order, events) => startProcess(order, events, options, onRefusedSignal),
  };
}

function startProcess(
  order: StartOrder,
  events: LinkEvents,
  options: ProcessTransportOptions,
  onRefusedSignal: () => void,
): Link {
  const mark = randomBytes(8).toString('hex');
  const ownership = openOwnershipFile();
  const execArgv = [...(options.execArgv ?? inheritedExecArgv())];
  if (options.heapMiB !== undefined) execArgv.push(`--max-old-space-size=${options.heapMiB}`);
  const forkOptions: ForkOptions = {
    serialization: 'advanced',
    execArgv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', ...(ownership === undefined ? [] : [ownership])],
  };
  if (options.env !== undefined) forkOptions.env = { ...options.env };
  if (options.setprivPath !== undefined) {
    forkOptions.execPath = options.setprivPath;
    forkOptions.execArgv = ['--pdeathsig', 'KILL', '--', process.execPath, ...execArgv];
  }

  let isAbandoned = false;
  let isOver = false;
  let exit: { exitCode: number | null; signal: NodeJS.Signals | null } | undefined;
  let isDisconnected = false;
  let isOutputEnded = false;
  let cause: unknown;

  const finish = (isSpawnFailure: boolean) => {
    if (isOver) return;
    isOver = true;
    parser.end();
    if (!isAbandoned) events.onExit({ exitCode: null, signal: null, ...exit, cause, isSpawnFailure });
    if (ownership !== undefined) fs.closeSync(ownership);
  };
  const consider = () => {
    if (exit === undefined) return;
    if (isDisconnected && isOutputEnded) finish(false);
    else options.clock.after(LATE_OUTPUT_MS, () => finish(false));
  };
  const parser = speakerParser(mark, (task, text) => {
    if (!isAbandoned) events.onOutput(task, text);
  });

  let child: ChildProcess;
  try {
    child = fork(
      fileURLToPath(entryUrl('process-entry')),
      [mark, options.parentDeath, ownership === undefined ? '' : String(OWNERSHIP_FD)],
      forkOptions,
    );
  } catch (error) {
    cause = error;
    queueMicrotask(() => finish(true));
    return { pid: undefined, threadId: undefined, send() {}, hasBegun: () => false, kill() {}, abandon() {} };
  }
  endWithHost(child);

  child.on('error', (error) => {
    // Without a pid there will be no exit. With one it is a failed signal or a message to a dead channel: exit tells more.
    if (child.pid !== undefined) return;
    cause = error;
    living.delete(child);
    finish(true);
  });
  child.on('message', (wire: { heddle?: WorkerMessage }) => {
    const message = wire?.heddle;
    if (message === undefined || isAbandoned) return;
    if (message.t === 'spawned' && options.parentDeath === 'addon' && message.isParentDeathSignalSet !== true)
      onRefusedSignal();
    events.onMessage('value' in message ? { ...message, value: fromWire(message.value) } : message);
  });
  child.once('disconnect', () => {
    isDisconnected = true;
    // A worker that only cut the line can no longer be told anything.
    if (exit === undefined) child.kill('SIGKILL');
    consider();
  });
  child.once('exit', (exitCode, signal) => {
    exit = { exitCode, signal };
    living.delete(child);
    if (!child.connected) isDisconnected = true;
    consider();
  });
  const decoded = { out: child.stdout, err: child.stderr };
  let open = 0;
  for (const stream of [decoded.out, decoded.err]) {
    if (stream === null) continue;
    open++;
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      if (stream === decoded.err) parser.push(text);
      else if (!isAbandoned) events.onOutput(undefined, text);
    });
    stream.on('error', () => {});
    stream.once('close', () => {
      open--;
      isOutputEnded = open === 0;
      consider();
    });
  }
  const send = (message: unknown) => {
    // A failure to send means the worker is gone or going; its exit decides what becomes of the task.
    if (child.connected) child.send({ heddle: message }, () => {});
  };
  send({ t: 'start', order });
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdout, child.stderr]) (stream as unknown as { unref?(): void } | null)?.unref?.();

  return {
    pid: child.pid,
    threadId: undefined,
    send,
    hasBegun: (id) => (ownership === undefined ? undefined : readOwnership(ownership) === id),
    kill: () => void child.kill('SIGKILL'),
    abandon() {
      isAbandoned = true;
    },
  };
}

/**
 * A file without a name, in which the worker writes the id of each task before it starts it: what was written is there
 * however the worker ends, while messages may be lost with it. Undefined where no such file can be made.
 */
function openOwnershipFile(): number | undefined {
  const file = path.join(os.tmpdir(), `heddle-${process.pid}-${randomBytes(6).toString('hex')}`);
  try {
    const fd = fs.openSync(file, 'wx+', 0o600);
    fs.unlinkSync(file);
    return fd;
  } catch {
    return undefined;
  }
}

function readOwnership(fd: number): number | undefined {
  const word = Buffer.alloc(8);
  return fs.readSync(fd, word, 0, 8, 0) === 8 ? word.readDoubleLE(0) : undefined;
}

/** What this program was started with, less what belongs to it alone: its script text, its inspector port. */
export function inheritedExecArgv(execArgv: readonly string[] = process.execArgv): string[] {
  const kept: string[] = [];
  for (let i = 0; i < execArgv.length; i++) {
    const argument = execArgv[i]!;
    if (/^(-e|-p|-pe|--eval|--print)$/.test(argument)) i++;
    else if (
      !/^(--(eval|print|input-type|inspect|test|watch|check|interactive|cpu-prof|heap-prof)|-c$|-i$)/.test(argument)
    )
      kept.push(argument);
  }
  return kept;
}
