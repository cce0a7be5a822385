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
import { LATE_END_MS } from '../clock/deadlines.ts';
import { INSPECTOR_OPEN_MS, INSPECTOR_STACK_MS } from '../clock/deadlines.ts';
import { InspectorLines } from '../liveness/inspector-lines.ts';
import { INSPECTABLE_ARGV, ProcessStack } from '../liveness/process-stack.ts';
import { encodeThrow } from '../task/error-codec.ts';
import { canSerialize, SETUP_ROLE } from '../task/payload.ts';
import { entryUrl } from './entry-url.ts';
import { ProcessOutput } from './process-output.ts';
import { fromWire, OWNERSHIP_FD, toWire, type WireMessage } from './process-wire.ts';
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
    canSend: canSerialize,
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
  const { clock } = options;
  const mark = randomBytes(8).toString('hex');
  const ownership = openOwnershipFile();
  const execArgv = [...(options.execArgv ?? inheritedExecArgv())];
  if (options.heapMiB !== undefined) execArgv.push(`--max-old-space-size=${options.heapMiB}`);
  // An inspector of the user's own, or none at all, stays as it is.
  const canReadStack = process.platform !== 'win32' && !execArgv.some((argument) => FOREIGN_INSPECTOR.test(argument));
  if (canReadStack) execArgv.unshift(...INSPECTABLE_ARGV);
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

  const inspectorLines = new InspectorLines();
  let isAbandoned = false;
  let isOver = false;
  let exit: { exitCode: number | null; signal: NodeJS.Signals | null } | undefined;
  let isDisconnected = false;
  let cause: unknown;

  const finish = (isSpawnFailure: boolean) => {
    if (isOver) return;
    isOver = true;
    output?.release();
    if (!isAbandoned) events.onExit({ exitCode: null, signal: null, ...exit, cause, isSpawnFailure });
    if (ownership !== undefined) fs.closeSync(ownership);
  };
  const consider = () => {
    if (exit === undefined) return;
    if (isDisconnected && output?.isEnded === true) finish(false);
    else clock.after(LATE_END_MS, () => finish(false));
  };
  const receive = (message: WorkerMessage) => {
    if (isAbandoned || isOver) return;
    if (message.t === 'spawned' && options.parentDeath === 'addon' && message.isParentDeathSignalSet !== true)
      onRefusedSignal();
    if (!('value' in message)) return events.onMessage(message);
    let value: unknown;
    try {
      value = fromWire(message.value);
    } catch (error) {
      // Written there and not readable here, as a value nested deeper than this stack goes: its task's error, not the host's.
      return events.onMessage({ t: 'error', id: message.id, error: encodeThrow(error, canSerialize) });
    }
    events.onMessage({ ...message, value });
  };

  let child: ChildProcess;
  // oxlint-disable-next-line prefer-const -- used by functions above, made from the child below
  let output: ProcessOutput | undefined;
  try {
    child = fork(
      fileURLToPath(entryUrl('process-entry')),
      [mark, options.parentDeath, String(process.pid), ownership === undefined ? '' : String(OWNERSHIP_FD)],
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
  output = new ProcessOutput({
    child,
    mark,
    clock,
    inspectorLines,
    onText(task, text) {
      if (!isAbandoned && !isOver) events.onOutput(task, text);
    },
    onMessage: ({ heddle }) => receive(heddle),
    onEnd: consider,
  });
  child.on('message', (wire: Partial<WireMessage> | null) => {
    if (wire?.heddle !== undefined) output?.push(wire as WireMessage);
  });
  child.once('disconnect', () => {
    isDisconnected = true;
    if (exit !== undefined) return consider();
    // Most often the exit is on its way. A worker that only cut the line can no longer be told anything.
    clock.after(LATE_END_MS, () => {
      if (exit !== undefined) return;
      cause ??= new Error('it closed its channel to the host');
      child.kill('SIGKILL');
    });
  });
  child.once('exit', (exitCode, signal) => {
    exit = { exitCode, signal };
    living.delete(child);
    if (!child.connected) isDisconnected = true;
    consider();
  });
  const send = (message: unknown) => {
    // A failure to send means the worker is gone or going; its exit decides what becomes of the task.
    if (child.connected) child.send({ heddle: message }, () => {});
  };
  send({ t: 'start', order });
  const stack = new ProcessStack({
    pid: child.pid,
    lines: inspectorLines,
    clock,
    probe: entryUrl('stack-probe'),
    openMs: INSPECTOR_OPEN_MS,
    probeMs: INSPECTOR_STACK_MS,
    closeInspector: () => send({ t: 'close-inspector' }),
  });
  child.unref();
  child.channel?.unref();

  return {
    pid: child.pid,
    threadId: undefined,
    send,
    hasBegun: (id) => (ownership === undefined ? undefined : readOwnership(ownership) === id),
    readStack: canReadStack ? (done) => stack.read(done) : undefined,
    terminate: () => void child.kill('SIGTERM'),
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

/** What makes SIGUSR1 open no inspector of ours. */
const FOREIGN_INSPECTOR = /^--(?:inspect|disable-sigusr1)/;

/** Options that belong to this run of this program alone: its script text, its inspector, its watcher, its profiles. */
const OWN_OPTION =
  /^(?:--(?:eval|print|input-type|inspect|debug-port|test|watch|check|interactive|cpu-prof|heap-prof)|-(?:e|p|pe|c|i)$)/;
/** Those of them whose value may stand in the next argument. */
const OWN_OPTION_WITH_VALUE =
  /^(?:-e|-p|-pe|--eval|--print|--input-type|--(?:inspect|debug)-port|--watch-path|--(?:cpu|heap)-prof-\w+|--test-(?!only|force-exit)[\w-]+)$/;

/** What this program was started with, less what belongs to it alone. */
export function inheritedExecArgv(execArgv: readonly string[] = process.execArgv): string[] {
  const kept: string[] = [];
  for (let i = 0; i < execArgv.length; i++) {
    const argument = execArgv[i]!;
    if (!OWN_OPTION.test(argument)) kept.push(argument);
    else if (OWN_OPTION_WITH_VALUE.test(argument)) i++;
  }
  return kept;
}
