/**
 * Worker threads. One mailbox per thread, over a message port of our own; nothing here keeps the program alive.
 *
 * Oddities met: a thread's messages may still lie in the mailbox when its exit is reported, so that is emptied then; adding a
 * listener refs a port again, so unref comes last; reading a thread's stdout refs a handle that nothing can unref, so what got
 * there before the entry took the streams over is read only after the exit; Node 20 never closes the files that its module loader
 * reads when the thread is terminated meanwhile, so a thread that loads is let finish that first.
 */
import { PackedGraph, PackedList } from '@heddle/codec';
import { readThreadStack } from '../liveness/thread-stack.ts';
import type { Clock, Timer } from '../clock/clock.ts';
import { THREAD_LOAD_MS } from '../clock/deadlines.ts';
import { CostedCopies, COUNTED_BYTES, estimateBytes, type CloneCost } from '../task/clone-cost.ts';
import {
  canClone,
  checkCopyable,
  cloneValue,
  flatKind,
  isSmall,
  payloadError,
  refuseSegments,
  SEGMENT_STAYS,
  SETUP_ROLE,
} from '../task/payload.ts';
import { launchThread, type LaunchedThread, type ThreadLaunch } from './launch-thread.ts';
import { PortMailbox } from './port-mailbox.ts';
import type { HostMessage, WorkerMessage } from './protocol.ts';
import { takePrinted } from './thread-words.ts';
import type { Link, LinkEvents, Transport } from './transport.ts';

export interface ThreadTransportOptions extends ThreadLaunch {
  readonly clock: Clock;
  /** The thread of the first worker, where it is on its way already. */
  readonly first?: LaunchedThread | undefined;
}

export function createThreadTransport(options: ThreadTransportOptions): Transport {
  const copies = new CostedCopies();
  let { first } = options;
  return {
    backend: 'threads',
    canKill: true,
    parentDeath: 'same-process',
    pack(args, transfer, role, when) {
      openCost = undefined;
      if (transfer.length === 0) {
        const kind = flatKind(args);
        if (kind !== undefined) return { value: args, transfer, canResend: true, canGoAhead: kind !== 'large' };
        const bytes = PackedList.of(args);
        if (bytes !== undefined) return { value: bytes, transfer, canResend: true, canGoAhead: true };
        const { made, cost } = copies.make(
          role.name,
          () => PackedGraph.of(args, when !== 'now'),
          (graph) => graph?.bytes ?? 0,
        );
        if (made !== undefined) return { value: made, transfer, canResend: when !== 'now', canGoAhead: false, cost };
      }
      refuseSegments(args, role, SEGMENT_STAYS);
      // `send` copies synchronously. Only what is cheap to copy is copied here too, so that it can be sent again.
      if (when === 'now' && transfer.length > 0)
        return { value: args, transfer, canResend: false, canGoAhead: false, cost: undefined };
      const isFew = isSmall(args);
      if (when === 'now' && !isFew) {
        const cost = estimatedCost(args);
        if (cost !== undefined) openCost = { args, cost };
        return { value: args, transfer, canResend: false, canGoAhead: false, cost };
      }
      if (when === 'keep') checkCopyable(transfer);
      const startedAt = isFew ? 0 : performance.now();
      const { value, moved } = cloneValue(args, transfer, role);
      const cost = isFew ? undefined : estimatedCost(value);
      if (cost !== undefined) cost.ms = performance.now() - startedAt;
      const canGoAhead = transfer.length === 0 && isFew;
      if (when === 'keep') return { value, transfer: [], canResend: true, canGoAhead, cost };
      return { value, transfer: moved, canResend: moved.length === 0, canGoAhead, cost };
    },
    // Nobody else holds these objects, and sending copies them.
    repack: (args) => ({ value: args, transfer: [], canResend: true, canGoAhead: isSmall(args) }),
    canSend: canClone,
    packSetup: (data) => cloneValue(data, [], SETUP_ROLE).value,
    start(order, events) {
      const thread = first ?? launchThread(order, options);
      first = undefined;
      return linkTo(thread, events, options);
    },
  };
}

/** Of arguments that were packed to be sent at once: they are copied then, and the time is put in. */
let openCost: { readonly args: unknown; readonly cost: CloneCost } | undefined;

function estimatedCost(value: unknown): CloneCost | undefined {
  const bytes = estimateBytes(value);
  return bytes < COUNTED_BYTES ? undefined : { bytes, ms: 0 };
}

/** Measured: 60 threads that were terminated in their first 45 ms left 7 files open on Node 20, none on 24. */
const LEAKS_WHILE_LOADING = Number.parseInt(process.versions.node, 10) < 24;

function linkTo(thread: LaunchedThread, events: LinkEvents, { clock, heapMiB }: ThreadTransportOptions): Link {
  const { worker, threadId, port, memory, words, printed } = thread;
  if (worker === undefined) {
    port.close();
    const { cause } = thread;
    queueMicrotask(() => events.onExit({ exitCode: null, signal: null, cause, isSpawnFailure: true }));
    return { pid: undefined, threadId: undefined, words, send() {}, kill() {}, abandon() {} };
  }

  const startedAt = clock.now();
  let isAbandoned = false;
  let hasSpoken = false;
  let cause: unknown;
  let isLoading = LEAKS_WHILE_LOADING;
  let loadWait: Timer | undefined;
  const terminate = () => {
    loadWait?.cancel();
    void worker.terminate();
  };
  const onLoaded = () => {
    isLoading = false;
    if (loadWait !== undefined) terminate();
  };
  const receive = (message: WorkerMessage) => {
    hasSpoken = true;
    if (message.t === 'loaded' || message.t === 'failed') onLoaded();
    if (message.t === 'print') takePrinted(printed, message.text);
    if (isAbandoned) return;
    if (message.t === 'print') events.onOutput(message.task, message.text);
    else events.onMessage(message);
  };
  const mailbox = new PortMailbox<WorkerMessage, HostMessage>({
    port,
    side: 'host',
    inbound: memory.toHost,
    outbound: memory.toWorker,
    onMessage: receive,
    onUnreadable(error) {
      // Some reply can't be read, and it doesn't say which: the thread is ended, so that its task gets an outcome.
      cause ??= thread.cause ?? error;
      terminate();
    },
  });
  thread.onExit((exitCode) => {
    cause ??= thread.cause;
    loadWait?.cancel();
    mailbox.takeRest();
    mailbox.close();
    if (isAbandoned) return;
    for (const stream of [worker.stdout, worker.stderr]) {
      const text = stream.setEncoding('utf8').read() as string | null;
      if (text !== null) events.onOutput(undefined, text);
    }
    const isHeapFull = (cause as { code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const limit =
      isHeapFull && heapMiB !== undefined ? ({ option: 'limits.heapMiB', value: heapMiB } as const) : undefined;
    events.onExit({ exitCode, signal: null, cause, isSpawnFailure: !hasSpoken && exitCode !== 0, limit });
  });
  port.unref();

  return {
    pid: undefined,
    threadId,
    words,
    wire: 'ring',
    send(message, transfer = []) {
      try {
        // Arguments that are copied by being sent, as `pack` left them.
        const open = openCost;
        const cost = open !== undefined && message.t === 'run' && open.args === message.value ? open.cost : undefined;
        openCost = undefined;
        const startedAt = cost === undefined ? 0 : performance.now();
        mailbox.send(message, transfer);
        if (cost !== undefined) cost.ms = performance.now() - startedAt;
      } catch (error) {
        if (message.t !== 'run') throw error;
        throw payloadError(error, message.value, transfer, { name: message.name, subject: 'arguments' }, canClone);
      }
    },
    readStack: (done) => readThreadStack(threadId!, done),
    kill() {
      const loadMs = isLoading ? startedAt + THREAD_LOAD_MS - clock.now() : 0;
      if (loadMs <= 0) terminate();
      else loadWait ??= clock.after(loadMs, terminate);
    },
    abandon() {
      isAbandoned = true;
      mailbox.close();
    },
  };
}
