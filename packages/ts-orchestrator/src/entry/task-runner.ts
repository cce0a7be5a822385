/**
 * The worker's side: request -> function -> response. Knows tasks and the protocol; the port hides whether it lives in a
 * thread, a process, or beside its host.
 */
import { isPrimitive } from '@heddle/codec';
import { monotonicMs } from '../clock/clock.ts';
import { heddleError } from '../errors/errors.ts';
import { NumberMap } from '../queue/number-map.ts';
import { decodeThrow, encodeThrow } from '../task/error-codec.ts';
import type { PayloadRole, TransferItem } from '../task/payload.ts';
import { outsideTask, taskRealm, unwrapMoved, type RealmTask } from '../task/task-context.ts';
import type { HostMessage, StartOrder, WorkerMemory, WorkerPort } from '../transport/protocol.ts';
import { collector, MemoryWatch, type MemoryWatchParts } from './memory-watch.ts';
import { loadTaskModule, type TaskFunction, type TaskModule } from './module-loader.ts';
import { NestedCalls } from './nested-calls.ts';
import { MemoryTold } from './own-memory.ts';
import { RunTime } from './run-time.ts';
import { canHookTypeScript } from './typescript.ts';

type RunMessage = Extract<HostMessage, { t: 'run' }>;

/**
 * Tasks are begun for so long before the event loop gets a turn: for timers and I/O of the module, and for what the host says
 * meanwhile (a cancel, a ping, the stop).
 */
const TURN_MS = 1;

const NOTHING_MOVED: readonly TransferItem[] = [];

/** Hears how long functions run, where the host is on this side. Called within the turn in which it happens. */
export interface RunObserver {
  /** A call has come back: with a value or an error, or with a promise (`isWaited`). `ms`: what it computed until then. */
  returned(name: string, ms: number, isWaited: boolean): void;
  /** The promise that a call came back with is settled, well or not. `ms`: since it was called. */
  settled(name: string, ms: number): void;
}

/** One task in this worker; `signal` is made when first asked for. */
class RunningTask implements RealmTask {
  readonly id: number;
  readonly name: string;
  readonly index: number | undefined;
  readonly attempt: number;
  readonly workerId: number;
  readonly poolKey: object | undefined;
  /** Items the host is ready to take. Stream only. */
  credit: number;
  isCancelled = false;
  /** Wakes the stream that waits for credit; set while it waits. */
  wake: (() => void) | undefined;
  readonly #port: WorkerPort;
  /** Made with the first call of the pool. */
  #calls: NestedCalls | undefined;
  /** It has settled: there are no calls any more. */
  #isOver = false;
  #controller: AbortController | undefined;
  #reason: unknown;

  constructor(
    message: RunMessage,
    index: number | undefined,
    workerId: number,
    port: WorkerPort,
    poolKey: object | undefined,
  ) {
    this.id = message.id;
    this.name = message.name;
    this.index = index;
    this.attempt = message.attempt;
    this.credit = message.credit;
    this.workerId = workerId;
    this.poolKey = poolKey;
    this.#port = port;
  }

  // Functions that a task may take off this object. Made when they are asked for: most tasks of a few microseconds never do.

  get print(): (text: string) => void {
    return (text) => outsideTask(() => this.#port.print(this.name, text));
  }

  get log(): (text: string) => void {
    return (text) => this.print(`${text}\n`);
  }

  get progress(): (value: unknown) => void {
    const role: PayloadRole = { name: this.name, subject: 'result' };
    return (value) => outsideTask(() => this.#port.sendValue('progress', this.id, value, [], role));
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.isCancelled) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  get run(): RealmTask['run'] {
    return (name, ...[args, options]) => {
      if (this.#calls === undefined) {
        this.#calls = new NestedCalls(this.id, this.#port);
        if (this.isCancelled) this.#calls.end(this.#reason);
        else if (this.#isOver) this.#calls.end(this.#ended());
      }
      return this.#calls.run(name, args, options) as never;
    };
  }

  onCalled(message: Extract<HostMessage, { t: 'called' }>): void {
    this.#calls?.onCalled(message);
  }

  /** It has settled: what it has called and what it calls from now on is over. */
  end(): void {
    this.#isOver = true;
    if (!this.isCancelled) this.#calls?.end(this.#ended());
  }

  #ended(): unknown {
    const reason = 'it has ended, and its calls of the pool with it';
    return heddleError('HEDDLE_TASK_CANCELLED', { name: this.name, reason });
  }

  cancel(reason: unknown): void {
    if (this.isCancelled) return;
    this.isCancelled = true;
    this.#reason = reason;
    this.wake?.();
    this.#controller?.abort(reason);
    if (!this.#isOver) this.#calls?.end(reason);
  }

  addCredit(items: number): void {
    this.credit += items;
    this.wake?.();
  }

  get reason(): unknown {
    return this.#reason;
  }
}

export class TaskRunner {
  readonly #port: WorkerPort;
  readonly #tasks = new NumberMap<RunningTask>();
  /** Sent and not begun, first in, first out. A batch is the first of them until its last item has begun. */
  #waiting: RunMessage[] = [];
  /** Items of the first, which is a batch, that have begun. */
  #itemsBegun = 0;
  /** When the event loop had its last turn that is known of. */
  #turnAt = 0;
  /** It has had one since a task began last. */
  #isNewTurn = false;
  #isBeginning = false;
  readonly #onSent = () => this.#beginNext();
  readonly #runTimes = new Map<string, RunTime>();
  /** Set while the next is waited for. */
  #turn: NodeJS.Immediate | undefined;
  readonly #poolKey: object | undefined;
  readonly #gauges: MemoryWatchParts['gauges'];
  readonly #observer: RunObserver | undefined;
  #memory: MemoryWatch | undefined;
  readonly #ownMemory: (() => WorkerMemory) | undefined;
  #memoryTold: MemoryTold | undefined;
  #module: TaskModule | undefined;
  #order: StartOrder | undefined;

  /**
   * `gauges`: what tells how much memory this worker holds. `poolKey`: stands for its pool, inline. `ownMemory`: what it takes of the
   * machine's.
   */
  constructor(
    port: WorkerPort,
    gauges: MemoryWatchParts['gauges'] = [],
    poolKey?: object | undefined,
    observer?: RunObserver | undefined,
    ownMemory?: (() => WorkerMemory) | undefined,
  ) {
    this.#ownMemory = ownMemory;
    this.#port = port;
    this.#observer = observer;
    this.#poolKey = poolKey;
    this.#gauges = gauges;
  }

  /** Loads the module and sets it up, reporting each step. Never throws. */
  async start(order: StartOrder): Promise<void> {
    this.#order = order;
    try {
      this.#module = await loadTaskModule(order.moduleUrl, order.isTypeScriptWanted);
    } catch (error) {
      // Failed imports are remembered by Node, so only a new worker can load what this one could not.
      const canRetry =
        (error as { code?: unknown })?.code === 'HEDDLE_TYPESCRIPT' && canHookTypeScript(order.moduleUrl);
      return this.#fail('load', error, canRetry);
    }
    this.#port.send({ t: 'loaded', tasks: this.#module.names });
    try {
      await this.#module.setup?.(order.setupData);
    } catch (error) {
      return this.#fail('setup', error);
    }
    this.#watchMemory(order.growthMiB);
    if (order.isMemoryTold && this.#ownMemory !== undefined) this.#memoryTold = new MemoryTold(this.#ownMemory);
    this.#port.send({ t: 'ready', memory: this.#memoryTold?.told });
  }

  /** Handles one message; `run` carries its arguments unpacked. Never throws. */
  receive(message: HostMessage): void {
    switch (message.t) {
      case 'run':
        this.#waiting.push(message);
        this.#beginNext();
        return;
      case 'cancel':
        this.#cancel(message);
        return;
      case 'called':
        this.#tasks.get(message.id)?.onCalled(message);
        return;
      case 'credit':
        this.#tasks.get(message.id)?.addCredit(message.items);
        return;
      case 'ping':
        this.#port.send({ t: 'pong' });
        return;
      case 'close-inspector':
        closeInspector();
        return;
      case 'stop':
        void this.#stop();
        return;
    }
  }

  /** What comes now was brought by a new turn of the event loop: nothing has waited for this worker's tasks. */
  onTurn(): void {
    this.#isNewTurn = true;
  }

  #watchMemory(limitMiB: number | undefined): void {
    if (limitMiB === undefined || this.#gauges.length === 0) return;
    const now = () => performance.now();
    this.#memory = new MemoryWatch({ gauges: this.#gauges, limitMiB, collect: collector(), now });
  }

  #tellMemory(told: MemoryTold, now: number): void {
    const memory = told.look(now);
    if (memory !== undefined) this.#port.send({ t: 'memory', memory });
  }

  #lookAtMemory(memory: MemoryWatch): void {
    const growthMiB = memory.look();
    if (growthMiB === undefined) return;
    this.#memory = undefined;
    this.#port.send({ t: 'grown', growthMiB });
  }

  #fail(phase: 'load' | 'setup', error: unknown, isTypeScriptWanted = false): void {
    this.#port.send({ t: 'failed', phase, error: this.#encode(error), isTypeScriptWanted });
  }

  #encode(error: unknown) {
    return encodeThrow(error, (value) => this.#port.canSend(value));
  }

  #measure(name: string, ms: number): void {
    let runTime = this.#runTimes.get(name);
    if (runTime === undefined) this.#runTimes.set(name, (runTime = new RunTime()));
    const told = runTime.add(ms);
    if (told !== undefined) this.#port.send({ t: 'run-time', name, ms: told });
  }

  #cancel({ id, reason }: Extract<HostMessage, { t: 'cancel' }>): void {
    const task = this.#tasks.get(id);
    if (task !== undefined) return task.cancel(decodeThrow(reason));
    const place = this.#waiting.findIndex((waiting) => waiting.id === id);
    if (place < 0) return;
    this.#waiting.splice(place, 1);
    if (place === 0) this.#itemsBegun = 0;
    this.#port.send({ t: 'skipped', id });
  }

  /** Begins what waits, as far as there is room. */
  #beginNext(): void {
    // A task that ends before it is left for the first time comes back here from within.
    if (this.#isBeginning) return;
    this.#isBeginning = true;
    const { tasksAtOnce } = this.#order!;
    let now = monotonicMs();
    if (this.#isNewTurn) this.#turnAt = now;
    this.#isNewTurn = false;
    while (this.#turn === undefined && this.#waiting.length > 0 && this.#tasks.size < tasksAtOnce) {
      // Inline the host's side gives the turns.
      if (tasksAtOnce < Infinity && now - this.#turnAt >= TURN_MS) {
        this.#turn = setImmediate(() => {
          this.#turn = undefined;
          this.#turnAt = monotonicMs();
          this.#beginNext();
        });
        break;
      }
      if (this.#port.isBehind(this.#onSent)) break;
      const message = this.#waiting[0]!;
      if (message.isBatch) now = this.#beginItem(message, now);
      else {
        this.#waiting.shift();
        if (this.#port.begin(message.id, now)) now = this.#run(message, message.index, message.value, now);
        else this.#port.send({ t: 'skipped', id: message.id });
      }
    }
    this.#isBeginning = false;
  }

  /** Runs the next item of the batch that is the first of those that wait. Returns the time. */
  #beginItem(message: RunMessage, now: number): number {
    const { id, value, unreadable } = message;
    // One that can't be read fails as its first item, and is given back for the others, which may be read one by one.
    const items = unreadable === undefined ? (value as readonly unknown[]) : [undefined];
    const item = this.#itemsBegun++;
    const begins = this.#port.beginItem(id, item, now);
    if (!begins || this.#itemsBegun >= items.length) {
      this.#waiting.shift();
      this.#itemsBegun = 0;
    }
    if (!begins) {
      this.#port.send({ t: 'skipped', id });
      return now;
    }
    const end = this.#run(message, message.index! + item, [items[item]], now);
    if (unreadable !== undefined) this.#port.send({ t: 'given-back', id });
    else if (this.#itemsBegun > 0 && this.#mayRunBeside(id)) {
      this.#waiting.shift();
      this.#itemsBegun = 0;
      this.#port.send({ t: 'given-back', id });
    }
    return end;
  }

  /** This item is waited for, and others could run meanwhile: those of its batch are given back, to be tasks of their own. */
  #mayRunBeside(id: number): boolean {
    return this.#tasks.size < this.#order!.tasksAtOnce && this.#tasks.get(id) !== undefined;
  }

  /** Calls the function. What it returns is sent at once, unless it has to be waited for. Returns the time. */
  #run(message: RunMessage, index: number | undefined, args: unknown, begunAt: number): number {
    const task = new RunningTask(message, index, this.#order!.workerId, this.#port, this.#poolKey);
    let now = begunAt;
    this.#tasks.set(message.id, task);
    try {
      const work = this.#find(message);
      if (message.credit > 0) {
        void this.#runStream(task, () => work(...(args as unknown[])));
        return monotonicMs();
      }
      const result = taskRealm.storage.run(task, work, ...(args as unknown[]));
      now = monotonicMs();
      if (isThenable(result)) {
        this.#observer?.returned(task.name, now - begunAt, true);
        void this.#await(task, result, begunAt);
        return now;
      }
      this.#observer?.returned(task.name, now - begunAt, false);
      this.#measure(task.name, now - begunAt);
      this.#answer(task, result);
      // What the answer took is not the next one's. Of a number that is less than a look at the clock.
      if (typeof result !== 'number') now = monotonicMs();
    } catch (error) {
      this.#port.send({ t: 'error', id: task.id, error: this.#encode(error) });
      now = monotonicMs();
      this.#observer?.returned(task.name, now - begunAt, false);
    }
    const mayLook = this.#memory !== undefined || this.#memoryTold?.isDue(now) === true;
    this.#leave(task, now);
    // Nor is what a look at the memory took.
    return mayLook ? monotonicMs() : now;
  }

  /** Never rejects. */
  async #await(task: RunningTask, promised: PromiseLike<unknown>, begunAt: number): Promise<void> {
    try {
      const result = await promised;
      this.#measure(task.name, monotonicMs() - begunAt);
      this.#answer(task, result);
    } catch (error) {
      this.#port.send({ t: 'error', id: task.id, error: this.#encode(error) });
    }
    this.#observer?.settled(task.name, monotonicMs() - begunAt);
    this.#leave(task);
  }

  /** Never rejects. */
  async #runStream(task: RunningTask, work: () => unknown): Promise<void> {
    try {
      await taskRealm.storage.run(task, () => this.#stream(task, work()));
      this.#port.send({ t: 'end', id: task.id });
    } catch (error) {
      this.#port.send({ t: 'error', id: task.id, error: this.#encode(error) });
    }
    this.#leave(task);
  }

  #find({ name, unreadable }: RunMessage): TaskFunction {
    if (unreadable !== undefined) throw unreadable;
    const work = this.#module!.find(name);
    if (work !== undefined) return work;
    throw heddleError('HEDDLE_TASK_UNKNOWN', {
      name,
      url: this.#order!.moduleUrl,
      nearest: undefined,
      known: this.#module!.names,
    });
  }

  #answer({ id, name }: RunningTask, result: unknown): void {
    if (isPrimitive(result))
      return this.#port.sendValue('value', id, result, NOTHING_MOVED, { name, subject: 'result' });
    const { value, transfer } = unwrapMoved(result);
    if (isGenerator(value)) {
      void (value as AsyncGenerator).return?.(undefined);
      throw heddleError('HEDDLE_TASK_GENERATOR', { name });
    }
    this.#port.sendValue('value', id, value, transfer, { name, subject: 'result' });
  }

  #leave(task: RunningTask, now = monotonicMs()): void {
    this.#tasks.delete(task.id);
    task.end();
    if (this.#tasks.size === 0) {
      if (this.#memoryTold?.isDue(now) === true) this.#tellMemory(this.#memoryTold, now);
      if (this.#memory !== undefined) this.#lookAtMemory(this.#memory);
    }
    this.#beginNext();
  }

  /** Sends items as long as there is credit. Leaving early, by cancel or by error, runs the generator's finally blocks. */
  async #stream(task: RunningTask, result: unknown): Promise<void> {
    const source = await result;
    if (!isIterable(source)) throw heddleError('HEDDLE_TASK_NOT_GENERATOR', { name: task.name });
    const role: PayloadRole = { name: task.name, subject: 'result' };
    for await (const item of source) {
      const { value, transfer } = unwrapMoved(item);
      if (!task.isCancelled) outsideTask(() => this.#port.sendValue('item', task.id, value, transfer, role));
      task.credit--;
      while (task.credit <= 0 && !task.isCancelled) {
        await new Promise<void>((resolve) => {
          task.wake = resolve;
        });
        task.wake = undefined;
      }
      if (task.isCancelled) throw task.reason;
    }
  }

  async #stop(): Promise<void> {
    try {
      await this.#module?.teardown?.();
      this.#port.send({ t: 'stopped', error: undefined });
    } catch (error) {
      this.#port.send({ t: 'stopped', error: this.#encode(error) });
    }
  }
}

/** Node may open it once more in the turn of the loop that follows SIGUSR1, so it is closed after that. */
function closeInspector(): void {
  setImmediate(() => {
    setImmediate(async () => {
      const inspector = await import('node:inspector');
      if (inspector.url() !== undefined) inspector.close();
    });
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

function isGenerator(value: unknown): boolean {
  const tag = Object.prototype.toString.call(value);
  return tag === '[object AsyncGenerator]' || tag === '[object Generator]';
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  // An array is a value, not a stream: a function that returns one is called with run.
  return Symbol.asyncIterator in value || isGenerator(value);
}
