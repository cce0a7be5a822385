/**
 * Tasks on their way to workers: which waits, which goes where, which is sent ahead and taken back.
 *
 * A worker has a place for each task that it runs at a time. A task that is sent to a free place is running; one that is sent ahead
 * waits behind it in the worker, is `sent`, and moves up when the one before it is answered.
 *
 * Invariants: while a worker has a place that may be used (`capacity`), nothing waits, neither here nor behind another task; the one
 * exception is a task that could not be taken back because it begins at this moment. Nothing waits behind a task that only waits
 * itself: for calls of its own pool, which could wait for what is behind it; for the consumer of its stream; or for its end, when
 * it is being stopped.
 *
 * A batch counts as one task. Its items follow one another in their worker, and none of them is a moment's work late: what takes
 * long, or lets something more urgent wait, is taken apart (`closeBatch`), and what of it has not begun waits here, each item for itself.
 */
import type { Clock } from '../clock/clock.ts';
import type { Batch } from '../task/batch.ts';
import { isMoreUrgent, TaskQueue } from '../queue/task-queue.ts';
import { Turns } from '../queue/turns.ts';
import { mayFollow, type Callers } from './callers.ts';
import type { Fleet } from './fleet.ts';
import type { ResolvedPoolOptions } from './pool-options.ts';
import type { Packed } from '../transport/transport.ts';
import type { TaskCall } from '../task/task.ts';
import { expectedMs, mayGoAhead, type RunTimes } from './send-ahead.ts';
import { SlowWatch } from './slow-watch.ts';
import type { PoolTask, PoolWorker } from './worker-source.ts';

export interface SendingParts {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly options: ResolvedPoolOptions;
  readonly runTimes: RunTimes;
  /** Those that only wait for calls of their own leave their place to others: see nested-calls.ts. */
  readonly callers: Callers;
  /** A task of its own for an item of a batch, which waits for nothing yet. */
  readonly onAlone: (call: TaskCall, value: unknown) => PoolTask;
  /** The same arguments, for a task that goes on as one of its items. */
  readonly packItem: (call: TaskCall, value: unknown) => Packed;
  /** A task may begin now. */
  readonly onStarted: (task: PoolTask, worker: PoolWorker) => void;
  /** A task can't be sent. */
  readonly onUnsendable: (task: PoolTask, error: unknown) => void;
}

export class Sending {
  readonly #parts: SendingParts;
  readonly #queue = new TaskQueue<PoolTask>();
  readonly #turns = new Turns();
  /** Those in workers that may have begun. */
  #running = 0;
  /** Those in workers behind others. */
  #ahead = 0;
  /** Items of the batches that wait, here or behind others, one of each not counted. */
  #itemsMore = 0;
  /** Functions whose items are not fit for batches: they call the pool. */
  readonly #unbatched = new Set<string>();
  /** Places of the workers that were asked for; places with a task. */
  readonly #placesMax: number;
  #placesTaken = 0;
  readonly #slow: SlowWatch;

  constructor(parts: SendingParts) {
    this.#parts = parts;
    this.#placesMax = parts.options.workersMax * parts.options.tasksPerWorker;
    this.#slow = new SlowWatch({
      clock: parts.clock,
      workers: () => parts.fleet.workers,
      onSlow: (worker, first) => this.#relieve(worker, first),
      onLooked: () => this.#watchOn(),
    });
  }

  /** Tasks that wait here, in the order in which they will go. */
  get queue(): Iterable<PoolTask> {
    return this.#queue;
  }

  /** Tasks that wait, here or behind another. */
  get waiting(): number {
    return this.#queue.size + this.#ahead;
  }

  get running(): number {
    return this.#running;
  }

  /** Calls that wait: each item of a batch is one. */
  get callsWaiting(): number {
    return this.waiting + this.#itemsMore;
  }

  /** Calls that run, or that their batch will run. Looks at every task that a worker has. */
  get callsRunning(): number {
    let running = this.#running;
    for (const { tasks } of this.#parts.fleet.workers)
      for (const task of tasks.values()) if (task.state !== 'sent') running += task.size - 1;
    return running;
  }

  mayBatch(name: string): boolean {
    return !this.#unbatched.has(name);
  }

  neverBatch(name: string): void {
    this.#unbatched.add(name);
  }

  /** Tasks that may begin now, as far as the number of workers asked for allows. */
  get capacity(): number {
    return this.#placesMax - this.#placesTaken + this.#parts.callers.waiting;
  }

  // ---- to a worker ----

  /** Waits from now on, or goes at once. */
  enqueue(task: PoolTask): void {
    this.push(task);
    // One that was called by another lets that one wait, and so gives its place away.
    if (this.#queue.first !== task && task.parent === undefined) return this.growFleet();
    if (this.capacity <= 0 || this.#parts.fleet.free === undefined) this.#takeBackLessUrgent(task);
    this.dispatch();
  }

  /** Waits from now on, at the rank that it had before, if it had one. The caller hands out what waits when it is done. */
  push(task: PoolTask): void {
    this.#takeTurn(task);
    this.#queue.push(task);
    this.#itemsMore += task.size - 1;
  }

  #takeTurn(task: PoolTask): void {
    if (task.turn === 0) task.turn = this.#turns.next(task.call.lane, task.size);
  }

  /** Waits no more. False: it did not. */
  remove(task: PoolTask): boolean {
    if (!this.#queue.remove(task)) return false;
    this.#itemsMore -= task.size - 1;
    return true;
  }

  /** Throws what can't be sent; nothing has happened then. */
  send(task: PoolTask, worker: PoolWorker): void {
    const isAhead = !worker.hasPlace;
    this.#takeTurn(task);
    this.#turns.serve(task.turn);
    task.expectedMs = task.size * expectedMs(this.#parts.runTimes.msOf(task.call.name));
    worker.run(task);
    task.worker = worker;
    if (isAhead) {
      task.move('sent');
      this.#ahead++;
      this.#itemsMore += task.size - 1;
      this.#slow.start();
    } else {
      this.#placesTaken++;
      this.#start(task, worker);
      if (task.batch !== undefined) this.#slow.start();
    }
    this.#parts.fleet.onGiven(worker);
  }

  #start(task: PoolTask, worker: PoolWorker): void {
    task.move('running');
    this.#running++;
    this.#parts.onStarted(task, worker);
  }

  /** The worker has room: gives it what waits, or keeps it at hand. */
  fill(worker: PoolWorker): void {
    const { fleet } = this.#parts;
    if (worker.hasPlace) {
      if (this.#queue.size === 0) {
        if (this.#ahead > 0 && this.capacity > 0) this.#takeBackFor(worker);
        if (this.#queue.size === 0) return fleet.keep(worker);
      }
      while (worker.hasPlace && this.capacity > 0 && this.#queue.size > 0) this.#sendToPlace(worker);
      if (worker.hasPlace) return fleet.keep(worker);
    }
    if (this.#queue.size === 0) return;
    // First those that could begin at once.
    while (this.#queue.size > 0 && this.capacity > 0 && fleet.free !== undefined) this.#sendToPlace(fleet.free);
    while (this.#mayGetFirst(worker)) this.#sendFirst(worker);
  }

  /** Gives what waits to workers that have room, and starts more for the rest. */
  dispatch(): void {
    const { fleet } = this.#parts;
    while (this.#queue.size > 0 && this.capacity > 0 && fleet.free !== undefined) this.#sendToPlace(fleet.free);
    this.growFleet();
    for (const worker of fleet.workers) {
      if (this.#queue.size === 0) break;
      while (this.#mayGetFirst(worker)) this.#sendFirst(worker);
    }
  }

  /** Gives a free place to the first of all that wait: here, or as a deeper call behind another task. */
  #sendToPlace(worker: PoolWorker): void {
    if (this.#ahead > 0) this.#takeBackDeeper(this.#queue.first!.depth);
    this.#sendFirst(worker);
  }

  #sendFirst(worker: PoolWorker): void {
    const { first } = this.#queue;
    // Its items could not be taken back there: they go one by one.
    if (first!.batch !== undefined && !worker.canTakeBack) return this.takeApart(first!);
    const task = this.#queue.shift()!;
    this.#itemsMore -= task.size - 1;
    try {
      this.send(task, worker);
    } catch (error) {
      this.#parts.onUnsendable(task, error);
    }
  }

  /** Starts workers for what waits. */
  growFleet(): void {
    const { fleet, options, callers } = this.#parts;
    const wanted = Math.min(this.waiting, this.capacity);
    fleet.grow(Math.ceil(wanted / options.tasksPerWorker) - fleet.starting, callers.waiting);
  }

  // ---- ahead ----

  /** May the first that waits be sent to this worker, behind what it has? */
  #mayGetFirst(worker: PoolWorker): boolean {
    const task = this.#queue.first;
    if (task === undefined || worker.hasPlace || !worker.mayHoldMore) return false;
    const { call, packed, resends } = task;
    // One that lost its worker before goes to a free place only: were it to lose the next one too, it would be its own doing.
    if (!packed!.canGoAhead || !packed!.canResend || call.credit > 0 || resends > 0) return false;
    if (!mayFollow(task, worker.taskBefore(Infinity)!)) return false;
    if (this.#slow.isSlow(worker)) return false;
    const first = worker.firstTask;
    if (first?.state !== 'running' || first.family !== undefined || first.call.credit > 0) return false;
    return mayGoAhead(this.#parts.runTimes.msOf(call.name), task.size, worker.tasks.size, worker.heldMs);
  }

  /** Takes back what the worker has not begun, the last first, as long as `wants` says so. Returns how many. */
  takeBack(worker: PoolWorker, wants: (task: PoolTask, taken: number) => boolean = () => true): number {
    if (this.#ahead === 0) return 0;
    let taken = 0;
    let before = Infinity;
    for (;;) {
      const task = worker.taskBefore(before);
      if (task === undefined || task.state !== 'sent' || !wants(task, taken)) break;
      before = task.id;
      if (!this.revoke(task)) continue;
      task.move('queued');
      this.push(task);
      taken++;
    }
    return taken;
  }

  /** Takes one back that was sent ahead. False: it begins, or has begun, and counts as running; what of a batch had not waits here. */
  revoke(task: PoolTask): boolean {
    const worker = task.worker!;
    this.#leaveAhead(task);
    const begun = worker.revoke(task);
    if (begun === 0) {
      this.#leavePlace(worker);
      task.worker = undefined;
      return true;
    }
    // A worker begins its tasks in order: those before this one have begun as well, whatever of it has been heard.
    for (let before = worker.taskBefore(task.id); before?.state === 'sent'; before = worker.taskBefore(before.id)) {
      this.#leaveAhead(before);
      this.#start(before, worker);
    }
    this.#start(task, worker);
    if (task.batch !== undefined) this.#goOnAsItem(task, task.batch, begun);
    return false;
  }

  #leaveAhead(task: PoolTask): void {
    this.#ahead--;
    this.#itemsMore -= task.size - 1;
  }

  /** For a worker without a task: half of what waits in the one that has most; where all of that begins just now, in the next. */
  #takeBackFor(idle: PoolWorker): void {
    const asked = [idle];
    while (this.#ahead > 0) {
      const fullest = this.#fullestBut(asked);
      if (fullest === undefined) return;
      const half = Math.ceil((fullest.tasks.size - 1) / 2);
      if (this.takeBack(fullest, (_task, taken) => taken < half) > 0) return;
      asked.push(fullest);
    }
  }

  #fullestBut(asked: readonly PoolWorker[]): PoolWorker | undefined {
    let fullest: PoolWorker | undefined;
    for (const worker of this.#parts.fleet.workers)
      if (worker.tasks.size > (fullest?.tasks.size ?? 1) && !asked.includes(worker)) fullest = worker;
    return fullest;
  }

  #takeBackDeeper(depth: number): void {
    for (const worker of this.#parts.fleet.workers)
      if (worker.tasks.size > 1) this.takeBack(worker, (task) => task.depth > depth);
  }

  #takeBackLessUrgent(urgent: PoolTask): void {
    for (const worker of this.#parts.fleet.workers) {
      this.takeBack(worker, (task) => isMoreUrgent(urgent, task));
      const { firstTask } = worker;
      if (firstTask?.batch === undefined || !isMoreUrgent(urgent, firstTask)) continue;
      const freed = this.closeBatch(firstTask);
      if (freed !== undefined) this.fill(freed);
    }
  }

  // ---- batches ----

  /**
   * Takes back what of a running batch has not begun: it waits here from now on, each item for itself. The task goes on as the item
   * that has begun last, and is no more where all that had begun is answered; then the worker is returned, and has room. Nothing
   * happens to what is no batch, or was closed before. `isSaid`: the worker has said that it begins no further item.
   */
  closeBatch(task: PoolTask, isSaid = false): PoolWorker | undefined {
    const { batch } = task;
    if (batch === undefined || batch.isClosed || task.state !== 'running') return undefined;
    const worker = task.worker!;
    const begun = worker.revoke(task, isSaid);
    if (begun > batch.answered) {
      this.#goOnAsItem(task, batch, begun);
      return undefined;
    }
    this.#leavePlace(worker);
    this.#running--;
    this.#dismantle(task, batch);
    this.moveUp(worker);
    return worker;
  }

  /** Makes tasks of all the items of a batch that waits. */
  takeApart(task: PoolTask): void {
    if (task.batch !== undefined && this.remove(task)) this.#dismantle(task, task.batch);
  }

  #dismantle(task: PoolTask, batch: Batch): void {
    for (const single of this.tasksOf(task, batch, batch.answered)) this.push(single);
    task.dissolve();
  }

  #goOnAsItem(task: PoolTask, batch: Batch, begun: number): void {
    const end = Math.min(begun, batch.end);
    for (const single of this.tasksOf(task, batch, end)) this.push(single);
    this.becomeItem(task, batch, end);
    task.start(this.#parts.clock, task.worker!.elapsedMs(task));
  }

  /** The task of a batch is from now on its item before `end`, and the answers to those before that. */
  becomeItem(task: PoolTask, batch: Batch, end: number): void {
    const call = batch.callOf(end - 1);
    batch.close(end);
    task.become(call, end - 1, this.#parts.packItem(call, batch.items[end - 1]));
    if (batch.left === 1) task.batch = undefined;
  }

  /** Tasks for the items of a batch from `item` on, as far as its task stands for them or up to `end`, each with its turn. */
  tasksOf(task: PoolTask, batch: Batch, item: number, end = batch.end): PoolTask[] {
    return batch.items.slice(item, end).map((value, at) => {
      const single = this.#parts.onAlone(batch.callOf(item + at), value);
      single.turn = task.turn + item + at;
      batch.alone.set(batch.indexOf(item + at), single as never);
      return single;
    });
  }

  // ---- slow workers ----

  /** A slow worker keeps what it has begun; all else waits here. */
  #relieve(worker: PoolWorker, first: PoolTask): void {
    this.takeBack(worker);
    const freed = this.closeBatch(first);
    if (freed !== undefined) this.fill(freed);
  }

  #watchOn(): void {
    // What was sent meanwhile may have set the next look.
    if (this.#ahead > 0 || this.#hasBatch()) this.#slow.start();
    this.dispatch();
  }

  #hasBatch(): boolean {
    for (const { firstTask } of this.#parts.fleet.workers) if (firstTask?.batch !== undefined) return true;
    return false;
  }

  /** Nothing will be sent any more. */
  stop(): void {
    this.#slow.stop();
  }

  // ---- off a worker ----

  /** A task leaves its worker: it was answered, or the worker is gone. */
  release(task: PoolTask, worker: PoolWorker): void {
    worker.release(task);
    this.#leavePlace(worker);
    if (task.state === 'sent') this.#leaveAhead(task);
    else this.#running--;
  }

  /** The next takes the place over, if there is one. */
  #leavePlace(worker: PoolWorker): void {
    if (worker.tasks.size < worker.places) this.#placesTaken--;
  }

  /** What is behind the task that was answered begins. */
  moveUp(worker: PoolWorker): void {
    if (this.#ahead === 0) return;
    const next = worker.firstTask;
    if (next?.state !== 'sent') return;
    this.#leaveAhead(next);
    this.#start(next, worker);
    if (next.batch !== undefined) this.#slow.start();
  }
}
