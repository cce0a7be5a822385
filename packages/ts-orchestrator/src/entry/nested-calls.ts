/**
 * The calls that one run of a task makes of its own pool, on the worker's side. The host decides where they run; here they are
 * promises that wait for its answer.
 *
 * Every one settles: by the answer, or at the latest with the run itself. What is still open then is rejected without being
 * reported as unhandled, because nobody can be waiting any more, and an unhandled rejection would end the worker.
 */
import { decodeThrow, encodeThrow } from '../task/error-codec.ts';
import { traceTask } from '../errors/errors.ts';
import { outsideTask } from '../task/task-context.ts';
import { checkArguments, parseNestedOptions, type NestedOptions } from '../task/task-options.ts';
import type { HostMessage, WorkerPort } from '../transport/protocol.ts';

interface Pending {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Takes the listener off the signal. */
  undo: () => void;
}

export class NestedCalls {
  readonly #runId: number;
  readonly #port: WorkerPort;
  readonly #pending = new Map<number, Pending>();
  #lastCall = 0;
  /** The run is over, or was told to stop: why. */
  #end: { readonly reason: unknown } | undefined;

  constructor(runId: number, port: WorkerPort) {
    this.#runId = runId;
    this.#port = port;
  }

  run(name: string, args?: readonly unknown[], options?: NestedOptions): Promise<unknown> {
    const pending = makePending();
    try {
      this.#send(pending, name, args, options);
    } catch (error) {
      pending.reject(error);
    }
    return pending.promise;
  }

  #send(pending: Pending, name: string, args: readonly unknown[] | undefined, raw: NestedOptions | undefined): void {
    const { signal, ...options } = parseNestedOptions(raw);
    const list = checkArguments('currentTask().run', name, args);
    if (this.#end !== undefined) throw this.#end.reason;
    if (signal?.aborted === true) throw signal.reason;
    const call = ++this.#lastCall;
    const id = this.#runId;
    outsideTask(() => this.#port.sendCall({ t: 'call', id, call, name: String(name), options }, list));
    this.#pending.set(call, pending);
    if (signal === undefined) return;
    const onAbort = () => {
      if (this.#take(call) === undefined) return;
      const reason = encodeThrow(signal.reason, (value) => this.#port.canSend(value));
      outsideTask(() => this.#port.send({ t: 'uncall', id, call, reason }));
      pending.reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    pending.undo = () => signal.removeEventListener('abort', onAbort);
  }

  onCalled(message: Extract<HostMessage, { t: 'called' }>): void {
    const pending = this.#take(message.call);
    if (pending === undefined) return;
    if (message.error === undefined) return pending.resolve((message.value as [unknown])[0]);
    const error = decodeThrow(message.error);
    if (message.task !== undefined) traceTask(error, message.task);
    pending.reject(error);
  }

  /** Rejects what is open and what comes later. */
  end(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { reason };
    for (const call of this.#pending.keys()) {
      const pending = this.#take(call)!;
      pending.promise.catch(() => {});
      pending.reject(reason);
    }
  }

  #take(call: number): Pending | undefined {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    pending?.undo();
    return pending;
  }
}

function makePending(): Pending {
  let resolve!: Pending['resolve'];
  let reject!: Pending['reject'];
  const promise = new Promise((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  return { promise, resolve, reject, undo() {} };
}
