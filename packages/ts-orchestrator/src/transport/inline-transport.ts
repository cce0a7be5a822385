/**
 * The host's own thread in the role of a worker: the same protocol and the same runner, without a wire. Values are cloned all
 * the same, so that a change of backend never changes what a program means.
 *
 * Tasks start in turns of the event loop, a slice at a time, so that a long run of synchronous tasks lets timers and input in
 * between.
 */
import { isPrimitive, isShared } from '@heddle/codec';
import type { Clock } from '../clock/clock.ts';
import { CostedCopies, estimateBytes, type Costed } from '../task/clone-cost.ts';
import {
  canClone,
  checkCopyable,
  cloneLarge,
  cloneValue,
  SETUP_ROLE,
  type PayloadRole,
  type TransferItem,
} from '../task/payload.ts';
import { putIn, takeOut } from '../task/shared-parts.ts';
import type { HostMessage, StartOrder, WorkerMessage, WorkerPort } from './protocol.ts';
import type { Link, Transport } from './transport.ts';
import type { HostWords } from './worker-words.ts';

/** The worker's side, given in from above: this room doesn't know it. */
export interface InlineRunner {
  start(order: StartOrder): Promise<void>;
  receive(message: HostMessage): void;
}

export interface InlineTransportOptions {
  readonly isByReference: boolean;
  readonly clock: Clock;
  readonly createRunner: (port: WorkerPort) => InlineRunner;
  /** Redirects what tasks print; returns the undoing. */
  readonly captureOutput: () => () => void;
}

/** One slice of starting tasks before the event loop gets a turn: well below a 60 Hz frame, well above a turn's cost. */
const SLICE_MS = 4;

/** Of so many copies of small values one is looked at: a look at each would be most of their time. */
const LOOK_EVERY = 16;

/** Copies all but what is shared, and says what that cost. A function with a large value gets the next ones in the way for those. */
class Copier {
  readonly #costed = new CostedCopies();
  #copies = 0;

  copy<T>(value: T, transfer: readonly TransferItem[], role: PayloadRole): T {
    const parted = takeOut(value, role);
    if (parted === undefined) return this.#clone(value, transfer, role);
    return putIn(this.#clone(parted.rest, transfer, role), parted.parts) as T;
  }

  copyCosted<T>(value: T, transfer: readonly TransferItem[], role: PayloadRole): Costed<T> {
    if (this.#copies++ % LOOK_EVERY > 0 && !this.#costed.isLarge(role.name))
      return { made: this.copy(value, transfer, role), cost: undefined };
    return this.#costed.make(role.name, () => this.copy(value, transfer, role), estimateBytes);
  }

  #clone<T>(value: T, transfer: readonly TransferItem[], role: PayloadRole): T {
    if (transfer.length === 0 && this.#costed.isLarge(role.name)) return cloneLarge(value, role);
    return cloneValue(value, transfer, role).value;
  }
}

/**
 * How far the batches are that this worker has. Host and worker are one thread, and the items of a batch follow one another without a
 * break, or are given back: so one batch is under way at a time.
 */
class BatchWords implements Pick<HostWords, 'revoke'> {
  /** Sent and not begun. */
  readonly #waiting = new Set<number>();
  #current = 0;
  #begun = 0;

  add(id: number): void {
    this.#waiting.add(id);
  }

  /** An item begins. False: it was taken back, with those after it. */
  begin(id: number, item: number): boolean {
    if (item === 0 && this.#waiting.delete(id)) this.#current = id;
    if (this.#current !== id) return false;
    this.#begun = item + 1;
    return true;
  }

  /** All items of those that had their turn have begun, and whatever is no batch counts as begun when it is sent. */
  revoke(id: number): number {
    if (this.#waiting.delete(id)) return 0;
    if (this.#current !== id) return Infinity;
    this.#current = 0;
    return this.#begun;
  }
}

export function createInlineTransport(options: InlineTransportOptions): Transport {
  const { isByReference } = options;
  const copier = new Copier();
  const copySetup = (data: unknown) => (isByReference ? data : cloneValue(data, [], SETUP_ROLE).value);
  return {
    backend: 'inline',
    canKill: false,
    parentDeath: 'same-process',
    pack(args, transfer, role, when) {
      if (isByReference) return { value: args, transfer: [], canResend: true, canGoAhead: false };
      if (transfer.length === 0 && args.every((value) => isPrimitive(value) || isShared(value)))
        return { value: args, transfer: [], canResend: true, canGoAhead: false };
      if (when === 'keep') checkCopyable(transfer);
      const { made: value, cost } = copier.copyCosted(args, transfer, role);
      if (when !== 'keep') return { value, transfer: [], canResend: true, canGoAhead: false, cost };
      // The task may change what it gets, so each run gets a copy of the copy.
      const fresh = () => ({ value: copier.copy(value, [], role), transfer: [] });
      return { value, transfer: [], canResend: true, canGoAhead: false, cost, fresh };
    },
    repack(args) {
      if (isByReference) return { value: args, transfer: [], canResend: true, canGoAhead: false };
      const role: PayloadRole = { name: 'currentTask().run', subject: 'arguments' };
      const fresh = () => ({ value: copier.copy(args, [], role), transfer: [] });
      return { value: args, transfer: [], canResend: true, canGoAhead: false, fresh };
    },
    canSend: canClone,
    packSetup: copySetup,
    start(order, events): Link {
      let isGone = false;
      const batches = new BatchWords();
      const inbox: HostMessage[] = [];
      let turn: NodeJS.Immediate | undefined;
      const finish = () => {
        if (isGone) return;
        isGone = true;
        undoCapture();
        clearImmediate(turn);
        // As from a wire: never before the call that caused it has returned.
        queueMicrotask(() => events.onExit({ exitCode: 0, signal: null, cause: undefined, isSpawnFailure: false }));
      };
      const emit = (message: WorkerMessage) => {
        if (isGone) return;
        events.onMessage(message);
        if (message.t === 'stopped') finish();
      };
      const port: WorkerPort = {
        send: emit,
        sendValue(t, id, value, transfer, role) {
          if (isByReference || isPrimitive(value)) return emit({ t, id, value });
          const { made, cost } = copier.copyCosted(value, transfer, role);
          emit({ t, id, value: made, ...(cost === undefined ? {} : { cost }) } as WorkerMessage);
        },
        sendCall(message, args) {
          const role: PayloadRole = { name: message.name, subject: 'arguments' };
          emit({ ...message, args: isByReference ? args : copier.copy(args, [], role) });
        },
        canSend: (value) => isByReference || canClone(value),
        isBehind: () => false,
        begin: () => true,
        beginItem: (id, item) => batches.begin(id, item),
        print: (task, text) => {
          if (!isGone) events.onOutput(task, text);
        },
      };
      const undoCapture = options.captureOutput();
      const runner = options.createRunner(port);
      const work = () => {
        turn = undefined;
        const end = options.clock.now() + SLICE_MS;
        for (let message = inbox.shift(); message !== undefined; message = inbox.shift()) {
          runner.receive(message);
          if (options.clock.now() >= end) break;
        }
        if (inbox.length > 0) turn = setImmediate(work);
      };
      turn = setImmediate(() => {
        turn = undefined;
        emit({ t: 'spawned' });
        void runner.start({ ...order, setupData: copySetup(order.setupData) });
      });
      return {
        pid: process.pid,
        threadId: undefined,
        words: undefined,
        batches,
        send(message) {
          if (message.t === 'cancel') {
            // Not behind the tasks that wait for their turn, of which it may concern one.
            const waiting = inbox.findIndex((other) => other.t === 'run' && other.id === message.id);
            if (waiting < 0) return runner.receive(message);
            inbox.splice(waiting, 1);
            return emit({ t: 'error', id: message.id, error: message.reason });
          }
          if (message.t === 'run' && message.isBatch) batches.add(message.id);
          inbox.push(message);
          turn ??= setImmediate(work);
        },
        kill: finish,
        abandon: finish,
      };
    },
  };
}
