/**
 * The stack of a worker thread, through the inspector of this process. Asynchronous: the host goes on meanwhile.
 *
 * The thread must be let go before it is terminated: one that is paused does not end (measured). So every way out of here cuts
 * the line, which resumes it.
 */
import { Session } from 'node:inspector';
import { isMainThread } from 'node:worker_threads';
import type { StackReading } from '../errors/examination.ts';
import { PAUSE_REQUESTS, stackListener } from './paused-stack.ts';

/** Calls `done` once; the returned function gives up, and `done` is not called then. */
export function readThreadStack(threadId: number, done: (reading: StackReading) => void): () => void {
  const session = new Session();
  const listen = stackListener();
  let line: string | undefined;
  let isCut = false;
  const cut = () => {
    if (isCut) return;
    isCut = true;
    // Resumes the thread too.
    if (line !== undefined) session.post('NodeWorker.detach', { sessionId: line }, () => {});
    session.post('NodeWorker.disable', () => {});
    session.disconnect();
  };
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
    // `workerInfo.workerId` is a number of the inspector's own; the thread's stands in the title.
    if (!workerInfo.title.startsWith(`[worker ${threadId}]`))
      return void session.post('NodeWorker.detach', { sessionId }, () => {});
    line = sessionId;
    for (const request of PAUSE_REQUESTS)
      session.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify(request) }, () => {});
  });
  session.on('NodeWorker.receivedMessageFromWorker', ({ params: { message } }) => {
    const frames = listen(JSON.parse(message));
    if (frames === undefined) return;
    cut();
    done({ frames });
  });
  try {
    // Only the main thread's inspector knows the threads.
    if (isMainThread) session.connect();
    else session.connectToMainThread();
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, (error) => {
      if (error === null || line !== undefined) return;
      session.disconnect();
      done({ missing: `the inspector refused: ${error.message}` });
    });
  } catch (error) {
    queueMicrotask(() => done({ missing: `this process has no inspector: ${(error as Error).message}` }));
    return () => {};
  }
  return cut;
}
