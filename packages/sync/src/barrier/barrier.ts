/** The public barrier: options, time-outs and signals around its words (barrier-words.ts). */
import type { Worker } from 'node:worker_threads';
import { tracked, untilNews, watchedWait } from '../deadlock/async-wait.ts';
import type { OwnCall } from '../deadlock/await-chain.ts';
import { BlockedWait } from '../deadlock/blocked-wait.ts';
import type { WaitSubject } from '../deadlock/subject.ts';
import { ARRIVED, FOR_PARTIES } from '../deadlock/wait-records.ts';
import { syncError } from '../errors.ts';
import { waitForNews } from '../line/wait.ts';
import {
  BLOCK_OPTIONS,
  checkCount,
  checkSame,
  NO_OPTIONS,
  readOptions,
  WAIT_OPTIONS,
  type CreateOptions,
  type LockOptions,
  type LockSyncOptions,
  type OpenOptions,
} from '../options.ts';
import { idOf, refuseToBlock } from '../registry/membership.ts';
import { Holding } from '../registry/holdings.ts';
import { hasSeat, idsInSeats } from '../registry/seats.ts';
import {
  handleOf,
  makeShared,
  openNamed,
  openShared,
  ownOf,
  type Kind,
  type Opened,
  type SyncHandle,
} from '../registry/shared-memory.ts';
import { IS_BROKEN, TIMED_OUT, WAIT, type Outcome } from '../registry/sleep.ts';
import {
  arrive,
  BARRIER_WORDS,
  breakOff,
  depart,
  formatBarrier,
  join,
  lookAtRound,
  MAX_PARTIES,
  partiesOf,
  sleepInRound,
  tellParties,
} from './barrier-words.ts';

const KIND: Kind = { name: 'barrier', magic: 0x68_64_62_72, layout: 1, words: BARRIER_WORDS, bytesAligned: 4 };

/** What another thread opens a barrier with: plain data for postMessage, workerData or the arguments of a task. */
export type BarrierHandle = SyncHandle<'heddle-barrier'>;

/**
 * Where a number of threads wait for each other, round after round: nobody goes on before all have arrived. When a party ends, or says that it
 * can't go on, the barrier breaks: all who wait there, and all who come later, get SYNC_BROKEN.
 *
 * A thread is a party from its first `wait` on, or from `join`. Let those join that are started, so that the end of one that never
 * arrives is noticed as well.
 *
 * Threads: every method may be called in every thread that uses the barrier, on an object that it opened itself. A thread waits there
 * once at a time.
 */
export class Barrier {
  /** Elements that a barrier needs of an Int32Array. */
  static readonly WORDS: number = BARRIER_WORDS;

  readonly #opened: Opened;
  /** Of this thread, however often it has opened the barrier. */
  readonly #own: { isWaiting: boolean; readonly arrived: Holding };

  private constructor(opened: Opened) {
    this.#opened = opened;
    const { number, label, membership } = opened;
    this.#own = ownOf(opened, () => ({
      isWaiting: false,
      arrived: new Holding(number, label, label, membership.holdings),
    }));
  }

  /**
   * Makes a barrier; where to, see `Mutex.create`. The thread that makes it is not a party by that.
   *
   * @param parties 1 to 256, how many threads wait for each other.
   * @param options `name` for messages, `memory` to put it in, `across: 'processes'` for other processes too; see `Mutex.create`.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static create(parties: number, options?: CreateOptions | Int32Array): Barrier {
    checkCount('parties of Barrier.create()', parties, 1, MAX_PARTIES);
    return new Barrier(makeShared(KIND, options, (words) => formatBarrier(words, parties)));
  }

  /**
   * Opens a barrier of another thread. Opened twice in a thread it is the same.
   * @throws {SyncError} SYNC_HANDLE, SYNC_NOT_ATTACHED.
   */
  static from(handle: BarrierHandle): Barrier {
    return new Barrier(openShared(KIND, 'heddle-barrier', handle));
  }

  /**
   * Opens the barrier of this name, and makes it when nobody has opened it before: all threads of the program that say the same name have the
   * same one, without a handle. It stays until the program ends. Names of other kinds are others.
   *
   * @param parties as of `create`; everybody says the same.
   * @param name 1 to 100 characters. A program can have 64 names.
   * @param options `across: 'processes'`: among all processes of the program that have opened a handle of another process, or made one.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_NAMES, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
   */
  static open(name: string, parties: number, options?: OpenOptions): Barrier {
    checkCount('parties of Barrier.open()', parties, 1, MAX_PARTIES);
    const opened = openNamed(KIND, name, options, (words) => formatBarrier(words, parties));
    checkSame('parties of Barrier.open()', partiesOf(opened.words), opened.label, parties);
    return new Barrier(opened);
  }

  /** For other threads, and processes where it was made for them. */
  get handle(): BarrierHandle {
    return handleOf('heddle-barrier', this.#opened);
  }

  /** How many threads wait for each other. */
  get parties(): number {
    return partiesOf(this.#opened.words);
  }

  /**
   * Makes this thread a party, or a worker that it has started. Nothing when it is one already.
   * @throws {SyncError} SYNC_ARGUMENT, SYNC_FULL: there are as many parties as there can be.
   */
  join(worker?: Worker): void {
    const { words, membership } = this.#opened;
    const id = idOf('join()', worker, membership);
    if (hasSeat(words, id)) return;
    if (!join(words, id)) throw syncError('SYNC_FULL', this.parties);
    tellParties(words, membership.registry);
  }

  /**
   * Waits until all parties have arrived, without blocking the thread. A wait that times out or is aborted takes the arrival back, and the
   * others wait on.
   * @throws {SyncError} SYNC_BROKEN, SYNC_TIMEOUT, SYNC_DEADLOCK, SYNC_FULL (not a party, and there are all already), SYNC_RELOCK (this thread waits there
   *   already), SYNC_ARGUMENT; or the reason of `signal`.
   */
  wait(options: LockOptions = NO_OPTIONS): Promise<void> {
    return tracked((call) => this.#wait(options, call));
  }

  async #wait(options: LockOptions, call: OwnCall | undefined): Promise<void> {
    const read = readOptions('wait()', options, WAIT_OPTIONS);
    read.signal?.throwIfAborted();
    const { words, membership } = this.#opened;
    const round = this.#arrive('wait()');
    this.#own.arrived.set(ARRIVED);
    const look = () => lookAtRound(words, membership.registry, round);
    const begin = untilNews(membership, look);
    const watched = watchedWait(membership, this.#awaited(round), read, call, 'wait()', begin);
    if (watched !== undefined) return await this.#follow(watched, round);
    const over = await waitForNews(membership.news, () => look() !== WAIT, read);
    const outcome = over === undefined ? look() : depart(words, round);
    this.#own.isWaiting = false;
    this.#own.arrived.set(0);
    if (outcome === TIMED_OUT && over === 'aborted') throw read.signal!.reason;
    this.#end(outcome, read.timeoutMs);
  }

  /**
   * As `wait`, and blocks the thread meanwhile; where it may, see `Mutex.lockSync`.
   * @throws {SyncError} SYNC_WOULD_BLOCK, SYNC_BROKEN, SYNC_TIMEOUT, SYNC_DEADLOCK, SYNC_FULL, SYNC_RELOCK, SYNC_ARGUMENT.
   */
  waitSync(options: LockSyncOptions = NO_OPTIONS): void {
    const { timeoutMs } = readOptions('waitSync()', options, BLOCK_OPTIONS);
    refuseToBlock('waitSync()', this.#opened.membership);
    const { words, membership } = this.#opened;
    const endMs = performance.now() + timeoutMs;
    const round = this.#arrive('waitSync()');
    const wait = endMs === Infinity ? new BlockedWait(membership, 'waitSync()', this.#awaited(round)) : undefined;
    const outcome = sleepInRound(words, membership.registry, membership.id, round, endMs, wait?.beforeSleep);
    this.#own.isWaiting = false;
    wait?.end(outcome);
    this.#end(outcome, timeoutMs);
  }

  /** Says that a party can't go on: the barrier is broken from now on, for all. */
  break(): void {
    breakOff(this.#opened.words, this.#opened.membership.registry);
  }

  #arrive(call: string): number {
    if (this.#own.isWaiting) throw syncError('SYNC_RELOCK', call);
    this.join();
    this.#own.isWaiting = true;
    return arrive(this.#opened.words, this.#opened.membership.registry);
  }

  async #follow(watched: Promise<Outcome>, round: number): Promise<void> {
    try {
      return this.#end(await watched, Infinity);
    } catch (error) {
      // Those who wait here must not count on this party; if it is too late for that, the wait has ended well.
      const isDeadlock = (error as { code?: unknown }).code === 'SYNC_DEADLOCK';
      const end = isDeadlock ? depart(this.#opened.words, round) : TIMED_OUT;
      if (end === TIMED_OUT) throw error;
      this.#end(end, Infinity);
    } finally {
      this.#own.isWaiting = false;
      this.#own.arrived.set(0);
    }
  }

  #awaited(round: number): WaitSubject {
    const { words, number, label, membership } = this.#opened;
    const parties = () => idsInSeats(words).filter((id) => id !== membership.id);
    const isWaiting = () => lookAtRound(words, membership.registry, round) === WAIT;
    return { kind: FOR_PARTIES, number, label, total: 0, want: 0, parties, isWaiting };
  }

  #end(outcome: Outcome, timeoutMs: number): void {
    if (outcome === IS_BROKEN) throw syncError('SYNC_BROKEN', 'the barrier');
    if (outcome === TIMED_OUT) throw syncError('SYNC_TIMEOUT', 'the other parties', timeoutMs);
  }
}
