/**
 * The stack of a worker thread, through the inspector of this process. Asynchronous: the host goes on meanwhile.
 *
 * A thread must be let go before it is terminated: one that is paused does not end (measured). So every way out of a reading cuts
 * the line to its thread, which resumes it. Opening a session draws a line to every thread of the process, so readings that
 * overlap share one.
 */
import type { StackReading } from '../errors/examination.ts';
import { PAUSE_REQUESTS, stackListener } from './paused-stack.ts';

/** Calls `done` once; the returned function gives up, and `done` is not called then. */
export function readThreadStack(threadId: number, done: (reading: StackReading) => void): () => void {
  // Node can be built without one.
  if (!process.features.inspector) {
    done({ missing: 'this Node has no inspector' });
    return () => {};
  }
  if (shared === undefined || !shared.canRead(threadId)) shared = new SharedSession();
  return shared.read(threadId, done);
}

let shared: SharedSession | undefined;

interface Reading {
  readonly done: (reading: StackReading) => void;
  readonly listen: ReturnType<typeof stackListener>;
}

class SharedSession {
  // Loaded when a stack is read for the first time.
  readonly #session = new (process.getBuiltinModule('node:inspector').Session)();
  readonly #readings = new Map<number, Reading>();
  /** Lines to threads, both ways. A thread whose line was cut gets no other in this session. */
  readonly #lineOf = new Map<number, string>();
  readonly #threadOf = new Map<string, number>();
  readonly #cut = new Set<number>();
  #refusal: string | undefined;

  constructor() {
    const session = this.#session;
    session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
      // `workerInfo.workerId` is a number of the inspector's own; the thread's stands in the title.
      const threadId = Number(/^\[worker (\d+)\]/.exec(workerInfo.title)?.[1]);
      this.#lineOf.set(threadId, sessionId);
      this.#threadOf.set(sessionId, threadId);
      if (this.#readings.has(threadId)) this.#pause(sessionId);
    });
    session.on('NodeWorker.receivedMessageFromWorker', ({ params: { sessionId, message } }) => {
      const threadId = this.#threadOf.get(sessionId);
      const reading = threadId === undefined ? undefined : this.#readings.get(threadId);
      const frames = reading?.listen(JSON.parse(message));
      if (frames === undefined) return;
      this.#end(threadId!);
      reading!.done({ frames });
    });
    try {
      // Only the main thread's inspector knows the threads.
      if (process.getBuiltinModule('node:worker_threads').isMainThread) session.connect();
      else session.connectToMainThread();
      session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, () => {});
    } catch (error) {
      this.#refusal = `this process has no inspector: ${(error as Error).message}`;
    }
  }

  canRead(threadId: number): boolean {
    return !this.#cut.has(threadId) && this.#refusal === undefined;
  }

  read(threadId: number, done: (reading: StackReading) => void): () => void {
    if (this.#refusal !== undefined) {
      const missing = this.#refusal;
      queueMicrotask(() => done({ missing }));
      return () => {};
    }
    this.#readings.set(threadId, { done, listen: stackListener() });
    const line = this.#lineOf.get(threadId);
    if (line !== undefined) this.#pause(line);
    return () => this.#end(threadId);
  }

  #pause(sessionId: string): void {
    for (const request of PAUSE_REQUESTS)
      this.#session.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify(request) }, () => {});
  }

  #end(threadId: number): void {
    if (!this.#readings.delete(threadId)) return;
    this.#cut.add(threadId);
    const sessionId = this.#lineOf.get(threadId);
    if (sessionId !== undefined) this.#session.post('NodeWorker.detach', { sessionId }, () => {});
    if (this.#readings.size > 0) return;
    this.#session.post('NodeWorker.disable', () => {});
    this.#session.disconnect();
    if (shared === this) shared = undefined;
  }
}
