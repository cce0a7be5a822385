/**
 * Starts the thread of a worker. Apart from its transport, so that a program's first thread is on its way while that is still being
 * loaded: what the thread says waits in its port and its rings, and its exit is kept for who asks.
 */
import { processShare } from '@heddle/machine/share';
import type { MessagePort, Worker as NodeWorker, WorkerOptions } from 'node:worker_threads';
import { entryUrl } from './entry-url.ts';
import { createMailboxMemory, type MailboxMemory } from './mailbox-memory.ts';
import type { StartOrder } from './protocol.ts';
import { createLateCores, createPrinted, tellCores, type ThreadStart } from './thread-words.ts';
import { MemoryWords } from './worker-words.ts';

export interface ThreadLaunch {
  readonly name: string;
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly execArgv: readonly string[] | undefined;
  readonly heapMiB: number | undefined;
}

/** A thread that was started, or could not be. */
export interface LaunchedThread {
  /** Undefined: it could not be started; `cause` says why. */
  readonly worker: NodeWorker | undefined;
  readonly threadId: number | undefined;
  readonly port: MessagePort;
  readonly memory: MailboxMemory;
  readonly words: MemoryWords;
  readonly printed: Int32Array;
  /** The first error that it met. */
  readonly cause: unknown;
  /** For one that waits for that: how many cores it gets. */
  tellCores(cores: number): void;
  /** Calls `listener` once, when it has ended: in a later turn if it has already. */
  onExit(listener: (exitCode: number) => void): void;
  /** Nobody will listen: ends it. */
  drop(): void;
}

/**
 * Never throws. Does not keep the program alive. `isShareLate`: the cores in the order are not what it gets; it waits for `tellCores` before
 * it loads the task module.
 */
export function launchThread(order: StartOrder, options: ThreadLaunch, isShareLate = false): LaunchedThread {
  // Loaded by the first worker thread: a pool of processes needs none of it.
  const { MessageChannel, Worker } = process.getBuiltinModule('node:worker_threads');
  const { port1: port, port2 } = new MessageChannel();
  const words = new MemoryWords();
  const printed = createPrinted();
  const memory = createMailboxMemory();
  const lateCores = isShareLate ? createLateCores() : undefined;
  const start: ThreadStart = {
    port: port2,
    mailbox: memory,
    order,
    words: words.memory as SharedArrayBuffer,
    printed,
    processShare: processShare(),
    lateCores,
  };
  const workerOptions: WorkerOptions = {
    workerData: { heddle: start },
    transferList: [port2],
    name: `${options.name} ${order.workerId}`,
    stdout: true,
    stderr: true,
  };
  if (options.env !== undefined) workerOptions.env = { ...options.env };
  if (options.execArgv !== undefined) workerOptions.execArgv = [...options.execArgv];
  if (options.heapMiB !== undefined) workerOptions.resourceLimits = { maxOldGenerationSizeMb: options.heapMiB };

  let worker: NodeWorker | undefined;
  let cause: unknown;
  let exit: number | undefined;
  let listener: ((exitCode: number) => void) | undefined;
  try {
    worker = new Worker(entryUrl('thread-entry'), workerOptions);
    worker.on('error', (error) => {
      cause ??= error;
    });
    worker.once('exit', (exitCode) => {
      exit = exitCode;
      listener?.(exitCode);
    });
    worker.unref();
  } catch (error) {
    cause = error;
  }
  return {
    worker,
    threadId: worker?.threadId,
    port,
    memory,
    words,
    printed,
    get cause() {
      return cause;
    },
    tellCores(cores) {
      if (lateCores !== undefined) tellCores(lateCores, cores);
    },
    onExit(onExit) {
      listener = onExit;
      if (exit !== undefined) queueMicrotask(() => onExit(exit!));
    },
    drop() {
      port.close();
      void worker?.terminate();
    },
  };
}
