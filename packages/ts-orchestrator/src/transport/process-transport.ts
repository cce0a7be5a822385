/**
 * Worker processes over child_process.fork.
 *
 * Oddities met: messages sent before a death may arrive after 'exit', so the end is known only after both 'exit' and
 * 'disconnect'; a grandchild may hold the pipes open, so late output is waited for only shortly; writing to a dead child
 * reports by callback and must not throw; every listener and stream refs the loop, so unref comes last.
 */
import fs from 'node:fs';
import { PackedList } from '@heddle/codec';
import type { Clock } from '../clock/clock.ts';
import type { StackReading } from '../errors/examination.ts';
import { descendant, killGroup, signalProcess } from '../isolation/process-group.ts';
import { exitOfNested } from '../isolation/sandbox.ts';
import { WorkerLimits, type Limits } from '../isolation/worker-limits.ts';
import { INSPECTOR_OPEN_MS, INSPECTOR_STACK_MS, LATE_END_MS } from '../clock/deadlines.ts';
import { InspectorLines } from '../liveness/inspector-lines.ts';
import { ProcessStack } from '../liveness/process-stack.ts';
import { COUNTED_BYTES, CostedCopies, timed, type CloneCost, type Costed } from '../task/clone-cost.ts';
import { encodeThrow } from '../task/error-codec.ts';
import { canSerialize, flatKind, SETUP_ROLE, type PayloadRole } from '../task/payload.ts';
import { hasHandle } from '../task/shared-parts.ts';
import { entryUrl } from './entry-url.ts';
import { FileWords } from './file-words.ts';
import { launchProcess, type LaunchedProcess, type ProcessExit, type ProcessLaunch } from './launch-process.ts';
import { ProcessOutput } from './process-output.ts';
import { heldSegments } from './held-segments.ts';
import { Mailbox } from './mailbox.ts';
import { HostRings } from './process-rings.ts';
import {
  arrive,
  bytesOnWire,
  depart,
  isSmallOnWire,
  readWire,
  toWire,
  type HostPost,
  type ProcessArguments,
  type WireMessage,
  type WireValue,
  type WorkerPost,
} from './process-wire.ts';
import type { CallMessage, HostMessage, StartOrder, WorkerMessage } from './protocol.ts';
import { SegmentLine } from './segment-line.ts';
import { SwitchedWords } from './switched-words.ts';
import type { Link, LinkEvents, Transport } from './transport.ts';

export interface ProcessTransportOptions extends ProcessLaunch {
  readonly limits: Limits;
  readonly clock: Clock;
  /** Tasks that fit a record, after which a worker is offered rings; Infinity: none is. */
  readonly ringsAfterTasks: number;
  /** The process of the first worker, where it is on its way already. */
  readonly first?: LaunchedProcess | undefined;
}

export function createProcessTransport(options: ProcessTransportOptions): Transport {
  let { parentDeath, first } = options;
  const onRefusedSignal = () => {
    parentDeath = 'not-guaranteed';
  };
  // The kernel's limit of processor time is raised for each task when it is sent, so none is sent while another runs.
  const sendsAhead = options.limits.cpuSeconds === undefined;
  const copies = new CostedCopies();
  const packed = (value: ProcessArguments, isShort: boolean, cost?: CloneCost) => ({
    value,
    transfer: [],
    canResend: true,
    canGoAhead: sendsAhead && isShort,
    cost,
  });
  return {
    backend: 'processes',
    canKill: true,
    get parentDeath() {
      return parentDeath;
    },
    // Bytes are made at once in all cases: they are the copy, and they can be sent again.
    pack(args, transfer, role) {
      const kind = transfer.length === 0 ? flatKind(args) : undefined;
      if (kind === 'small' || kind === 'large') return packed(args, kind === 'small');
      const list = transfer.length === 0 && !hasHandle(args, role) ? PackedList.of(args) : undefined;
      if (list !== undefined) return packed(list, true);
      const { made, cost } = copies.make(role.name, () => toWire(args, transfer, role), bytesOnWire);
      return packed(made, isSmallOnWire(made), cost);
    },
    // Bytes, as they came.
    repack: (args) => packed(args as WireValue, isSmallOnWire(args as WireValue)),
    canSend: canSerialize,
    packSetup: (data) => toWire(data, [], SETUP_ROLE),
    heldSegments,
    start(order, events) {
      const launched = first ?? launchProcess(options);
      first = undefined;
      return linkTo(launched, order, events, options, onRefusedSignal);
    },
  };
}

function linkTo(
  launched: LaunchedProcess,
  order: StartOrder,
  events: LinkEvents,
  options: ProcessTransportOptions,
  onRefusedSignal: () => void,
): Link {
  const { clock, launch } = options;
  const { mark, wordsFd, socket } = launched;
  let words = wordsFd === undefined ? undefined : new SwitchedWords(new FileWords(wordsFd));
  const inspectorLines = new InspectorLines();
  let isAbandoned = false;
  let isFinishing = false;
  let isOver = false;
  let exit: ProcessExit | undefined;
  let isDisconnected = false;
  let cause: unknown;

  const finish = (isSpawnFailure: boolean) => {
    if (isFinishing) return;
    isFinishing = true;
    output?.release();
    // What a worker has written into its ring is there however it ended.
    mailbox?.takeRest();
    isOver = true;
    const limit = limits?.exceeded(exit?.signal ?? null);
    if (!isAbandoned) events.onExit({ exitCode: null, signal: null, ...exit, cause, isSpawnFailure, limit });
    if (wordsFd !== undefined) fs.closeSync(wordsFd);
    words = undefined;
    rings?.close();
    mailbox?.close();
    socket?.close();
    line = new SegmentLine(undefined);
  };
  const consider = () => {
    if (exit === undefined) return;
    if (isDisconnected && output?.isEnded === true) finish(false);
    else clock.after(LATE_END_MS, () => finish(false));
  };
  const tell = (message: WorkerMessage) => {
    const isRest = message.t === 'skipped' || message.t === 'given-back';
    if (isRest || message.t === 'value' || message.t === 'error' || message.t === 'end')
      rings?.onAnswer(message.id, isRest);
    events.onMessage(message);
  };
  const receiveRecord = (message: WorkerMessage) => {
    if (!isAbandoned && !isOver) tell(message);
  };
  const receive = (message: WorkerPost) => {
    if (isAbandoned || isOver) return;
    if (message.t === 'rings-ready' || message.t === 'rings-refused' || message.t === 'rings-looked')
      return rings?.onMessage(message, lastTask);
    if (message.t === 'spawned') {
      if (options.parentDeath === 'addon' && message.isParentDeathSignalSet !== true) onRefusedSignal();
      if (launch.isNested) nodePid = descendant(child.pid!, NODE_BELOW_BUBBLEWRAP);
    }
    if (message.t === 'call') return receiveCall(message);
    if (!('value' in message)) return tell(message);
    const bytes = bytesOnWire(message.value);
    const read = () => readWire(message.value, line, RESULT_ROLE);
    let opened: Costed<unknown>;
    try {
      opened = bytes < COUNTED_BYTES ? { made: read(), cost: undefined } : timed(read, () => bytes);
    } catch (error) {
      // Written there and not readable here, as a value nested deeper than this stack goes: its task's error, not the host's.
      return tell({ t: 'error', id: message.id, error: encodeThrow(error, canSerialize) });
    }
    const { made: value, cost } = opened;
    tell((cost === undefined ? { ...message, value } : { ...message, value, cost }) as WorkerMessage);
  };

  const receiveCall = (message: CallMessage) => {
    const { id, call, name } = message;
    try {
      events.onMessage({ ...message, args: arrive(message.args, line, { name, subject: 'arguments' }) });
    } catch (error) {
      send({ t: 'called', id, call, error: encodeThrow(error, canSerialize) });
    }
  };

  // Used by functions above, made from the child below.
  let nodePid: number | undefined;
  // oxlint-disable-next-line prefer-const
  let output: ProcessOutput | undefined;
  let limits: WorkerLimits | undefined;
  let line = new SegmentLine(socket?.fd);
  // oxlint-disable-next-line prefer-const
  let mailbox: Mailbox<WorkerMessage, HostMessage, WorkerPost, HostPost> | undefined;
  // oxlint-disable-next-line prefer-const
  let rings: HostRings | undefined;
  let lastTask = 0;
  if (launched.child === undefined) {
    cause = launched.cause;
    queueMicrotask(() => finish(true));
    return { pid: undefined, threadId: undefined, words, send() {}, kill() {}, abandon() {} };
  }
  const { child } = launched;
  const kill = () => {
    if (exit === undefined && child.pid !== undefined) killGroup(child.pid);
  };
  const terminate = () => {
    if (exit === undefined && child.pid !== undefined) signalProcess(nodePid ?? child.pid, 'SIGTERM');
  };
  if (child.pid !== undefined) {
    limits = new WorkerLimits({
      limits: options.limits,
      prlimitPath: launch.prlimitPath,
      clock,
      groupId: child.pid,
      nodePid: () => nodePid ?? child.pid,
      kill,
    });
  }

  output = new ProcessOutput({
    child,
    mark,
    clock,
    inspectorLines,
    onText(task, text) {
      limits?.onText(text);
      if (!isAbandoned && !isOver) events.onOutput(task, text);
    },
    onMessage: ({ heddle }) => mailbox!.deliver(heddle),
    onEnd: consider,
  });
  child.on('message', (wire: Partial<WireMessage> | null) => {
    if (wire?.heddle !== undefined) output?.push(wire as WireMessage);
  });
  launched.listen({
    onFailed(error) {
      cause = error;
      finish(true);
    },
    onDisconnect() {
      isDisconnected = true;
      if (exit !== undefined) return consider();
      // Most often the exit is on its way. A worker that only cut the line can no longer be told anything.
      clock.after(LATE_END_MS, () => {
        if (exit !== undefined) return;
        cause ??= new Error('it closed its channel to the host');
        kill();
      });
    },
    onExit(end) {
      exit = launch.isNested ? exitOfNested(end.exitCode, end.signal) : end;
      limits?.stop();
      if (!child.connected) isDisconnected = true;
      consider();
    },
  });
  const onDamage = (error: unknown) => {
    cause ??= new Error('the memory it shares with this program was written over', { cause: error });
    kill();
  };
  const way = new Mailbox<WorkerMessage, HostMessage, WorkerPost, HostPost>({
    isForeign: true,
    post(message) {
      // A failure to send means the worker is gone or going; its exit decides what becomes of the task.
      if (child.connected) child.send({ heddle: 'value' in message ? departing(message, line) : message }, () => {});
    },
    onRecord: receiveRecord,
    onPosted: receive,
    onDamage,
  });
  mailbox = way;
  const send = (message: HostPost) => way.post(message);
  const sendTask = (message: Extract<HostMessage, { t: 'run' }>) => {
    limits?.beforeTask();
    if (!way.write(message)) send(message);
    const { id, value, isBatch } = message;
    lastTask = id;
    const isList = Array.isArray(value);
    rings?.onTask(id, isList || value instanceof PackedList, isBatch && isList ? value.length : 1);
  };
  send({ t: 'start', order });
  // No addon is loaded in a sandbox.
  if (words !== undefined && !launch.isNested)
    rings = new HostRings({
      mailbox: way,
      line,
      words,
      clock,
      afterTasks: options.ringsAfterTasks,
      post: send,
      onDamage,
    });
  const stack = new ProcessStack({
    pid: child.pid,
    lines: inspectorLines,
    clock,
    probe: entryUrl('stack-probe'),
    openMs: INSPECTOR_OPEN_MS,
    probeMs: INSPECTOR_STACK_MS,
    closeInspector: () => send({ t: 'close-inspector' }),
  });
  child.channel?.unref();

  return {
    get pid() {
      return nodePid ?? child.pid;
    },
    threadId: undefined,
    get words() {
      return words;
    },
    get wire() {
      return rings?.wire ?? 'channel';
    },
    send(message) {
      if (message.t === 'run') sendTask(message);
      else send(message);
    },
    readStack: launch.isInspectable ? (done) => stack.read(done) : launch.isNested ? noStackInSandbox : undefined,
    terminate,
    kill,
    abandon() {
      isAbandoned = true;
      rings?.close();
      way.close();
    },
  };
}

/** The message as it leaves, with what has to leave beside it. */
function departing<Message extends { readonly value?: unknown }>(message: Message, line: SegmentLine): Message {
  const value = depart(message.value, line);
  return value === message.value ? message : { ...message, value };
}

/** For errors: which task it was the message doesn't say. */
const RESULT_ROLE: PayloadRole = { name: 'the task', subject: 'result' };

/** bubblewrap watches from outside, and inside it is the first process, which starts ours. */
const NODE_BELOW_BUBBLEWRAP = 2;

/** Nothing may look into a sandbox: the error says so. */
function noStackInSandbox(done: (reading: StackReading) => void): () => void {
  done({ missing: 'a sandbox has no inspector' });
  return () => {};
}
