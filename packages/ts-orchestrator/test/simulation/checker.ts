/**
 * Reads a history and says what in it breaks a promise. It knows what each task, each worker and each caller did, and nothing of
 * how the orchestrator works inside: what it holds against the history is the contract.
 *
 *   rule of the wire   a task goes to a worker that is ready, has room and is neither stopped nor ended; never behind one that waits
 *                      for calls of its own
 *   taken back         what was taken back for certain never begins there
 *   one outcome        one per task; a value is the one that was computed for it, by the last worker that had it
 *   only the guilty    a task fails for its own error, for a worker that died after it began it, or for what its caller did
 *   never twice        no two living workers have one task; no task begins more often than once and its retries; no attempt is sent
 *                      more often than once and RESENDS_MAX, not counting those taken back
 *   first by rank      no task overtakes one that waits, of a higher priority, or of the same, older, and of the same call
 *   stopped means so   a cancelled task settles when it no longer runs
 *   bounds             workers, queue, window of map and stream
 *   clean end          everything settles; afterwards no timer, no hold, no worker, no listener is left, and the counters add up
 */
import { RESENDS_MAX } from '../../src/clock/deadlines.ts';
import { WORD_SLOTS } from '../../src/transport/worker-words.ts';
import type { Backend } from '../../src/transport/transport.ts';
import { REENTRY_KEYS } from './client.ts';
import type { Outcome } from '../../src/task/task.ts';
import type { HistoryRecord, Look, SettleRecord } from './history.ts';
import { resultOf } from './sim-worker.ts';

/** What a history is held against. */
export interface Promised {
  readonly backend: Backend;
  readonly workersMax: number;
  /** Ready workers beyond those that work. */
  readonly spares: number;
  /** Does the host know what a dead worker had begun? */
  readonly hasWords: boolean;
  readonly tasksPerWorker: number;
  readonly queueLimit: number;
  /** Items that a map may be ahead while nothing is known of how long they take. */
  readonly mapWindow: number;
  /** Restarts after which the pool may give up. */
  readonly restartCount: number;
  readonly retriesOf: (key: number) => number;
  /** Time-outs of tasks, by key. */
  readonly timeoutMsOf: (key: number) => number | undefined;
  readonly priorityOf: (key: number) => number;
  readonly itemsOf: (key: number) => number;
  /** Longest time between the moment a task is to be stopped and its end: grace, end by force, wires, stalls. */
  readonly stopMsMax: number;
}

/** Calls within calls in a plan. */
const CALL_LEVELS_MAX = 2;
/** Items a stream may be ahead of its consumer. */
const STREAM_AHEAD_MAX = 8;

interface TaskState {
  readonly key: number;
  call: 'run' | 'map' | 'stream';
  map: number | undefined;
  /** The task that called it. */
  parent: number | undefined;
  /** It was told to stop. */
  isStopping: boolean;
  /** In the order of the queue; undefined: not taken over. */
  sequence: number | undefined;
  isWaiting: boolean;
  sends: number;
  /** The number of the last, in its worker. */
  run: number;
  /** Of this attempt, without those that were taken back. */
  attemptSends: number;
  begins: number;
  sentAt: number;
  lastLink: number;
  begunIn: number;
  /** Workers that wrote that they begin it, and when. */
  readonly claims: Map<number, number>;
  isMovable: boolean;
  cancelledAt: number | undefined;
  cancelledBy: string | undefined;
  /** Its caller wants no more of it. */
  isLeft: boolean;
  /** Attempts that ended well in a worker. */
  endedOk: Set<number>;
  attempt: number;
  /** Workers that ended while they had it. */
  deaths: number;
  isTaken: boolean;
  outcome: Outcome | undefined;
  isSettled: boolean;
  itemsGot: number;
  credit: number;
}

interface LinkState {
  isReady: boolean;
  isDead: boolean;
  isOver: boolean;
  isAbandoned: boolean;
  isKilled: boolean;
  isStopped: boolean;
  hasAnswered: boolean;
  /** Keys the host gave it and has no answer for. */
  readonly held: Set<number>;
  /** Numbers of the tasks that were taken back from it for certain. */
  readonly revoked: Set<number>;
  /** Keys that run in it, in truth. */
  readonly running: Map<number, number>;
}

export function check(records: readonly HistoryRecord[], promised: Promised): string[] {
  const checker = new Checker(promised);
  for (const record of records) checker.read(record);
  return checker.violations;
}

class Checker {
  readonly violations: string[] = [];
  readonly #promised: Promised;
  readonly #tasks = new Map<number, TaskState>();
  readonly #links = new Map<number, LinkState>();
  readonly #maps = new Map<number, { pulled: number; yielded: number }>();
  #waiting = 0;
  /** Taken back since the last call. */
  #returned = 0;
  #sequence = 0;
  #liveLinks = 0;
  #startFailures = 0;
  #failures = 0;
  #stuck = 0;
  /** Tasks call their own pool, in workers beyond those asked for. */
  #hasCalls = false;
  /** Most tasks that a worker could be sent at a time so far: as many as take a millisecond, by what was told. */
  #perWorkerMost = 1;
  #isClosing = false;
  #isCancelled = false;
  #isClosed = false;

  constructor(promised: Promised) {
    this.#promised = promised;
  }

  #bad(record: HistoryRecord, text: string): void {
    this.violations.push(`${record.at} ms: ${text}`);
  }

  #task(key: number): TaskState {
    let task = this.#tasks.get(key);
    if (task === undefined) {
      task = {
        key,
        call: 'run',
        map: undefined,
        parent: undefined,
        isStopping: false,
        sequence: undefined,
        isWaiting: false,
        sends: 0,
        run: 0,
        attemptSends: 0,
        begins: 0,
        sentAt: 0,
        lastLink: 0,
        begunIn: 0,
        claims: new Map(),
        isMovable: false,
        cancelledAt: undefined,
        cancelledBy: undefined,
        isLeft: false,
        endedOk: new Set(),
        attempt: 0,
        deaths: 0,
        isTaken: false,
        outcome: undefined,
        isSettled: false,
        itemsGot: 0,
        credit: 0,
      };
      this.#tasks.set(key, task);
    }
    return task;
  }

  read(record: HistoryRecord): void {
    switch (record.e) {
      case 'open-ended':
        if (record.error !== undefined && this.#startFailures === 0)
          this.#bad(record, 'the pool did not open, and no start had failed');
        return;
      case 'submit':
        this.#returned = 0;
        this.#task(record.key).call = record.call;
        return;
      case 'pull': {
        this.#task(record.key).map = record.map;
        const map = this.#map(record.map);
        map.pulled++;
        // One more is being handed out.
        if (map.pulled - map.yielded > this.#mapWindow + 1)
          this.#bad(record, `map ${record.map} pulled ${map.pulled - map.yielded} items ahead`);
        return;
      }
      case 'taken':
        return this.#taken(record);
      case 'outcome':
        return this.#outcome(record);
      case 'cancel': {
        const task = this.#task(record.key);
        task.cancelledAt ??= record.at;
        task.cancelledBy ??= record.why;
        if (record.why === 'left') task.isLeft = true;
        return;
      }
      case 'settle':
        return this.#settle(record);
      case 'item':
        return this.#item(record);
      case 'map-ended':
        return this.#mapEnded(record);
      case 'drain':
      case 'drained':
        return;
      case 'close':
        this.#isClosing = true;
        if (record.cancel) this.#isCancelled = true;
        return;
      case 'closed':
      case 'close-failed':
        this.#isClosed = true;
        return this.#closed(record);
      case 'look':
        return this.#look(record, record.look);
      case 'rest':
        return this.#rest(record, record.look, record.pendingCalls);
      case 'host-threw':
        return this.#bad(record, `the host let out an exception: ${String(record.error)}`);
      default:
        return this.#wire(record);
    }
  }

  /** As large as it may have been so far: workers are sent several tasks at a time once these were told to be short. */
  get #mapWindow(): number {
    const { mapWindow, backend } = this.#promised;
    return mapWindow * this.#perWorkerMost * (this.#perWorkerMost > 1 && backend !== 'inline' ? 2 : 1);
  }

  // ---- callers ----

  #map(number: number) {
    let map = this.#maps.get(number);
    if (map === undefined) this.#maps.set(number, (map = { pulled: 0, yielded: 0 }));
    return map;
  }

  #taken(record: Extract<HistoryRecord, { e: 'taken' }>): void {
    const task = this.#task(record.key);
    task.isTaken = true;
    task.sequence = ++this.#sequence;
    if (task.sends > 0 || task.outcome !== undefined) return;
    const { queueLimit, workersMax } = this.#promised;
    // What was taken back for one that is more urgent waits behind it, and did not when it came.
    if (!record.isBounded && this.#waiting - this.#returned >= queueLimit + workersMax)
      this.#bad(record, `task ${record.key} waits as number ${this.#waiting + 1}`);
    this.#wait(task);
  }

  #wait(task: TaskState): void {
    if (task.isWaiting || task.outcome !== undefined) return;
    task.isWaiting = true;
    this.#waiting++;
  }

  #noLongerWaiting(task: TaskState): void {
    if (!task.isWaiting) return;
    task.isWaiting = false;
    this.#waiting--;
  }

  #outcome(record: HistoryRecord & { key: number; outcome: Outcome }): void {
    const task = this.#task(record.key);
    const { key } = task;
    const { outcome } = record;
    if (task.outcome !== undefined) this.#bad(record, `task ${key} has a second outcome`);
    task.outcome = outcome;
    this.#noLongerWaiting(task);
    this.#endCalls(key);
    if (!outcome.ok) {
      const why = this.#unexplained(task, outcome.error, record.at);
      if (why !== undefined) this.#bad(record, `task ${key} failed by ${show(outcome.error)}: ${why}`);
    } else if (task.call === 'stream') {
      if (!task.endedOk.has(task.attempt)) this.#bad(record, `stream ${key} ended, and its worker had not ended it`);
    } else if (outcome.value !== resultOf(key, task.attempt, task.lastLink) || !task.endedOk.has(task.attempt))
      this.#bad(record, `task ${key} got ${JSON.stringify(outcome.value)}, which was not computed for it`);
    this.#stopped(task, record);
  }

  /** What a task has called is cancelled with it, and nobody is told. */
  #endCalls(parent: number): void {
    if (!this.#hasCalls) return;
    for (const child of this.#tasks.values()) {
      if (child.parent !== parent || child.outcome !== undefined) continue;
      this.#noLongerWaiting(child);
      child.isTaken = false;
      this.#endCalls(child.key);
    }
  }

  /** What the caller sees of it. */
  #settle(record: SettleRecord): void {
    const task = this.#task(record.key);
    const { key, outcome } = task;
    if (task.isSettled) this.#bad(record, `task ${key} settled twice`);
    task.isSettled = true;
    if (task.map !== undefined) this.#map(task.map).yielded++;
    if (record.ok) {
      if (task.isLeft && task.call === 'stream') return;
      if (outcome?.ok !== true || outcome.value !== record.value)
        return this.#bad(record, `task ${key} settled with a value that is not its outcome`);
      if (task.call === 'stream' && task.itemsGot !== this.#promised.itemsOf(key))
        this.#bad(record, `stream ${key} ended after ${task.itemsGot} of ${this.#promised.itemsOf(key)} items`);
    } else if (outcome !== undefined) {
      if (outcome.ok || outcome.error !== record.error)
        this.#bad(record, `task ${key} settled with ${show(record.error)}, which is not its outcome`);
    } else {
      const why = task.isTaken
        ? 'it was taken over and has no outcome'
        : this.#unexplained(task, record.error, record.at);
      if (why !== undefined) this.#bad(record, `task ${key} failed by ${show(record.error)}: ${why}`);
    }
  }

  /** What has an outcome no longer runs in a worker that could be ended. */
  #stopped(task: TaskState, record: HistoryRecord): void {
    if (this.#promised.backend === 'inline') return;
    const link = this.#links.get(task.lastLink);
    if (link === undefined || link.isDead || link.isAbandoned || !link.running.has(task.key)) return;
    this.#bad(record, `task ${task.key} has its outcome and still runs in worker ${task.lastLink}`);
  }

  /** Undefined when the history explains the error. */
  #unexplained(task: TaskState, error: unknown, at: number): string | undefined {
    const { key } = task;
    const link = this.#links.get(task.lastLink);
    if (error === `thrown ${key}`) return task.begins > 0 ? undefined : 'it never began';
    if (typeof error === 'string' && error.startsWith('aborted '))
      return task.cancelledBy === 'abort' ? this.#late(task.cancelledAt!, at) : 'nobody aborted it';
    const { code } = (error ?? {}) as { code?: string };
    switch (code) {
      case 'HEDDLE_ARGUMENT_UNCLONEABLE':
        return task.begins === 0 ? undefined : 'it had begun';
      case 'HEDDLE_TASK_TIMEOUT': {
        const timeoutMs = this.#promised.timeoutMsOf(key);
        if (timeoutMs === undefined) return 'it has no time-out';
        if (task.sends === 0) return 'it was never sent';
        const startedAt = this.#hasWords && task.call === 'run' ? task.claims.get(task.lastLink) : task.sentAt;
        if (startedAt === undefined) return 'it never began';
        if (at < startedAt + timeoutMs) return `it began at ${startedAt} ms, and its time-out is ${timeoutMs} ms`;
        return task.call === 'run' ? this.#late(startedAt + timeoutMs, at) : undefined;
      }
      case 'HEDDLE_TASK_CANCELLED':
        if (!this.#isCancelled && !task.isLeft && task.map === undefined) return 'nobody cancelled it';
        return undefined;
      case 'HEDDLE_WORKER_DIED':
        return this.#unexplainedDeath(task, link);
      case 'HEDDLE_TASK_QUARANTINED':
        return task.deaths > Math.min(3, this.#promised.retriesOf(key))
          ? undefined
          : `${task.deaths} workers died of it`;
      case 'HEDDLE_WORKER_STUCK':
        return link?.isAbandoned === true ? undefined : 'its worker was not given up';
      case 'HEDDLE_QUEUE_FULL':
        if (task.call === 'map') return 'a map bounds itself';
        return this.#mayWait(key) >= this.#promised.queueLimit ? undefined : `only ${this.#mayWait(key)} wait`;
      case 'HEDDLE_POOL_CLOSED':
        return this.#isClosing ? undefined : 'nobody closed the pool';
      case 'HEDDLE_POOL_FAILED':
        if (task.begins > 0 && this.#promised.retriesOf(key) === 0) return 'it had begun';
        return this.#mayHaveFailed ? undefined : 'there were too few failures';
      default:
        if (/^the caller of (?:\d+|the pool) failed$/.test((error as Error | undefined)?.message ?? ''))
          return undefined;
        return 'that is no error of the contract';
    }
  }

  /** Tasks that could be in the queue when `key` is refused; one called from inside of another call's packing comes after that. */
  #mayWait(key: number): number {
    const { tasksPerWorker } = this.#promised;
    const held = new Set([...this.#links.values()].flatMap((link) => [...link.held].slice(0, tasksPerWorker)));
    const waiting = [...this.#tasks.values()].filter((task) => task.isTaken && !task.outcome && !held.has(task.key));
    return waiting.length + (key > REENTRY_KEYS ? 1 : 0);
  }

  #late(since: number, at: number): string | undefined {
    return at <= since + this.#promised.stopMsMax ? undefined : `${at - since} ms after it was to stop`;
  }

  #unexplainedDeath(task: TaskState, link: LinkState | undefined): string | undefined {
    if (link === undefined) return 'it was never sent';
    if (!link.isDead) return 'its worker lives';
    const isKnown = this.#hasWords;
    // One that died between its write and its look may have begun, as far as anyone can know.
    if (isKnown && task.isMovable && !task.claims.has(task.lastLink)) return 'that worker had not begun it';
    return undefined;
  }

  /** Does the host know what has begun? */
  get #hasWords(): boolean {
    return this.#promised.hasWords && this.#promised.backend !== 'inline';
  }

  #item(record: Extract<HistoryRecord, { e: 'item' }>): void {
    const task = this.#task(record.key);
    if (task.isSettled) this.#bad(record, `stream ${record.key} gave an item after its end`);
    if (record.value !== `${record.key}#${task.itemsGot}`)
      this.#bad(record, `stream ${record.key} gave ${String(record.value)} as item ${task.itemsGot}`);
    task.itemsGot++;
  }

  #mapEnded(record: Extract<HistoryRecord, { e: 'map-ended' }>): void {
    const { map, error } = record;
    let isExplained = error === undefined;
    for (const task of this.#tasks.values()) {
      if (task.map !== map) continue;
      const { key, outcome } = task;
      if (task.isTaken && outcome === undefined) this.#bad(record, `map ${map} ended, and item ${key} has no outcome`);
      isExplained ||= outcome?.ok === false && outcome.error === error;
      if (task.isSettled) continue;
      if (error === undefined && task.cancelledBy === undefined)
        this.#bad(record, `map ${map} ended without item ${key}`);
      isExplained ||= !task.isTaken && this.#unexplained(task, error, record.at) === undefined;
      task.isSettled = true;
    }
    if (isExplained || (error instanceof Error && /^the (?:consumer|source) /.test(error.message))) return;
    if (error === `aborted ${map}` || this.#isPoolEnd(error)) return;
    this.#bad(record, `map ${map} failed by ${show(error)}`);
  }

  #isPoolEnd(error: unknown): boolean {
    const { code } = (error ?? {}) as { code?: string };
    return (code === 'HEDDLE_POOL_CLOSED' && this.#isClosing) || (code === 'HEDDLE_POOL_FAILED' && this.#mayHaveFailed);
  }

  /** Too many workers that were of no use, or two that could not be ended. */
  get #mayHaveFailed(): boolean {
    return this.#failures > this.#promised.restartCount || this.#stuck > 1;
  }

  #closed(record: HistoryRecord & { pendingTimers: number }): void {
    if (record.pendingTimers > 0) this.#bad(record, `the pool is closed and ${record.pendingTimers} timers are left`);
    for (const [number, link] of this.#links)
      if (!link.isOver) this.#bad(record, `the pool is closed and worker ${number} is not gone`);
    for (const task of this.#tasks.values())
      if (task.isTaken && task.outcome === undefined)
        this.#bad(record, `the pool is closed and task ${task.key} has no outcome`);
  }

  // ---- workers ----

  #wire(record: HistoryRecord & { link: number }): void {
    if (record.e === 'start') return this.#start(record);
    const link = this.#links.get(record.link)!;
    switch (record.e) {
      case 'send':
        return this.#send(record, link);
      case 'send-credit': {
        const task = this.#task(record.key);
        task.credit += record.items;
        // One more is being handed out.
        if (task.credit > task.itemsGot + 1)
          this.#bad(
            record,
            `stream ${record.key} may be ${task.credit - task.itemsGot + STREAM_AHEAD_MAX} items ahead`,
          );
        return;
      }
      case 'send-cancel':
        this.#task(record.key).isStopping = true;
        this.#endCalls(record.key);
        // Inline, a task that doesn't heed it is left to itself, and its place is free.
        if (this.#promised.backend === 'inline') link.held.delete(record.key);
        return;
      case 'send-stop':
        if (link.held.size > 0) this.#bad(record, `worker ${record.link} is asked to end while it has a task`);
        if (link.isStopped) this.#bad(record, `worker ${record.link} is asked to end twice`);
        link.isStopped = true;
        return;
      case 'kill':
        link.isKilled = true;
        return;
      case 'abandon':
        link.isAbandoned = true;
        if (!link.isKilled) this.#bad(record, `worker ${record.link} is given up and was never killed`);
        this.#stuck++;
        if (!link.isReady) this.#startFailures++;
        if (!link.hasAnswered) this.#failures++;
        return this.#over(link);
      case 'call-told': {
        const parent = this.#task(record.parent);
        // One that is being stopped, or was, is not served any more.
        if (parent.isStopping || parent.outcome !== undefined) return;
        const child = this.#task(record.key);
        child.parent = record.parent;
        child.isTaken = true;
        child.sequence = ++this.#sequence;
        this.#hasCalls = true;
        return this.#wait(child);
      }
      case 'called':
        return this.#outcome(record);
      case 'run-time-told':
        this.#perWorkerMost = Math.max(this.#perWorkerMost, Math.min(WORD_SLOTS, Math.floor(1 / record.ms)));
        return;
      case 'ready-told':
        link.isReady = true;
        return;
      case 'claim':
        this.#task(record.key).claims.set(record.link, record.at);
        return;
      case 'skip':
        this.#task(record.key).claims.delete(record.link);
        return;
      case 'revoke': {
        if (!record.isSure) return;
        const task = this.#task(record.key);
        link.held.delete(record.key);
        link.revoked.add(record.id);
        task.attemptSends--;
        task.lastLink = 0;
        this.#returned++;
        if (task.isTaken) this.#wait(task);
        return;
      }
      case 'begin': {
        const task = this.#task(record.key);
        task.begins++;
        task.begunIn = record.link;
        if (record.id !== undefined && link.revoked.has(record.id))
          this.#bad(record, `task ${record.key} begins in worker ${record.link}, from which it was taken back`);
        if (task.begins > 1 + this.#promised.retriesOf(record.key))
          this.#bad(record, `task ${record.key} begins ${task.begins} times`);
        for (const [number, other] of this.#links)
          if (other.running.has(record.key) && !other.isDead)
            this.#bad(record, `task ${record.key} runs in worker ${number} and begins in worker ${record.link}`);
        link.running.set(record.key, record.attempt);
        return;
      }
      case 'end':
        link.running.delete(record.key);
        if (record.ok) this.#task(record.key).endedOk.add(record.attempt);
        return;
      case 'dead':
        link.isDead = true;
        return;
      case 'reply-told':
        link.held.delete(record.key!);
        this.#endCalls(record.key!);
        link.hasAnswered = true;
        return;
      case 'skip-told': {
        // One that was taken back for certain is elsewhere by now.
        if (link.revoked.delete(record.id)) return;
        link.held.delete(record.key);
        const task = this.#task(record.key);
        task.attemptSends--;
        // Left out because it was stopped before it began: that is an answer, and it waits no more.
        if (task.isTaken && !task.isStopping) this.#wait(task);
        return;
      }
      case 'exit-told':
        if (!link.isReady) this.#startFailures++;
        if (!link.hasAnswered) this.#failures++;
        return this.#over(link);
    }
  }

  #start(record: Extract<HistoryRecord, { e: 'start' }>): void {
    this.#links.set(record.link, {
      isReady: false,
      isDead: false,
      isOver: false,
      isAbandoned: false,
      isKilled: false,
      isStopped: false,
      hasAnswered: false,
      held: new Set(),
      revoked: new Set(),
      running: new Map(),
    });
    if (++this.#liveLinks > this.#workersMost) this.#bad(record, `${this.#liveLinks} workers live`);
    if (this.#isClosed) this.#bad(record, 'a worker is started after the end');
  }

  /** One more for each level of calls, in each worker. */
  get #workersMost(): number {
    const { workersMax, spares } = this.#promised;
    return workersMax * (this.#hasCalls ? 1 + CALL_LEVELS_MAX : 1) + spares;
  }

  #over(link: LinkState): void {
    if (link.isOver) return;
    link.isOver = true;
    this.#liveLinks--;
    for (const key of link.held) {
      const task = this.#task(key);
      task.deaths++;
      this.#endCalls(key);
      // One that is to run again may wait for its time first.
      const mayHaveBegun = this.#hasWords && task.claims.has(task.lastLink);
      if (task.isTaken && !mayHaveBegun && this.#promised.retriesOf(key) === 0) this.#wait(task);
    }
    link.held.clear();
  }

  #send(record: Extract<HistoryRecord, { e: 'send' }>, link: LinkState): void {
    const { key } = record;
    const task = this.#task(key);
    const to = `task ${key} goes to worker ${record.link}, which`;
    if (!link.isReady) this.#bad(record, `${to} is not ready`);
    if (link.isKilled) this.#bad(record, `${to} is being ended`);
    if (link.isStopped) this.#bad(record, `${to} was asked to end`);
    if (link.isOver) this.#bad(record, `${to} is gone`);
    const heldMost = this.#hasWords && record.canGoAhead ? WORD_SLOTS : this.#promised.tasksPerWorker;
    // Inline a batch counts as one.
    task.run = Math.floor(record.id);
    const held =
      this.#promised.backend === 'inline'
        ? new Set([...link.held].map((other) => this.#task(other).run).filter((run) => run !== task.run)).size
        : link.held.size;
    if (held >= heldMost && !(this.#hasCalls && this.#promised.backend === 'inline'))
      this.#bad(record, `${to} has ${held} tasks`);
    if (this.#promised.backend !== 'inline')
      for (const held of link.held)
        if (this.#waitsForCalls(held)) this.#bad(record, `${to} has task ${held}, which waits for its calls`);
    if (task.outcome !== undefined) this.#bad(record, `${to} had its outcome before`);
    const before = this.#links.get(task.lastLink);
    if (before !== undefined && !before.isDead && before.running.has(key) && this.#promised.backend !== 'inline')
      this.#bad(record, `${to} is the second while it runs in worker ${task.lastLink}`);
    this.#checkRank(record, task);
    link.held.add(key);
    task.sends++;
    task.attemptSends = record.attempt === task.attempt ? task.attemptSends + 1 : 1;
    if (task.attemptSends > 1 + RESENDS_MAX)
      this.#bad(record, `task ${key} is sent ${task.attemptSends} times in attempt ${record.attempt}`);
    task.isStopping = false;
    task.sentAt = record.at;
    task.lastLink = record.link;
    task.attempt = record.attempt;
    task.isMovable = record.isMovable;
    this.#noLongerWaiting(task);
  }

  #waitsForCalls(key: number): boolean {
    if (!this.#hasCalls) return false;
    for (const child of this.#tasks.values()) if (child.parent === key && child.outcome === undefined) return true;
    return false;
  }

  #checkRank(record: HistoryRecord, task: TaskState): void {
    if (this.#waiting === 0) return;
    // Sent at once: it is the youngest.
    const sequence = task.sequence ?? Infinity;
    const { priorityOf } = this.#promised;
    const rank = priorityOf(task.key);
    for (const other of this.#tasks.values()) {
      if (!other.isWaiting || other === task || other.cancelledAt !== undefined) continue;
      // Submitted while this one was being sent.
      if (!task.isTaken && other.key > REENTRY_KEYS) continue;
      // What a task waits for goes first.
      if (task.parent !== undefined) continue;
      if (other.parent !== undefined) this.#bad(record, `task ${task.key} overtakes the call ${other.key}`);
      const otherRank = priorityOf(other.key);
      if (
        otherRank > rank ||
        (otherRank === rank && other.map === task.map && task.sends === 0 && other.sequence! < sequence)
      )
        this.#bad(record, `task ${task.key} overtakes task ${other.key}`);
    }
  }

  // ---- counters ----

  #look(record: HistoryRecord, look: Look): void {
    const { submitted, succeeded, failed, cancelled, timedOut, queued, delayed, running } = look.tasks;
    if (submitted !== succeeded + failed + cancelled + timedOut + queued + delayed + running)
      this.#bad(record, `the counters do not add up: ${JSON.stringify(look.tasks)}`);
    if (queued > 0 && !this.#hasCalls && look.liveStates.filter((state) => state === 'ready').length > look.spares)
      this.#bad(record, `${queued} tasks wait while a worker is ready`);
    if (look.liveStates.length > this.#workersMost) this.#bad(record, `${look.liveStates.length} workers live`);
    if (!this.#hasCalls || this.#promised.backend === 'inline') return;
    for (const [number, link] of this.#links)
      for (const key of link.held)
        if (link.held.size > 1 && this.#waitsForCalls(key) && this.#task(key).begunIn === number)
          this.#bad(record, `task ${key} waits for its calls, and others behind it in worker ${number}`);
    this.#checkCallers(record);
  }

  /** Each caller that waits has a descendant that runs, or is the next to run: so there are no more of a depth than workers. */
  #checkCallers(record: HistoryRecord): void {
    const waiting: number[] = [];
    for (const { held } of this.#links.values())
      for (const key of held) if (this.#waitsForCalls(key)) waiting.push(this.#depth(key));
    for (const depth of new Set(waiting)) {
      const count = waiting.filter((other) => other === depth).length;
      if (count > this.#promised.workersMax) this.#bad(record, `${count} callers wait at depth ${depth}`);
    }
  }

  #depth(key: number): number {
    const { parent } = this.#task(key);
    return parent === undefined ? 0 : 1 + this.#depth(parent);
  }

  /** Nothing will happen any more. */
  #rest(
    record: HistoryRecord,
    { holds, pendingTimers, listeners, tasks, liveStates }: Look,
    pendingCalls: number,
  ): void {
    if (pendingCalls > 0) {
      const open = [...this.#tasks.values()].filter(({ isSettled }) => !isSettled).map(({ key }) => key);
      this.#bad(record, `${pendingCalls} calls never end; tasks without an outcome: ${open.join(', ')}`);
    }
    for (const [number, link] of this.#links) if (!link.isOver) this.#bad(record, `worker ${number} is left`);
    const left = {
      holds,
      pendingTimers,
      listeners,
      queued: tasks.queued,
      delayed: tasks.delayed,
      running: tasks.running,
      live: liveStates.length,
    };
    for (const [what, count] of Object.entries(left)) if (count !== 0) this.#bad(record, `${what}: ${count} are left`);
  }
}

function show(error: unknown): string {
  return error instanceof Error ? ((error as { code?: string }).code ?? error.message) : JSON.stringify(error);
}
