/**
 * One worker's life: start with a deadline on each phase, messages, and an end that is told exactly once.
 *
 * First cause wins: what was decided first (a start that failed, a kill, a stop) names the end; what the exit adds is detail.
 */
import type { Clock, Timer } from '../clock/clock.ts';
import { SIGTERM_GRACE_MS } from '../clock/deadlines.ts';
import type { RecycleReason } from '../diagnostics/events.ts';
import type { Examination } from '../errors/examination.ts';
import { addExamination, heddleError, HeddleError } from '../errors/errors.ts';
import type { Examiner } from '../liveness/examiner.ts';
import type { PoolTask, PoolWorker, TaskMessage, WorkerEnd, WorkerListener } from '../pool/worker-source.ts';
import { canMoveWorker, type WorkerState } from '../pool/worker-state.ts';
import { NumberMap } from '../queue/number-map.ts';
import { decodeThrow, encodeThrow } from '../task/error-codec.ts';
import type { StartOrder, WorkerMemory, WorkerMessage } from '../transport/protocol.ts';
import type { Link, LinkExit, Transport, Wire } from '../transport/transport.ts';
import { WORD_SLOTS } from '../transport/worker-words.ts';
import { loadFailure, setupFailure } from './start-failure.ts';
import type { OutputLines } from './output-lines.ts';
import { endByExit, endByGivingUp, type EndFacts } from './worker-end.ts';
import { WorkerEvents } from './worker-events.ts';
import { WorkerExamination } from './worker-examination.ts';

/** Limits of heddle's own phases, in milliseconds. */
export interface PhaseLimits {
  readonly spawnTimeoutMs: number;
  readonly loadTimeoutMs: number;
  readonly setupTimeoutMs: number;
  readonly teardownTimeoutMs: number;
  readonly terminateTimeoutMs: number;
}

export interface WorkerParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly limits: PhaseLimits;
  readonly output: OutputLines;
  /** Finds out what a worker is at; undefined: nobody does. */
  readonly examiner: Examiner | undefined;
  /** The task module needs the loader for TypeScript. */
  readonly onTypeScriptWanted: () => void;
}

export class SupervisedWorker implements PoolWorker {
  readonly id: number;
  readonly places: number;
  readonly tasks = new NumberMap<PoolTask>();
  readonly #parts: WorkerParts;
  readonly #listener: WorkerListener;
  readonly #order: StartOrder;
  readonly #events: WorkerEvents;
  #link: Link;
  #state: WorkerState = 'starting';
  tasksGiven = 0;
  heldMs = 0;
  memory: WorkerMemory | undefined;
  #wasReady = false;
  /** Started once more, for TypeScript: true while the first link ends, false after; undefined otherwise. */
  #restart: boolean | undefined;
  #timer: Timer | undefined;
  readonly #startedAt: number;
  /** Of the link, which is another one after a restart. */
  #examination!: WorkerExamination;
  /** What it was at when its end was decided, or just before. */
  #foreseen: Examination | undefined;
  #taskNames: readonly string[] = [];
  #answered = 0;
  #lastId = 0;
  /** None of its tasks has a lower number. */
  #firstId = 1;
  #isSending = false;
  /** Taken back, and not passed over yet: their slots are in use. */
  readonly #revoked = new Set<number>();
  /** Why it ends, when heddle or its own start decided that. */
  #startError: unknown;
  #fatal: { readonly error: unknown } | undefined;
  #teardownError: unknown;

  constructor(order: StartOrder, parts: WorkerParts, listener: WorkerListener) {
    this.id = order.workerId;
    this.places = order.tasksAtOnce;
    this.#parts = parts;
    this.#listener = listener;
    this.#order = order;
    this.#startedAt = parts.clock.now();
    this.#events = new WorkerEvents(() => ({
      pool: order.poolName,
      workerId: this.id,
      pid: this.pid,
      threadId: this.threadId,
    }));
    this.#link = this.#startLink(order);
    this.#events.started();
  }

  get state(): WorkerState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#link.pid;
  }

  get threadId(): number | undefined {
    return this.#link.threadId;
  }

  get wire(): Wire | undefined {
    return this.#link.wire;
  }

  get stderrTail(): readonly string[] {
    return this.#parts.output.tail;
  }

  get answered(): number {
    return this.#answered;
  }

  get label(): string {
    const { pid, threadId } = this.#link;
    if (this.#parts.transport.backend === 'inline') return `worker ${this.id} (inline)`;
    return `worker ${this.id} (${threadId === undefined ? `pid ${pid ?? 'none'}` : `thread ${threadId}`})`;
  }

  get firstTask(): PoolTask | undefined {
    if (this.tasks.size === 0) return undefined;
    // Numbers are given in rising order, and those below are gone for good.
    while (this.tasks.get(this.#firstId) === undefined) this.#firstId++;
    return this.tasks.get(this.#firstId);
  }

  taskBefore(id: number): PoolTask | undefined {
    // Between its tasks there are at most those that were taken back and not passed over, WORD_SLOTS together.
    for (let before = Math.min(id - 1, this.#lastId); before >= this.#firstId; before--) {
      const task = this.tasks.get(before);
      if (task !== undefined) return task;
    }
    return undefined;
  }

  get hasPlace(): boolean {
    return this.tasks.size < this.places && this.#isOpen;
  }

  get #batchWords() {
    return this.#link.words ?? this.#link.batches;
  }

  get canTakeBack(): boolean {
    return this.#batchWords !== undefined;
  }

  get mayHoldMore(): boolean {
    return this.#isOpen && this.#link.words !== undefined && this.tasks.size + this.#revoked.size < WORD_SLOTS;
  }

  /** While arguments are read, which may run getters of the caller that call this pool, nothing else is sent. */
  get #isOpen(): boolean {
    return (this.#state === 'ready' || this.#state === 'busy') && !this.#isSending;
  }

  run(task: PoolTask): void {
    const { call, packed, attempt } = task;
    const id = this.#lastId + 1;
    const { value, transfer } = packed!.fresh?.() ?? packed!;
    const { name, index, credit } = call;
    this.#isSending = true;
    try {
      this.#link.send(
        { t: 'run', id, name, value, isBatch: task.batch !== undefined, index, attempt, credit },
        transfer,
      );
    } finally {
      this.#isSending = false;
    }
    this.#lastId = task.id = id;
    this.tasks.set(id, task);
    this.heldMs += task.expectedMs;
    this.tasksGiven++;
    if (this.#state === 'ready') this.#move('busy');
  }

  revoke(task: PoolTask, isSaid = false): number {
    const { batch } = task;
    const begun = this.#batchWords?.revoke(task.id) ?? Infinity;
    // It will say that it left out the rest.
    if (begun < (batch?.end ?? 1) && !isSaid) this.#revoked.add(task.id);
    if (begun > (batch?.answered ?? 0)) return begun;
    if (begun === 0) this.tasksGiven--;
    this.#takeOff(task);
    return begun;
  }

  onItem(): void {
    this.#answered++;
    this.#foreseen = undefined;
    this.#examination.giveUp();
  }

  elapsedMs(task: PoolTask): number | undefined {
    const { words } = this.#link;
    return words === undefined ? this.#parts.clock.now() - task.startedAt! : words.elapsedMs(task.id);
  }

  cancel(task: PoolTask, reason: unknown): void {
    this.#link.send({ t: 'cancel', id: task.id, reason: encodeThrow(reason, this.#parts.transport.canSend) });
  }

  addCredit(task: PoolTask, items: number): void {
    this.#link.send({ t: 'credit', id: task.id, items });
  }

  answerCall(task: PoolTask, call: number, outcome: Parameters<PoolWorker['answerCall']>[2]): void {
    const about = { t: 'called', id: task.id, call } as const;
    if ('value' in outcome) return this.#link.send({ ...about, value: outcome.value });
    const error = encodeThrow(outcome.error, this.#parts.transport.canSend);
    this.#link.send({ ...about, error, task: outcome.task });
  }

  release(task: PoolTask): void {
    this.onItem();
    this.#takeOff(task);
  }

  #takeOff(task: PoolTask): void {
    this.tasks.delete(task.id);
    this.heldMs -= task.expectedMs;
    if (this.tasks.size > 0) return;
    // Nothing is left of what rounding has left.
    this.heldMs = 0;
    if (this.#state === 'busy') this.#move('ready');
    else if (this.#state === 'retiring') this.#drain();
  }

  stop(): void {
    if (this.#state === 'starting') return this.kill();
    if (this.#state === 'ready') this.#drain();
  }

  retire(why: RecycleReason): void {
    if (this.#state !== 'ready' && this.#state !== 'busy') return;
    this.#events.recycled(why, this.tasksGiven);
    if (this.#state === 'ready') this.#drain();
    else this.#move('retiring');
  }

  #drain(): void {
    this.#move('draining');
    const limitMs = this.#parts.limits.teardownTimeoutMs;
    this.#arm(limitMs, () => {
      this.#teardownError = heddleError('HEDDLE_TEARDOWN', {
        worker: this.label,
        reason: `it did not finish within ${limitMs} ms (teardownTimeoutMs)`,
      });
      this.#terminate();
    });
    this.#link.send({ t: 'stop' });
  }

  kill(): void {
    if (!canMoveWorker(this.#state, 'ending')) return;
    this.#move('ending');
    this.#killLink();
  }

  interrupt(): void {
    if (!canMoveWorker(this.#state, 'ending')) return;
    this.#move('ending');
    this.#arm(undefined);
    if (this.#foreseen !== undefined) return this.#killLink();
    this.#examination.begin(true, (examination) => {
      this.#foreseen = examination;
      // It may have ended meanwhile.
      if (this.#state === 'ending') this.#killLink();
    });
  }

  prepareInterrupt(): void {
    this.#examination.begin(true, (examination) => {
      if (this.#state !== 'ending') this.#foreseen = examination;
    });
  }

  examine(done: (examination: Examination | undefined) => void): void {
    this.#examination.begin(false, done);
  }

  /** Did not do what it was asked to: a process gets a signal that it may still answer in its own way, and a little time. */
  #terminate(): void {
    if (this.#link.terminate === undefined) return this.kill();
    this.#arm(SIGTERM_GRACE_MS, () => this.kill());
    this.#link.terminate();
  }

  #killLink(): void {
    this.#arm(this.#parts.limits.terminateTimeoutMs, () => this.#giveUp());
    this.#events.killed(this.#foreseen);
    this.#link.kill();
  }

  #onMessage(message: WorkerMessage): void {
    switch (message.t) {
      case 'spawned':
        this.#examination.onSpawned(message.osThreadId);
        if (this.#state === 'starting') this.#startPhase('load the task module', 'loadTimeoutMs');
        return;
      case 'pong':
        this.#examination.onPong();
        return;
      case 'loaded':
        this.#taskNames = message.tasks;
        if (this.#state === 'starting') this.#startPhase('run setup()', 'setupTimeoutMs');
        return;
      case 'ready':
        if (this.#state !== 'starting') return;
        this.#arm(undefined);
        this.#move('ready');
        this.#wasReady = true;
        this.#events.ready(this.#parts.clock.now() - this.#startedAt);
        this.memory = message.memory;
        this.#listener.onReady(this, this.#taskNames);
        return;
      case 'failed':
        if (this.#state !== 'starting') return;
        if (message.isTypeScriptWanted && this.#parts.transport.canKill && this.#restart === undefined) {
          this.#restart = true;
          this.#parts.onTypeScriptWanted();
          this.#link.kill();
          return;
        }
        this.#startError ??=
          message.phase === 'load'
            ? loadFailure(this.#order.moduleUrl, message.error)
            : setupFailure(this.label, message.error);
        this.kill();
        return;
      case 'fatal':
        this.#fatal ??= { error: decodeThrow(message.error) };
        return;
      case 'stopped':
        if (message.error !== undefined)
          this.#teardownError ??= heddleError(
            'HEDDLE_TEARDOWN',
            { worker: this.label, reason: describe(decodeThrow(message.error)) },
            decodeThrow(message.error),
          );
        // The exit follows by itself; it gets as long as one that was forced.
        if (this.#state === 'draining') this.#arm(this.#parts.limits.terminateTimeoutMs, () => this.#terminate());
        return;
      case 'grown':
        this.#listener.onGrown(this);
        return;
      case 'memory':
        this.memory = message.memory;
        this.#listener.onMemory(this);
        return;
      case 'run-time':
        this.#listener.onRunTime(message.name, message.ms);
        return;
      case 'print':
        this.#parts.output.push(message.task, message.text);
        return;
      default:
        if (message.t === 'skipped' || message.t === 'given-back') this.#revoked.delete(message.id);
        if (this.tasks.get(message.id) !== undefined) this.#listener.onTaskMessage(this, message satisfies TaskMessage);
    }
  }

  #startPhase(phase: string, option: 'spawnTimeoutMs' | 'loadTimeoutMs' | 'setupTimeoutMs'): void {
    const limitMs = this.#parts.limits[option];
    this.#arm(limitMs, () => {
      // What has arrived while the host was busy counts before the deadline does.
      this.#timer = this.#parts.clock.afterArrivals(() => {
        this.#startError ??= heddleError('HEDDLE_START_TIMEOUT', { worker: this.label, phase, limitMs, option });
        this.interrupt();
      });
    });
  }

  #startLink(order: StartOrder): Link {
    this.#startPhase('start its entry', 'spawnTimeoutMs');
    // After its exit a link says nothing any more; one that does is not heard.
    let isGone = false;
    const link = this.#parts.transport.start(order, {
      onMessage: (message) => {
        if (!isGone) this.#onMessage(message);
      },
      onOutput: (task, text) => this.#parts.output.push(task, text),
      onExit: (exit) => {
        if (isGone) return;
        isGone = true;
        this.#onExit(exit);
      },
    });
    this.#examination = new WorkerExamination(link, this.#parts.examiner);
    return link;
  }

  #onExit(exit: LinkExit): void {
    this.#arm(undefined);
    if (this.#restart === true && this.#state === 'starting') {
      this.#restart = false;
      this.#examination.giveUp();
      this.#link = this.#startLink({ ...this.#order, isTypeScriptWanted: true });
      return;
    }
    const wasAsked = this.#state === 'draining' || this.#state === 'ending';
    const isStartFailure = this.#startError !== undefined || this.#state === 'starting';
    this.#move(wasAsked && !isStartFailure ? 'stopped' : 'failed');
    this.#parts.output.end();
    this.#end(endByExit(this.#facts(isStartFailure), exit));
  }

  /** Nothing ends it: settle what hangs on it and forget it. */
  #giveUp(): void {
    this.#move('failed');
    this.#link.abandon();
    this.#end(endByGivingUp(this.#facts(this.#startError !== undefined), this.#parts.limits.terminateTimeoutMs));
  }

  #facts(isStartFailure: boolean): EndFacts {
    const examination = this.#foreseen;
    this.#examination.giveUp();
    const startError = this.#startError;
    if (startError instanceof HeddleError && startError.code === 'HEDDLE_START_TIMEOUT')
      addExamination(startError, examination);
    return {
      label: this.label,
      link: this.#link,
      stderrTail: this.stderrTail,
      startError,
      fatal: this.#fatal,
      wasReady: this.#wasReady,
      isStartFailure,
      examination,
      teardownError: this.#teardownError,
    };
  }

  #end(end: WorkerEnd): void {
    this.#events.ended(end, this.#state === 'stopped');
    this.#listener.onEnd(this, end);
  }

  #arm(delayMs: number | undefined, fire: () => void = () => {}): void {
    this.#timer?.cancel();
    this.#timer = delayMs === undefined ? undefined : this.#parts.clock.after(delayMs, fire);
  }

  #move(to: WorkerState): void {
    if (!canMoveWorker(this.#state, to)) throw new Error(`${this.label} can't go from ${this.#state} to ${to}`);
    this.#state = to;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
