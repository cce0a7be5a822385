/**
 * A pool on a transport that does what the test says, with time in the test's hand: scheduler and supervisor are the real ones.
 */
import type { Memory } from '@heddle/machine';
import { assemblePool } from '../src/assemble-pool.ts';
import { seededRandom } from '../src/clock/random.ts';
import type { Examiner } from '../src/liveness/examiner.ts';
import { KeepAlive } from '../src/pool/keep-alive.ts';
import type { PoolOptions } from '../src/pool/pool-options.ts';
import { parsePoolOptions } from '../src/pool/pool-size.ts';
import type { PoolCore } from '../src/pool/pool.ts';
import type { Scheduler } from '../src/pool/scheduler.ts';
import type { CloneCost } from '../src/task/clone-cost.ts';
import type { HostMessage, StartOrder, WorkerMessage } from '../src/transport/protocol.ts';
import type { Link, LinkEvents, LinkExit, Transport } from '../src/transport/transport.ts';
import type { HostWords } from '../src/transport/worker-words.ts';
import { FakeClock } from './fake-clock.ts';

export class FakeLink implements Link {
  readonly order: StartOrder;
  readonly events: LinkEvents;
  readonly pid: number;
  readonly threadId = undefined;
  readonly sent: HostMessage[] = [];
  /** Number of the last task that the worker has begun, as its words tell. Not set: as long as it lives what comes first has begun, and when it is gone nothing had. */
  begun: number | undefined;
  /** Of that task, when it is a batch: its items that have begun. */
  itemsBegun = 1;
  #isGone = false;
  /** Numbers that were taken back. */
  readonly revoked: number[] = [];
  readonly #sentAt = new Map<number, number>();
  readonly #now: () => number;
  kills = 0;
  isAbandoned = false;
  readonly words: HostWords = {
    elapsedMs: (seq) =>
      seq <= (this.begun ?? (this.#isGone ? 0 : Infinity)) ? this.#now() - this.#sentAt.get(seq)! : undefined,
    revoke: (seq) => {
      if (this.begun !== undefined && seq <= this.begun) return seq === this.begun ? this.itemsBegun : Infinity;
      this.revoked.push(seq);
      return 0;
    },
  };

  constructor(order: StartOrder, events: LinkEvents, now: () => number = () => 0) {
    this.#now = now;
    this.order = order;
    this.events = events;
    this.pid = 1000 + order.workerId;
  }

  send(message: HostMessage): void {
    if (message.t === 'run') this.#sentAt.set(message.id, this.#now());
    this.sent.push(message);
  }

  kill(): void {
    this.kills++;
  }

  abandon(): void {
    this.isAbandoned = true;
  }

  emit(message: WorkerMessage): void {
    this.events.onMessage(message);
  }

  becomeReady(tasks: readonly string[] = ['f', 'g']): void {
    this.emit({ t: 'spawned' });
    this.emit({ t: 'loaded', tasks });
    this.emit({ t: 'ready' });
  }

  /** The task that was sent last. */
  get run(): Extract<HostMessage, { t: 'run' }> {
    return this.sent.findLast((message) => message.t === 'run')!;
  }

  reply(value: unknown, cost?: CloneCost): void {
    this.emit({ t: 'value', id: this.run.id, value, ...(cost === undefined ? {} : { cost }) });
  }

  exit(exit: Partial<LinkExit> = {}): void {
    this.#isGone = true;
    this.events.onExit({ exitCode: null, signal: 'SIGKILL', cause: undefined, isSpawnFailure: false, ...exit });
  }
}

export interface FakePool {
  readonly clock: FakeClock;
  readonly links: FakeLink[];
  readonly pool: PoolCore;
  readonly scheduler: Scheduler;
  readonly lines: string[];
  readonly opened: Promise<void>;
}

export interface FakeParts {
  readonly canResend?: boolean;
  /** May arguments be sent to a worker that has another task? Default false. */
  readonly canGoAhead?: boolean;
  /** Copies arguments when they are packed, which runs their getters. Default false. */
  readonly readsArguments?: boolean;
  /** What packing arguments is said to cost. */
  readonly cost?: CloneCost;
  /** Default: nobody finds anything out. */
  readonly examiner?: Examiner;
  /** The machine's memory, as a pool reads it that nobody has told how many workers to have: `workers` is what the cores allow then. */
  readonly readMemory?: () => Memory;
}

/** Begins to open a pool; its first worker waits for the test. */
export function beginFakePool(
  raw: PoolOptions = {},
  { canResend = true, canGoAhead = false, readsArguments = false, cost, examiner, readMemory }: FakeParts = {},
): FakePool {
  const parsed = parsePoolOptions({ backend: 'processes', workers: 2, ...raw });
  const options = { ...parsed, isSizedByMachine: parsed.isSizedByMachine || readMemory !== undefined };
  const clock = new FakeClock();
  const links: FakeLink[] = [];
  const lines: string[] = [];
  const transport: Transport = {
    backend: options.backend,
    canKill: options.backend !== 'inline',
    parentDeath: 'same-process',
    pack: (args) => ({
      value: readsArguments ? structuredClone(args) : args,
      transfer: [],
      canResend,
      canGoAhead,
      cost,
    }),
    repack: (args) => ({ value: args, transfer: [], canResend, canGoAhead }),
    canSend: () => true,
    packSetup: (data) => data,
    start(order, events) {
      const link = new FakeLink(order, events, () => clock.now());
      links.push(link);
      return link;
    },
  };
  const { scheduler, core: pool } = assemblePool({
    transport,
    clock,
    examiner,
    random: seededRandom(1),
    keepAlive: new KeepAlive(),
    options,
    readMemory,
    moduleUrl: 'file:///tasks.js',
    writeLine: (line) => lines.push(line),
  });
  const opened = scheduler.open();
  opened.catch(() => {});
  return { clock, links, pool, scheduler, lines, opened };
}

/** A pool with one ready worker. */
export async function openFakePool(raw: PoolOptions = {}, extra?: FakeParts): Promise<FakePool> {
  const fake = beginFakePool(raw, extra);
  fake.links[0]!.becomeReady();
  await fake.opened;
  return fake;
}

/** Lets promises that can go on do so. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
