/**
 * First file of a worker process. Arguments: the mark that tags output, how the process ends with its host, the host's id, and
 * the descriptor of the file with its words, empty when there is none.
 */
import { encodeThrow } from '../task/error-codec.ts';
import { loadOsServices } from '../task/os-services.ts';
import { canSerialize, type PayloadRole } from '../task/payload.ts';
import { hasHandle } from '../task/shared-parts.ts';
import { taskRealm } from '../task/task-context.ts';
import { FileWords } from '../transport/file-words.ts';
import { Mailbox } from '../transport/mailbox.ts';
import { SEGMENTS_FD, WORDS_FD } from '../transport/process-descriptors.ts';
import { WorkerRings } from '../transport/process-rings.ts';
import {
  depart,
  fromWire,
  readWire,
  speakerTag,
  toWire,
  type HostPost,
  type WireMessage,
  type WorkerPost,
} from '../transport/process-wire.ts';
import type { HostMessage, StartOrder, WorkerMessage, WorkerPort } from '../transport/protocol.ts';
import { SegmentLine } from '../transport/segment-line.ts';
import { SwitchedWords } from '../transport/switched-words.ts';
import { captureOutput } from './capture-output.ts';
import { heapBytes, residentBytes } from './memory-watch.ts';
import { processMemory } from './own-memory.ts';
import { takeShare } from './own-share.ts';
import { TaskRunner } from './task-runner.ts';

const [mark = '', parentDeath = '', hostPid = '', wordsFd = ''] = process.argv.slice(2);
const send = process.send!.bind(process);
taskRealm.isWorker = true;

// The host decides what an interrupt from the terminal means; it reaches the whole process group.
process.on('SIGINT', () => {});
// The host is gone, or has cut the line: nothing more can be said to anyone.
process.on('disconnect', () => process.exit(1));

const writeStderr = process.stderr.write.bind(process.stderr);
// A pipe that the task has closed, or whose reader is gone, is no reason to die.
process.stderr.on('error', () => {});
let speaker: string | undefined;
let printedBytes = 0;
/** Of them, those that the host was told of. */
let toldBytes = 0;
function print(task: string | undefined, text: string): void {
  // A pipe is written synchronously, so the last words before an abort are not lost.
  const tagged = task === speaker ? text : speakerTag(mark, task) + text;
  speaker = task;
  writeStderr(tagged);
  printedBytes += Buffer.byteLength(tagged);
}

const words = wordsFd === '' ? undefined : new SwitchedWords(new FileWords(WORDS_FD));
const line = new SegmentLine(process.platform === 'linux' ? SEGMENTS_FD : undefined);
/** Messages that the channel has taken and the system has not. */
let unsent = 0;
let onAllSent: (() => void) | undefined;
const onSent = () => {
  if (--unsent > 0) return;
  const resume = onAllSent;
  onAllSent = undefined;
  resume?.();
};
// What comes can't be told any more: it ends with the reason, which the host hears.
const onDamage = (cause: unknown) =>
  process.nextTick(() => {
    throw new Error('the memory that this worker shares with its host was written over', { cause });
  });
const mailbox = new Mailbox<HostMessage, WorkerMessage, HostPost, WorkerPost>({
  isForeign: true,
  post(message) {
    unsent++;
    // Whatever else the module left running ends with the process; the host learns it before.
    send(wrap(message), undefined, undefined, message.t === 'stopped' ? () => process.exit(0) : onSent);
  },
  onRecord: (message) => runner.receive(message),
  onPosted: receive,
  onTurn: () => runner.onTurn(),
  onDamage,
});
const post = (message: WorkerPost) => mailbox.post(message);
const rings = new WorkerRings({ mailbox, line, words, post, onDamage });

const workerPort: WorkerPort = {
  send: post,
  sendValue(t, id, value, transfer, role) {
    const isPlain = transfer.length === 0 && !hasHandle(value, role);
    if (isPlain && mayBeRecord(t) && mailbox.write({ t, id, value })) return;
    post({ t, id, value: depart(toWire(value, transfer, role, line), line) });
  },
  sendCall(message, args) {
    const wire = toWire(args, [], { name: message.name, subject: 'arguments' });
    post({ ...message, args: depart(wire, line) });
  },
  canSend: canSerialize,
  isBehind(resume) {
    if (unsent === 0) return false;
    onAllSent = resume;
    return true;
  },
  begin: (id, now) => words?.begin(id, now) ?? true,
  beginItem: (id, item, now) => (item === 0 ? words?.begin(id, now) : words?.beginItem(id, item, now)) ?? true,
  print,
};

/**
 * Only a message says how much was printed before it, and so waits for that text. And what is not sent yet is lost with this process,
 * while a record stays: an item that is a record may not follow one that is lost.
 */
function mayBeRecord(t: 'value' | 'item' | 'progress'): boolean {
  return printedBytes === toldBytes && (t !== 'item' || unsent === 0);
}

function wrap(message: WorkerPost): WireMessage {
  toldBytes = printedBytes;
  return printedBytes === 0 ? { heddle: message } : { heddle: message, printedBytes };
}

captureOutput((text) => print(undefined, text));
process.on('uncaughtExceptionMonitor', (error) => {
  workerPort.send({ t: 'fatal', error: encodeThrow(error, canSerialize) });
});

const runner = new TaskRunner(workerPort, [heapBytes, residentBytes], undefined, undefined, processMemory);

async function start(order: StartOrder): Promise<void> {
  takeShare(order.share);
  // Before any code of the user: from here on the process can't outlive its host.
  const isParentDeathSignalSet =
    parentDeath === 'addon' && ((await loadOsServices())?.setParentDeathSignal('SIGKILL', Number(hostPid)) ?? false);
  workerPort.send({ t: 'spawned', isParentDeathSignalSet });
  await runner.start({ ...order, setupData: fromWire(order.setupData) });
}

function unpack(message: HostMessage): HostMessage {
  if (message.t === 'run') {
    try {
      return { ...message, value: readValue(message.value, { name: message.name, subject: 'arguments' }) };
    } catch (unreadable) {
      return { ...message, value: undefined, unreadable };
    }
  }
  if (message.t !== 'called' || message.error !== undefined) return message;
  try {
    return {
      ...message,
      value: readValue(message.value, { name: 'currentTask().run', subject: 'result', isList: true }),
    };
  } catch (error) {
    return { ...message, value: undefined, error: encodeThrow(error, canSerialize) };
  }
}

function readValue(value: unknown, role: PayloadRole): unknown {
  return readWire(value, line, role);
}

function receive(message: HostPost): void {
  if (message.t === 'start') void start(message.order);
  else if (message.t === 'rings' || message.t === 'ring-tasks' || message.t === 'rings-look') rings.onMessage(message);
  else runner.receive(unpack(message));
}

process.on('message', (wire: { heddle?: HostPost }) => {
  if (wire?.heddle !== undefined) mailbox.deliver(wire.heddle);
});
