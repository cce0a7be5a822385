/**
 * First file of a worker thread. Everything with the host goes over a port of its own, so that `parentPort` and
 * `process.stdout` of the thread are the user's to break.
 */
import { workerData, type MessagePort } from 'node:worker_threads';
import { encodeThrow } from '../task/error-codec.ts';
import { canClone, payloadError } from '../task/payload.ts';
import { taskRealm } from '../task/task-context.ts';
import type { HostMessage, StartOrder, WorkerPort } from '../transport/protocol.ts';
import { captureOutput } from './capture-output.ts';
import { TaskRunner } from './task-runner.ts';

/** What the thread transport puts into `workerData`. */
export interface ThreadStart {
  readonly port: MessagePort;
  readonly order: StartOrder;
  /**
   * Ownership word, one Int32. Writer: this thread, before each task. Reader: the host, after the thread has ended; the exit
   * event orders the two.
   */
  readonly word: Int32Array;
}

const { port, order, word } = (workerData as { heddle: ThreadStart }).heddle;
taskRealm.isWorker = true;

const workerPort: WorkerPort = {
  send: (message) => port.postMessage(message),
  sendValue(t, id, value, transfer, role) {
    try {
      port.postMessage({ t, id, value }, transfer as never);
    } catch (error) {
      throw payloadError(error, value, transfer, role, canClone);
    }
  },
  canSend: canClone,
  begin: (id) => void Atomics.store(word, 0, id | 0),
  print: (task, text) => port.postMessage({ t: 'print', task, text }),
};

captureOutput((text) => workerPort.print(undefined, text));
process.on('uncaughtExceptionMonitor', (error) => {
  workerPort.send({ t: 'fatal', error: encodeThrow(error, canClone) });
});

const runner = new TaskRunner({
  ...workerPort,
  send(message) {
    workerPort.send(message);
    // Whatever else the module left running ends with the thread.
    if (message.t === 'stopped') process.exit(0);
  },
});
port.on('message', (message: HostMessage) => runner.receive(message));
workerPort.send({ t: 'spawned' });
void runner.start(order);
