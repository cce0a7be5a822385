/**
 * A worker as the wire sees it: the life that `transport/protocol.ts` tells, acted by plan, in virtual time. It may die at any
 * step. It holds no code of the orchestrator's: the protocol is all that both share.
 */
import type { EncodedThrow } from '../../src/task/error-codec.ts';
import type { HostMessage, WorkerMessage } from '../../src/transport/protocol.ts';
import type { History } from './history.ts';
import type { SimBatches, SimWords } from './sim-words.ts';
import type { StartFault, Work, WorkerPlan } from './plan.ts';
import type { World } from './world.ts';

export interface WorkerWire {
  tell(message: WorkerMessage): void;
  /** The worker is gone; what it had told may be lost. */
  die(exitCode: number | null, signal: NodeJS.Signals | null): void;
}

export interface SimWorkerParts {
  readonly world: World;
  readonly history: History;
  readonly plan: WorkerPlan;
  readonly wire: WorkerWire;
  readonly link: number;
  readonly workOf: (key: number) => Work;
  /** How often a worker got this task, this time included. */
  readonly countRun: (key: number) => number;
  readonly isTypeScriptWanted: boolean;
  /** Tasks that run at a time. */
  readonly tasksAtOnce: number;
  /** Undefined: the host knows nothing of what has begun. */
  readonly words: SimWords | undefined;
  /** Of an inline worker. */
  readonly batches: SimBatches | undefined;
}

/** Names the simulated module exports. */
export const TASK_NAMES = ['value', 'stream'];

/** Arguments that are no plain number stand for some that are no primitive value. */
export const keysOf = (value: unknown): number[] =>
  (value as ReadonlyArray<number | { readonly key: number }>).map((each) =>
    typeof each === 'number' ? each : each.key,
  );
export const keyOf = (value: unknown): number => keysOf(value)[0]!;
/** Of one item of a batch; of a task, which is its first, the number itself. */
export const itemId = (id: number, item: number): number => id + item / 1_024;
export const resultOf = (key: number, attempt: number, link: number): string => `${key} in ${link} at ${attempt}`;

interface Running {
  readonly id: number;
  /** In its batch, from 0. */
  readonly item: number;
  /** Of a batch whose other items are given back when this one begins. */
  readonly isGivenBack: boolean;
  readonly key: number;
  readonly attempt: number;
  readonly work: Work;
  crash: 'before' | 'during' | 'after' | undefined;
  hasBegun: boolean;
  isCancelled: boolean;
  credit: number;
  itemsSent: number;
  /** Calls of its own pool without an answer. */
  openCalls: number;
  /** It waits for credit: what goes on when it comes. */
  isParked: boolean;
}

export class SimWorker {
  isDead = false;
  readonly #parts: SimWorkerParts;
  /** Begun, or about to. */
  readonly #tasks = new Map<number, Running>();
  readonly #waiting: Running[] = [];

  constructor(parts: SimWorkerParts) {
    this.#parts = parts;
    this.#start();
  }

  /** Something happens to it later, unless it is dead by then. */
  #later(ms: number, act: () => void): void {
    this.#parts.world.outside(ms, () => {
      if (!this.isDead) act();
    });
  }

  #start(): void {
    const { plan, wire } = this.#parts;
    this.#phase('spawn', plan.spawnMs, () => {
      wire.tell({ t: 'spawned' });
      this.#phase('load', plan.loadMs, () => {
        if (plan.start === 'typescript' && !this.#parts.isTypeScriptWanted)
          return wire.tell({ t: 'failed', phase: 'load', error: fault('typescript'), isTypeScriptWanted: true });
        wire.tell({ t: 'loaded', tasks: TASK_NAMES });
        this.#phase('setup', plan.setupMs, () => {
          wire.tell({ t: 'ready' });
          if (plan.growsAfterMs !== undefined)
            this.#later(plan.growsAfterMs, () => wire.tell({ t: 'grown', growthMiB: 1 }));
          if (plan.diesAfterMs !== undefined) this.#later(plan.diesAfterMs, () => this.die(null, 'SIGKILL'));
        });
      });
    });
  }

  #phase(name: 'spawn' | 'load' | 'setup', ms: number, next: () => void): void {
    const { start } = this.#parts.plan;
    if (start === (`hangs-in-${name}` satisfies StartFault)) return;
    this.#later(ms, () => {
      if (start === (`exits-in-${name}` satisfies StartFault)) return this.die(7, null);
      if (start === `fails-in-${name}` && name !== 'spawn')
        return this.#parts.wire.tell({ t: 'failed', phase: name, error: fault(name), isTypeScriptWanted: false });
      next();
    });
  }

  receive(message: HostMessage): void {
    switch (message.t) {
      case 'run':
        return this.#run(message);
      case 'cancel':
        return this.#cancel(message.id);
      case 'credit':
        return this.#credit(message.id, message.items);
      case 'called':
        return this.#called(message.id);
      case 'stop':
        return this.#stop();
    }
  }

  die(exitCode: number | null, signal: NodeJS.Signals | null): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#parts.words?.end();
    this.#parts.history.add({ e: 'dead', link: this.#parts.link });
    this.#parts.wire.die(exitCode, signal);
  }

  #run({ id, value, isBatch, attempt, credit }: Extract<HostMessage, { t: 'run' }>): void {
    const keys = keysOf(value);
    const isGivenBack = isBatch && this.#parts.batches !== undefined;
    for (const [item, key] of (isGivenBack ? keys.slice(0, 1) : keys).entries())
      this.#waiting.push({
        id,
        item,
        isGivenBack,
        key,
        attempt,
        work: this.#parts.workOf(key),
        crash: undefined,
        hasBegun: false,
        isCancelled: false,
        credit,
        itemsSent: 0,
        openCalls: 0,
        isParked: false,
      });
    this.#beginNext();
  }

  #beginNext(): void {
    const { tasksAtOnce, words, countRun } = this.#parts;
    if (this.#tasks.size >= tasksAtOnce) return;
    const task = this.#waiting.shift();
    if (task === undefined) return;
    const { id, item, key, work } = task;
    this.#tasks.set(id, task);
    this.#later(work.beginMs, () => {
      if (words === undefined) return this.#beginInline(task);
      this.#parts.history.add({ e: 'claim', link: this.#parts.link, key });
      const skip = () => {
        this.#tasks.delete(id);
        this.#parts.history.add({ e: 'skip', link: this.#parts.link, key });
        this.#skip(id);
        this.#beginNext();
      };
      words.begin(
        id,
        item,
        () => this.#begin(task),
        skip,
        (ms, act) => this.#later(ms, act),
      );
    });
    const run = countRun(key);
    if (work.crash !== undefined && run <= work.crash.times) task.crash = work.crash.when;
    if (task.crash === 'before') this.die(null, 'SIGSEGV');
  }

  #beginInline(task: Running): void {
    const { id } = task;
    if (!task.isGivenBack) return this.#begin(task);
    if (this.#parts.batches!.begin(id)) {
      this.#begin(task);
      this.#parts.wire.tell({ t: 'given-back', id });
    } else {
      this.#tasks.delete(id);
      this.#skip(id);
    }
    this.#beginNext();
  }

  /** Leaves out what is left of a task. */
  #skip(id: number): void {
    for (let at = this.#waiting.length - 1; at >= 0; at--)
      if (this.#waiting[at]!.id === id) this.#waiting.splice(at, 1);
    this.#parts.wire.tell({ t: 'skipped', id });
  }

  #begin(task: Running): void {
    const { key, attempt, work } = task;
    task.hasBegun = true;
    this.#parts.history.add({ e: 'begin', link: this.#parts.link, key, id: itemId(task.id, task.item), attempt });
    if (task.isCancelled && work.heedsMs !== undefined) return this.#later(work.heedsMs, () => this.#abort(task));
    if (work.progress > 0) this.#progress(task, work.progress);
    this.#callChildren(task);
    if (task.crash === 'during') return this.#later(work.ms, () => this.die(null, 'SIGSEGV'));
    if (task.credit > 0) return this.#yield(task);
    if (task.openCalls === 0) this.#goOn(task);
  }

  #goOn(task: Running): void {
    if (task.work.kind !== 'never') this.#later(task.work.ms, () => this.#finish(task));
  }

  #callChildren(task: Running): void {
    for (const { key, work } of task.work.children) {
      const retries = work.children.length > 0 ? 0 : undefined;
      const options = { timeoutMs: undefined, priority: 0, retries, retryOn: undefined, retryDelayMs: undefined };
      const call = ++task.openCalls;
      this.#parts.wire.tell({ t: 'call', id: task.id, call, name: 'value', args: [key], options });
    }
  }

  #called(id: number): void {
    const task = this.#tasks.get(id);
    if (task !== undefined && --task.openCalls === 0) this.#goOn(task);
  }

  #progress(task: Running, left: number): void {
    if (left === 0 || !this.#isAt(task)) return;
    this.#parts.wire.tell({ t: 'progress', id: task.id, value: left });
    this.#later(1, () => this.#progress(task, left - 1));
  }

  /** One item, then the next as long as there is credit. */
  #yield(task: Running): void {
    const { work, id, key } = task;
    this.#later(work.ms, () => {
      if (!this.#isAt(task)) return;
      if (task.itemsSent === work.items) {
        if (work.kind !== 'never') this.#finish(task);
        return;
      }
      if (task.isCancelled) return this.#abort(task);
      this.#parts.wire.tell({ t: 'item', id, value: `${key}#${task.itemsSent++}` });
      if (--task.credit > 0) this.#yield(task);
      else task.isParked = true;
    });
  }

  #credit(id: number, items: number): void {
    const task = this.#tasks.get(id);
    if (task === undefined) return;
    task.credit += items;
    if (!task.isParked) return;
    task.isParked = false;
    this.#yield(task);
  }

  #cancel(id: number): void {
    const task = this.#tasks.get(id);
    if (task === undefined) {
      const waiting = this.#waiting.filter((each) => each.id === id);
      for (const { key } of waiting) this.#parts.history.add({ e: 'skip', link: this.#parts.link, key });
      if (waiting.length > 0) this.#skip(id);
      return;
    }
    if (task.isCancelled) return;
    task.isCancelled = true;
    if (task.isParked) return this.#abort(task);
    const { heedsMs } = task.work;
    if (task.hasBegun && heedsMs !== undefined) this.#later(heedsMs, () => this.#abort(task));
  }

  /** It may have ended, and another item of its batch have its number. */
  #isAt(task: Running): boolean {
    return this.#tasks.get(task.id) === task;
  }

  #abort(task: Running): void {
    if (!this.#isAt(task)) return;
    this.#tasks.delete(task.id);
    this.#ended(task, false);
    this.#parts.wire.tell({ t: 'error', id: task.id, error: fault(`aborted ${task.key}`) });
    this.#beginNext();
  }

  #finish(task: Running): void {
    if (!this.#isAt(task)) return;
    this.#tasks.delete(task.id);
    const { id, key, attempt, work } = task;
    const ok = work.kind !== 'throw';
    if (ok && work.items === 0)
      this.#parts.wire.tell({ t: 'run-time', name: 'value', ms: this.#parts.plan.toldMs ?? work.ms });
    this.#ended(task, ok);
    if (!ok) this.#parts.wire.tell({ t: 'error', id, error: fault(`thrown ${key}`) });
    else if (work.items > 0) this.#parts.wire.tell({ t: 'end', id });
    else this.#parts.wire.tell({ t: 'value', id, value: resultOf(key, attempt, this.#parts.link) });
    if (task.crash === 'after') this.die(null, 'SIGSEGV');
    else this.#beginNext();
  }

  #ended({ key, attempt }: Running, ok: boolean): void {
    this.#parts.history.add({ e: 'end', link: this.#parts.link, key, attempt, ok });
  }

  #stop(): void {
    const { plan, wire } = this.#parts;
    if (plan.stop === 'hangs') return;
    this.#later(plan.teardownMs, () => {
      if (plan.stop === 'crashes') return this.die(null, 'SIGSEGV');
      if (plan.stop !== 'exits-without-word')
        wire.tell({ t: 'stopped', error: plan.stop === 'error' ? fault('teardown') : undefined });
      if (plan.stop !== 'hangs-after') this.#later(1, () => this.die(0, null));
    });
  }
}

/** What a task throws here is a text that says which: enough to tell one from another. */
function fault(text: string): EncodedThrow {
  return { kind: 'value', value: text };
}
