/**
 * First file of a worker thread. Everything with the host goes over a port of its own, so that `parentPort` and
 * `process.stdout` of the thread are the user's to break.
 */
import fs from 'node:fs';
import { workerData } from 'node:worker_threads';
import { encodeThrow } from '../task/error-codec.ts';
import { canClone, payloadError, refuseSegments, SEGMENT_STAYS } from '../task/payload.ts';
import { taskRealm } from '../task/task-context.ts';
import type { HostMessage, WorkerPort } from '../transport/protocol.ts';
import { addPrinted, type ThreadStart } from '../transport/thread-words.ts';
import { MemoryWords } from '../transport/worker-words.ts';
import { captureOutput } from './capture-output.ts';
import { heapBytes } from './memory-watch.ts';
import { TaskRunner } from './task-runner.ts';

const { port, order, printed, words: memory } = (workerData as { heddle: ThreadStart }).heddle;
const words = new MemoryWords(memory);
taskRealm.isWorker = true;

const workerPort: WorkerPort = {
  send: (message) => port.postMessage(message),
  sendValue(t, id, value, transfer, role) {
    refuseSegments(value, role, SEGMENT_STAYS);
    try {
      port.postMessage({ t, id, value }, transfer as never);
    } catch (error) {
      throw payloadError(error, value, transfer, role, canClone);
    }
  },
  sendCall(message, args) {
    refuseSegments(args, { name: message.name, subject: 'arguments' }, SEGMENT_STAYS);
    try {
      port.postMessage({ ...message, args });
    } catch (error) {
      throw payloadError(error, args, [], { name: message.name, subject: 'arguments' }, canClone);
    }
  },
  canSend: canClone,
  // What was posted stays in the port when the thread ends.
  isBehind: () => false,
  begin: (id) => words.begin(id),
  print(task, text) {
    port.postMessage({ t: 'print', task, text });
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
);
port.on('message', (message: HostMessage) => runner.receive(message));
port.on('messageerror', (error) => {
  // A task that can't be read has no name to answer for: the thread ends with the reason, and the host knows what it had sent.
  throw error;
});
workerPort.send({ t: 'spawned', osThreadId: osThreadId() });
void runner.start(order);
