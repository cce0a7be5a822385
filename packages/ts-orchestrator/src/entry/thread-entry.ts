/**
 * First file of a worker thread. Everything with the host goes over a mailbox of its own, so that `parentPort` and
 * `process.stdout` of the thread are the user's to break.
 */
import fs from 'node:fs';
import { workerData } from 'node:worker_threads';
import { tellProcessShare } from '@heddle/machine/share';
import { encodeThrow } from '../task/error-codec.ts';
import { canClone, payloadError, refuseSegments, SEGMENT_STAYS } from '../task/payload.ts';
import { taskRealm } from '../task/task-context.ts';
import { PortMailbox } from '../transport/port-mailbox.ts';
import type { HostMessage, WorkerMessage, WorkerPort } from '../transport/protocol.ts';
import { addPrinted, awaitCores, type ThreadStart } from '../transport/thread-words.ts';
import { MemoryWords } from '../transport/worker-words.ts';
import { captureOutput } from './capture-output.ts';
import { heapBytes } from './memory-watch.ts';
import { threadMemory } from './own-memory.ts';
import { takeShare } from './own-share.ts';
import { TaskRunner } from './task-runner.ts';

const start = (workerData as { heddle: ThreadStart }).heddle;
const { port, mailbox: memory, order, printed, words: wordMemory, processShare, lateCores } = start;
tellProcessShare(processShare);
const words = new MemoryWords(wordMemory);
taskRealm.isWorker = true;

const mailbox = new PortMailbox<HostMessage, WorkerMessage>({
  port,
  side: 'worker',
  inbound: memory.toWorker,
  outbound: memory.toHost,
  onMessage: (message) => runner.receive(message),
  onTurn: () => runner.onTurn(),
  onUnreadable(error) {
    // A task that can't be read has no name to answer for: the thread ends with the reason, and the host knows what it had sent.
    throw error;
  },
});

const workerPort: WorkerPort = {
  send: (message) => mailbox.send(message),
  sendValue(t, id, value, transfer, role) {
    refuseSegments(value, role, SEGMENT_STAYS);
    try {
      mailbox.send({ t, id, value }, transfer);
    } catch (error) {
      throw payloadError(error, value, transfer, role, canClone);
    }
  },
  sendCall(message, args) {
    refuseSegments(args, { name: message.name, subject: 'arguments' }, SEGMENT_STAYS);
    try {
      mailbox.send({ ...message, args });
    } catch (error) {
      throw payloadError(error, args, [], { name: message.name, subject: 'arguments' }, canClone);
    }
  },
  canSend: canClone,
  // What was sent stays in the mailbox when the thread ends.
  isBehind: () => false,
  begin: (id, now) => words.begin(id, now),
  beginItem: (id, item, now) => (item === 0 ? words.begin(id, now) : words.beginItem(id, item, now)),
  print(task, text) {
    mailbox.send({ t: 'print', task, text });
    addPrinted(printed, text);
  },
};

captureOutput((text) => workerPort.print(undefined, text));
process.on('uncaughtExceptionMonitor', (error) => {
  workerPort.send({ t: 'fatal', error: encodeThrow(error, canClone) });
});

/** Linux names this thread in the target of a link: `1234/task/1240`. */
function osThreadId(): number | undefined {
  try {
    const id = Number(fs.readlinkSync('/proc/thread-self').split('/').at(-1));
    return Number.isInteger(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

const runner = new TaskRunner(
  {
    ...workerPort,
    send(message) {
      workerPort.send(message);
      // Whatever else the module left running ends with the thread.
      if (message.t === 'stopped') process.exit(0);
    },
  },
  [heapBytes],
  undefined,
  undefined,
  threadMemory(),
);
workerPort.send({ t: 'spawned', osThreadId: osThreadId() });
const { share } = order;
takeShare(share === undefined || lateCores === undefined ? share : { ...share, cores: awaitCores(lateCores) });
void runner.start(order);
