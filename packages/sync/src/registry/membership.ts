/**
 * This thread among those that share locks: how it finds its registry, and how it watches the workers that it starts.
 *
 * The thread that first makes a lock makes the registry and is its root. Everybody else is a worker below it: started by a member, which
 * claims a slot for it and ends its life when it has exited. So a worker can't hold a lock whose owner's death nobody would hear of:
 * without a slot it gets SYNC_NOT_ATTACHED. A member is told by Node of each worker it starts (the event 'worker' of its process
 * object); those it started earlier it attaches by hand.
 *
 * A thread may hold several copies of this module, so what is one in a thread hangs on the global object.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { getEnvironmentData, isMainThread, setEnvironmentData, threadId, Worker } from 'node:worker_threads';
import { show, syncError } from '../errors.ts';
import {
  awaitLife,
  claimLife,
  endLife,
  findLife,
  formatRegistry,
  isRegistry,
  isSameRegistry,
  MAX_THREADS,
  parkWord,
  REGISTRY_WORDS,
  slotOf,
} from './lives.ts';
import { GRAPH_WORDS, clearRecords } from '../deadlock/wait-records.ts';
import type { OwnCall } from '../deadlock/await-chain.ts';
import type { AsyncWait } from '../deadlock/async-wait.ts';
import { TEXT_WORDS } from '../deadlock/texts.ts';
import { ORDER_WORDS } from '../order/order-table.ts';
import { Holdings, type Holding } from './holdings.ts';
import { News } from './news.ts';

/**
 * How long a worker waits, blocked, to be attached when it first uses a lock. The thread that starts it does so in the same turn of its
 * event loop, long before the worker's first line; a guess at how long such a turn may go on.
 */
const ATTACH_WAIT_MS = 5_000;

/** In one piece: whoever has the registry has it all. */
const ALL_WORDS = REGISTRY_WORDS + GRAPH_WORDS + TEXT_WORDS + ORDER_WORDS;

/** What this thread is in one registry. */
export interface Membership {
  readonly registry: Int32Array;
  /** This thread's owner id. */
  readonly id: number;
  readonly news: News;
  /** The words behind those of the registry: who waits for what (wait-records.ts), what is said of it (texts.ts), the order of locks. */
  readonly graph: Int32Array;
  readonly texts: Int32Array;
  readonly order: Int32Array;
  readonly holdings: Holdings;
  /** Asynchronous waits that others see, by the index of their record. */
  readonly waits: Map<number, AsyncWait>;
  /** What of each lock is this thread's own, by number of the lock. */
  readonly locks: Map<number, WeakRef<object>>;
}

interface ThreadRealm {
  readonly memberships: Membership[];
  /** Workers of this thread that have not exited yet. */
  readonly workers: Set<Worker>;
  /** Guards for the length of which the running code runs, innermost first (line/holding.ts). */
  readonly held: AsyncLocalStorage<HeldGuard>;
  isListening: boolean;
}

export interface HeldGuard {
  readonly guard: { readonly isHeld: boolean };
  readonly lock: { readonly holding: Holding };
  /** How much of it. */
  readonly amount: number;
  /** The function, what it gave, whether it was given the guard, and the call that runs it (deadlock/await-chain.ts). */
  readonly fn: unknown;
  given: unknown;
  readonly getsGuard: boolean;
  readonly call: OwnCall | undefined;
  /** The name of the function that awaits what was given; empty before and after. */
  mark: string;
  readonly outer: HeldGuard | undefined;
}

const REALM = Symbol.for('@heddle/sync/realm@2');
const ENVIRONMENT_KEY = '@heddle/sync/registry@2';

export const realm: ThreadRealm = ((globalThis as { [REALM]?: ThreadRealm })[REALM] ??= {
  memberships: [],
  workers: new Set(),
  held: new AsyncLocalStorage(),
  isListening: false,
});

/** The membership in which this thread makes locks. Blocks a worker that is not attached yet. @throws SYNC_NOT_ATTACHED. */
export function ownMembership(): Membership {
  const [first] = realm.memberships;
  if (first !== undefined) return first;
  const inherited = getEnvironmentData(ENVIRONMENT_KEY);
  if (inherited instanceof SharedArrayBuffer) return join(new Int32Array(inherited, 0, REGISTRY_WORDS));
  const memory = new Int32Array(new SharedArrayBuffer(ALL_WORDS * Int32Array.BYTES_PER_ELEMENT));
  const registry = memory.subarray(0, REGISTRY_WORDS);
  return enter(registry, formatRegistry(registry, threadId, Math.random));
}

/** This thread in the registry that came with a handle, undefined when it is none. Blocks as above. @throws SYNC_NOT_ATTACHED. */
export function membershipIn(memory: SharedArrayBuffer): Membership | undefined {
  if (memory.byteLength !== ALL_WORDS * Int32Array.BYTES_PER_ELEMENT) return undefined;
  const registry = new Int32Array(memory, 0, REGISTRY_WORDS);
  if (!isRegistry(registry)) return undefined;
  return realm.memberships.find((each) => isSameRegistry(each.registry, registry)) ?? join(registry);
}

function join(registry: Int32Array): Membership {
  // Nobody can attach a thread that no thread has started.
  const waitMs = isMainThread ? 0 : ATTACH_WAIT_MS;
  const id = awaitLife(registry, threadId, waitMs);
  if (id === 0) throw syncError('SYNC_NOT_ATTACHED', waitMs);
  return enter(registry, id);
}

function enter(registry: Int32Array, id: number): Membership {
  const behind = (from: number, words: number) =>
    new Int32Array(registry.buffer, from * registry.BYTES_PER_ELEMENT, words);
  const membership = {
    registry,
    id,
    news: new News(registry, parkWord(id)),
    graph: behind(REGISTRY_WORDS, GRAPH_WORDS),
    texts: behind(REGISTRY_WORDS + GRAPH_WORDS, TEXT_WORDS),
    order: behind(REGISTRY_WORDS + GRAPH_WORDS + TEXT_WORDS, ORDER_WORDS),
    holdings: new Holdings(),
    waits: new Map(),
    locks: new Map(),
  };
  clearRecords(membership.graph, id);
  realm.memberships.push(membership);
  if (getEnvironmentData(ENVIRONMENT_KEY) === undefined)
    setEnvironmentData(ENVIRONMENT_KEY, registry.buffer as SharedArrayBuffer);
  listen();
  for (const worker of realm.workers) claimFor(worker, membership);
  return membership;
}

/** Node tells of a worker in the turn in which it was started, so before it can have exited. */
function listen(): void {
  if (realm.isListening) return;
  realm.isListening = true;
  process.on('worker', (worker) => {
    if (worker.threadId !== -1) watch(worker);
  });
}

/**
 * Watches the life of a worker that this thread started, so that the worker can use locks and its death is noticed. Only needed for
 * workers that were started before this thread made or opened its first lock or counter; later ones are watched by themselves. Calling
 * it again, or for a worker that has exited, does nothing.
 *
 * Call it in the thread that started the worker. Cost: some microseconds, a listener on its 'exit', and one of the places for
 * threads, which is free again when it has exited.
 *
 * @throws {SyncError} SYNC_ARGUMENT when it is no Worker, SYNC_FULL, SYNC_NOT_ATTACHED (this thread itself is not watched).
 */
export function attach(worker: Worker): void {
  if (!(worker instanceof Worker))
    throw syncError('SYNC_ARGUMENT', 'the argument of attach()', 'a Worker of node:worker_threads', show(worker));
  ownMembership();
  if (worker.threadId === -1 || realm.workers.has(worker)) return;
  const isFull = !watch(worker);
  if (isFull) throw syncError('SYNC_FULL', MAX_THREADS);
}

/** False: a registry has no room for it. The worker then finds no slot there, and is told so. */
function watch(worker: Worker): boolean {
  if (realm.workers.has(worker)) return true;
  realm.workers.add(worker);
  worker.once('exit', () => realm.workers.delete(worker));
  let hasRoom = true;
  for (const membership of realm.memberships) if (!claimFor(worker, membership)) hasRoom = false;
  return hasRoom;
}

function claimFor(worker: Worker, { registry, id }: Membership): boolean {
  if (findLife(registry, worker.threadId) !== 0) return true;
  const life = claimLife(registry, slotOf(id), worker.threadId);
  if (life !== 0) worker.once('exit', () => endLife(registry, life));
  return life !== 0;
}

/** The owner id of a worker that this thread has started, or of this thread. @throws SYNC_ARGUMENT, SYNC_FULL. */
export function idOf(call: string, worker: Worker | undefined, { registry, id }: Membership): number {
  if (worker === undefined) return id;
  const isRunning = worker instanceof Worker && worker.threadId !== -1;
  if (!isRunning)
    throw syncError('SYNC_ARGUMENT', `the worker of ${call}`, 'a Worker that has not exited', show(worker));
  // Node has perhaps not told of it yet.
  watch(worker);
  const life = findLife(registry, worker.threadId);
  if (life === 0) throw syncError('SYNC_FULL', MAX_THREADS);
  return life;
}

/** @throws SYNC_WOULD_BLOCK when this thread must not block. */
export function refuseToBlock(call: string): void {
  if (isMainThread) throw syncError('SYNC_WOULD_BLOCK', call, 'the main thread');
  if (realm.workers.size > 0) throw syncError('SYNC_WOULD_BLOCK', call, 'a thread with workers of its own');
}
