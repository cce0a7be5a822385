/**
 * The workers of a pool: when one is started, which one is free, when an idle or a worn one is let go. Knows nothing of queues.
 *
 * Invariants: `#free` holds exactly the workers that have a free place, were not told to end, and are no spares. `starting` counts those
 * that were started and are neither ready nor gone, spares not among them.
 */
import { coresAllowed, type Memory } from '@heddle/machine';
import type { Clock, Timer } from '../clock/clock.ts';
import { IDLE_TIMEOUT_MS, STUCK_MAX } from '../clock/deadlines.ts';
import type { Random } from '../clock/random.ts';
import type { RecycleReason } from '../diagnostics/events.ts';
import { MemoryBound, type MemoryFit } from './memory-bound.ts';
import type { ResolvedPoolOptions } from './pool-options.ts';
import { WorkerCounters, type PoolStats } from './pool-stats.ts';
import { RestartPolicy } from './restart-policy.ts';
import { Spares } from './spares.ts';
import type { PoolWorker, WorkerEnd, WorkerListener, WorkerSource } from './worker-source.ts';

export interface FleetParts {
  readonly source: WorkerSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly options: ResolvedPoolOptions;
  /** The machine's memory now. */
  readonly readMemory: () => Memory;
  /** Hears of every worker. */
  readonly listener: WorkerListener;
  /** The wait before a restart is over: whoever needs workers may ask again. */
  readonly onMayGrow: () => void;
  /** Workers that there may be now, if that is less than the options say. */
  readonly workersLimit?: (() => number) | undefined;
  /** A spare works from now on. */
  readonly onTaken: (worker: PoolWorker) => void;
}

interface Idle {
  /** When its last task ended. */
  since: number;
  timer: Timer | undefined;
}

export class Fleet {
  readonly counters = new WorkerCounters();
  /** What went wrong in teardowns. */
  readonly teardownErrors: unknown[] = [];
  readonly #parts: FleetParts;
  readonly #workers = new Map<number, PoolWorker>();
  /** Workers with a free place, the last used last: it is taken first, so that the others may go idle and end. */
  readonly #free: PoolWorker[] = [];
  readonly #idle = new Map<PoolWorker, Idle>();
  readonly #spares = new Spares();
  readonly #restarts: RestartPolicy;
  /** Undefined: the options say how many workers there are. */
  readonly #bound: MemoryBound | undefined;
  /** Set while no worker is started, after failures. */
  #pause: Timer | undefined;
  #starting = 0;
  #lastStartedId = 0;
  #firstStuck: { readonly error: unknown } | undefined;
  #hasBeenReady = false;
  /** No worker is started before there is work for it. */
  #isClosing = false;
  #isGivenUp = false;

  constructor(parts: FleetParts) {
    this.#parts = parts;
    this.#restarts = new RestartPolicy(parts.options.restartLimit, parts.random);
    const { backend, isSizedByMachine } = parts.options;
    if (isSizedByMachine) this.#bound = new MemoryBound(backend, parts.clock, parts.readMemory);
  }

  get size(): number {
    return this.#workers.size;
  }

  /** Without the spares. */
  get working(): number {
    return this.#workers.size - this.#spares.size;
  }

  get starting(): number {
    return this.#starting;
  }

  get workers(): Iterable<PoolWorker> {
    return this.#workers.values();
  }

  /** Workers at most, as far as is known: fewer than the options say where memory has shown to be short. At least 1. */
  get most(): number {
    const { workersMax } = this.#parts.options;
    const fit = this.#bound?.last;
    return fit === undefined ? workersMax : Math.min(workersMax, this.#workingThatFit(fit));
  }

  /** Memory allows fewer than the cores, as far as is known. */
  get isShort(): boolean {
    return this.most < this.#parts.options.workersMax;
  }

  /** The most that one has taken of the machine's memory, or takes in any case; undefined: nobody counts. */
  get workerMiB(): number | undefined {
    return this.#bound?.workerMiB;
  }

  /** The worker to use next. */
  get free(): PoolWorker | undefined {
    return this.#free[this.#free.length - 1];
  }

  // ---- start ----

  /** Takes or starts `wanted` workers, as far as the maximum allows; `extra` are held by tasks that only wait for others. */
  grow(wanted: number, extra = 0): void {
    if (this.#isGivenUp || this.#pause !== undefined) return;
    for (let n = wanted; n > 0 && this.#hasRoom(extra); n--) {
      const spare = this.#spares.take();
      if (spare?.state === 'ready') {
        this.#parts.onTaken(spare);
        continue;
      }
      this.#starting++;
      if (spare === undefined) this.#start();
    }
    this.#keepSpares();
  }

  /** For one more. The first starts whatever there is; memory is asked before the others, and only where cores leave room. */
  #hasRoom(extra: number): boolean {
    const { working } = this;
    const { options, workersLimit } = this.#parts;
    const { backend, workersMax } = options;
    if (working === 0) return true;
    const most = Math.min(workersMax, workersLimit?.() ?? workersMax);
    if (backend === 'inline' || working >= most + extra) return false;
    const fit = this.#bound?.look(() => this.#heldMiB());
    // Workers that only wait for others are there beyond what fits: without them nothing goes on.
    return fit === undefined || working < this.#workingThatFit(fit) + extra;
  }

  /** Spares have theirs too. */
  #workingThatFit({ workers }: MemoryFit): number {
    return Math.max(1, workers - this.#parts.options.spares);
  }

  /** By all workers, as they have told: spares too. */
  #heldMiB(): number {
    let mib = 0;
    for (const { memory } of this.#workers.values()) mib += memory?.nowMiB ?? 0;
    return mib;
  }

  /** It has told what it takes. */
  onMemory({ memory }: PoolWorker): void {
    if (memory !== undefined) this.#bound?.tell(memory.peakMiB);
  }

  #start(): PoolWorker {
    this.counters.started++;
    const worker = this.#parts.source.start(this.#parts.listener);
    this.#workers.set(worker.id, worker);
    this.#lastStartedId = worker.id;
    return worker;
  }

  #keepSpares(): void {
    // The first worker decides whether there is a pool at all.
    if (!this.#hasBeenReady || this.#isClosing || this.#isGivenUp || this.#pause !== undefined) return;
    while (this.#spares.size < this.#parts.options.spares) this.#spares.add(this.#start());
  }

  /** Ready for the first time. False: it is a spare, and takes nothing yet. */
  onReady(worker: PoolWorker): boolean {
    this.#restarts.onReady();
    this.#hasBeenReady = true;
    // What it took while it started was nobody's.
    this.#bound?.renew();
    this.onMemory(worker);
    const isSpare = this.#spares.has(worker);
    if (!isSpare) this.#starting--;
    this.#keepSpares();
    return !isSpare;
  }

  // ---- free and idle ----

  /** The worker has a free place, and nothing waits for it. */
  keep(worker: PoolWorker): void {
    if (this.#isGivenUp && worker.state === 'ready') return this.stop(worker);
    if (!this.#free.includes(worker)) this.#free.push(worker);
    if (worker.state === 'ready') this.#armIdle(worker);
  }

  /** It was given a task. */
  onGiven(worker: PoolWorker): void {
    const { recycleAfterTasks } = this.#parts.options;
    if (recycleAfterTasks !== undefined && worker.tasksGiven >= recycleAfterTasks) this.recycle(worker, 'tasks');
    else if (!worker.hasPlace) this.withdraw(worker);
  }

  /** It takes no more for now. */
  withdraw(worker: PoolWorker): void {
    const place = this.#free.indexOf(worker);
    if (place >= 0) this.#free.splice(place, 1);
  }

  /** Remembers since when it is idle. One timer per worker, however many tasks come between: it looks when it fires. */
  #armIdle(worker: PoolWorker): void {
    const { clock, options } = this.#parts;
    if (options.idleTimeoutMs === Infinity && this.#workers.size <= this.most) return;
    const idle = this.#idle.get(worker);
    if (idle !== undefined) idle.since = clock.now();
    else this.#watchIdle(worker, undefined, this.#idleMs);
  }

  get #idleMs(): number {
    const { idleTimeoutMs } = this.#parts.options;
    // More than were asked for were needed while some tasks waited for others, or each takes more than was known; they don't stay for ever.
    return this.#isOverfull(this.most) ? Math.min(idleTimeoutMs, IDLE_TIMEOUT_MS) : idleTimeoutMs;
  }

  #isOverfull(most: number): boolean {
    if (this.working <= most) return false;
    const staying = [...this.#workers.values()].filter(({ state }) => state === 'ready' || state === 'busy');
    return staying.length - this.#spares.ready > most;
  }

  #watchIdle(worker: PoolWorker, since: number | undefined, delayMs: number): void {
    if (delayMs === Infinity) return;
    const { clock } = this.#parts;
    const idle: Idle = { since: since ?? clock.now(), timer: undefined };
    this.#idle.set(worker, idle);
    idle.timer = clock.after(delayMs, () => {
      this.#idle.delete(worker);
      // Busy now: the end of its task begins anew.
      if (worker.state !== 'ready') return;
      const leftMs = idle.since + this.#idleMs - clock.now();
      if (leftMs > 0) this.#watchIdle(worker, idle.since, leftMs);
      else this.stop(worker);
    });
  }

  // ---- end ----

  stop(worker: PoolWorker): void {
    this.#forget(worker);
    worker.stop();
  }

  /** The end: starts nothing any more. */
  stopAll(): void {
    this.#isGivenUp = true;
    this.#pause?.cancel();
    for (const worker of this.#workers.values()) this.stop(worker);
  }

  /** Ends it because a task had to be stopped; `isTold`: someone will be told what it was at. */
  kill(worker: PoolWorker, isTold: boolean): void {
    this.#forget(worker);
    this.counters.killed++;
    if (isTold) worker.interrupt();
    else worker.kill();
  }

  /** Replaces it: it takes no more, and a fresh one starts where there is room. */
  recycle(worker: PoolWorker, why: RecycleReason): void {
    if (worker.state !== 'ready' && worker.state !== 'busy') return;
    this.counters.recycled++;
    this.#forget(worker);
    worker.retire(why);
    // While the last task of the old one runs, so that nothing has to wait.
    if (!this.#isClosing && this.free === undefined) this.grow(1 - this.#starting);
  }

  /** Starts nothing any more that no task waits for. */
  startNoneAhead(): void {
    this.#isClosing = true;
  }

  /** Starts nothing any more, and lets go what has no task. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#pause?.cancel();
    for (const worker of this.#workers.values()) if (worker.state !== 'busy') this.stop(worker);
  }

  /**
   * It is gone: takes it off the lists. `hasBegunTask`: a task that it had begun answers for its death. Returns why there is no use
   * in going on, when there is none.
   */
  remove(worker: PoolWorker, end: WorkerEnd, hasBegunTask: boolean): { readonly giveUpFor: unknown } | undefined {
    const isDeath = worker.state === 'failed' && !end.isStuck && !end.isStartFailure;
    const wasSpare = this.#spares.delete(worker);
    this.#workers.delete(worker.id);
    this.#forget(worker);
    if (end.teardownError !== undefined) this.teardownErrors.push(end.teardownError);
    if (!end.wasReady && !wasSpare) this.#starting--;
    if (end.isStartFailure) this.counters.startFailures++;
    if (isDeath) this.counters.died++;
    if (end.isStuck) {
      this.counters.stuck++;
      this.#firstStuck ??= { error: end.errorFor(undefined) };
      if (this.counters.stuck >= STUCK_MAX) return { giveUpFor: this.#firstStuck.error };
    }
    if (!end.isStartFailure && (!isDeath || hasBegunTask || worker.answered > 0)) return undefined;
    // After the end nothing is started again, so nothing is waited for.
    return this.#isGivenUp ? undefined : this.#afterFailure(worker, end);
  }

  #afterFailure(worker: PoolWorker, end: WorkerEnd): { readonly giveUpFor: unknown } | undefined {
    const { clock } = this.#parts;
    const verdict = this.#restarts.onFailure({
      workerId: worker.id,
      lastStartedId: this.#lastStartedId,
      isStart: end.isStartFailure,
      atMs: clock.now(),
      cause: end.errorFor(undefined),
    });
    if ('giveUpFor' in verdict) return verdict;
    if (verdict.delayMs === 0) return undefined;
    this.#pause?.cancel();
    this.#pause = clock.after(verdict.delayMs, () => {
      this.#pause = undefined;
      this.#parts.onMayGrow();
    });
    return undefined;
  }

  #forget(worker: PoolWorker): void {
    this.#idle.get(worker)?.timer?.cancel();
    this.#idle.delete(worker);
    this.withdraw(worker);
  }

  /** Of those that are processes. */
  pids(): number[] {
    return [...this.#workers.values()].flatMap(({ pid }) => pid ?? []);
  }

  stats(): PoolStats['workers'] {
    const { workersMax, tasksPerWorker, isSizedByMachine, coresEach = coresAllowed() } = this.#parts.options;
    const max = this.most;
    return {
      ...this.counters,
      max,
      maxFrom: max < workersMax ? 'memory' : isSizedByMachine ? 'cores' : 'options',
      memory: this.#bound?.last,
      coresEach,
      tasksPerWorker,
      spares: this.#spares.ready,
      live: [...this.#workers.values()].map(({ id, state, pid, threadId, wire, tasks }) => ({
        id,
        state,
        pid,
        threadId,
        wire,
        tasks: tasks.values().map((task) => task.call.name),
      })),
    };
  }
}
