/**
 * This thread among those that share locks: how it finds its registry, and how it watches the workers that it starts.
 *
 * The thread that first makes a lock makes the registry and is its root. Everybody else is a worker below it: started by a member, which
 * claims a slot for it and ends its life when it has exited. So a worker can't hold a lock whose owner's death nobody would hear of:
 * without a slot it gets SYNC_NOT_ATTACHED. A member is told by Node of each worker it starts (the event 'worker' of its process
 * object); those it started earlier it attaches by hand.
 *
 * A registry across processes lies in memory that they share. Its members are the main threads of processes, which claim their own slots, and
 * below them workers as above; the end of a process is noticed as processes.ts says, and at once where it was started by this thread.
 *
 * A thread may hold several copies of this module, so what is one in a thread hangs on the global object.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { getEnvironmentData, isMainThread, setEnvironmentData, threadId, Worker } from 'node:worker_threads';
import { show, syncError } from '../errors.ts';
import type { Across } from '../options.ts';
import {
  awaitLife,
  claimLife,
  endLife,
  findLife,
  formatRegistry,
  isRegistry,
  isSameRegistry,
  MAX_THREADS,
  outsides,
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
import { NAME_WORDS } from './names.ts';
import { News } from './news.ts';
import { unavailable } from './os-services.ts';
import { ProcessOutside } from './outside.ts';
import { ownIdentity, ownSpaces } from './process-life.ts';
import {
  claimProcess,
  formatProcesses,
  isInSpaces,
  originOf,
  PROCESS_REGISTRY_WORDS,
  processWordsOf,
  type ProcessWords,
} from './processes.ts';
import { createSegment, nameOf, openSegment, type SegmentName } from './segments.ts';

/**
 * How long a worker waits, blocked, to be attached when it first uses a lock. The thread that starts it does so in the same turn of its
 * event loop, long before the worker's first line; a guess at how long such a turn may go on.
 */
const ATTACH_WAIT_MS = 5_000;

/** What this thread is in one registry. */
export interface Membership {
  readonly registry: Int32Array;
  /** This thread's owner id. */
  readonly id: number;
  /** That of the main thread of this process, 0 in a registry of one process. */
  readonly origin: number;
  /** Undefined in a registry of one process. */
  readonly outside: ProcessOutside | undefined;
  /** Is this the main thread of the process that made it? */
  readonly isRoot: boolean;
  readonly news: News;
  /** The words behind those of the registry: who waits for what (wait-records.ts), what is said of it (texts.ts), the order of locks. */
  readonly graph: Int32Array;
  readonly texts: Int32Array;
  readonly order: Int32Array;
  /** Things that have been opened by name (names.ts). */
  readonly names: Int32Array;
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
  isListeningToChildren?: boolean;
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

const REALM = Symbol.for('@heddle/sync/realm@3');
const ENVIRONMENT_KEY = '@heddle/sync/registry@4';
const HAS_HANDLES = Symbol.for('@heddle/sync/processes');
const PROCESSES_KEY = '@heddle/sync/processes@2';

export const realm: ThreadRealm = ((globalThis as { [REALM]?: ThreadRealm })[REALM] ??= {
  memberships: [],
  workers: new Set(),
  held: new AsyncLocalStorage(),
  isListening: false,
});

/** The membership in which this thread makes locks. Blocks a worker that is not attached yet. @throws SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE. */
export function ownMembership(across: Across = 'threads'): Membership {
  const first = realm.memberships.find(({ outside }) => (outside === undefined) === (across === 'threads'));
  if (first !== undefined) return first;
  if (across === 'processes') return ownProcessMembership();
  const inherited = getEnvironmentData(ENVIRONMENT_KEY);
  if (inherited instanceof SharedArrayBuffer) return join(new Int32Array(inherited, 0, REGISTRY_WORDS));
  const memory = new Int32Array(new SharedArrayBuffer(bytesOf(REGISTRY_WORDS)));
  const registry = memory.subarray(0, REGISTRY_WORDS);
  return enter(registry, formatRegistry(registry, threadId, Math.random), true);
}

/** Of all that is in one piece, so that whoever has the registry has it all: `words` for who lives, and what is behind them. */
function bytesOf(words: number): number {
  return (words + GRAPH_WORDS + TEXT_WORDS + ORDER_WORDS + NAME_WORDS) * Int32Array.BYTES_PER_ELEMENT;
}

/** This thread in the registry that came with a handle, undefined when it is none. Blocks as above. @throws as above. */
export function membershipIn(memory: ArrayBufferLike): Membership | undefined {
  const isOfProcesses = !(memory instanceof SharedArrayBuffer);
  if (memory.byteLength !== bytesOf(isOfProcesses ? PROCESS_REGISTRY_WORDS : REGISTRY_WORDS)) return undefined;
  const registry = new Int32Array(memory, 0, REGISTRY_WORDS);
  if (!isRegistry(registry)) return undefined;
  const known = realm.memberships.find((each) => isSameRegistry(each.registry, registry));
  return known ?? (isOfProcesses ? joinProcesses(memory) : join(registry));
}

function join(registry: Int32Array): Membership {
  // Nobody can attach a thread that no thread has started.
  const waitMs = isMainThread ? 0 : ATTACH_WAIT_MS;
  const id = awaitLife(registry, threadId, waitMs);
  if (id === 0) throw syncError('SYNC_NOT_ATTACHED', waitMs);
  return enter(registry, id, false);
}

function ownProcessMembership(): Membership {
  const inherited = getEnvironmentData(PROCESSES_KEY) as SegmentName | undefined;
  const memory = inherited === undefined ? undefined : openSegment(inherited);
  if (memory !== undefined) return joinProcesses(memory);
  // The end of this thread would be noticed by nobody.
  if (!isMainThread) throw syncError('SYNC_NOT_ATTACHED', 0);
  const words = processWordsOf(createSegment(bytesOf(PROCESS_REGISTRY_WORDS)));
  const { identity, spaces } = ownProcess();
  formatProcesses(words, spaces, identity);
  const id = formatRegistry(words.registry, threadId, Math.random, true);
  return enterProcesses(words, id, id, outsideOf(words, identity), true);
}

function joinProcesses(memory: ArrayBuffer): Membership {
  const words = processWordsOf(memory);
  const { identity, spaces } = ownProcess();
  if (!isInSpaces(words, spaces))
    throw syncError('SYNC_UNAVAILABLE', 'it was made in another namespace of process numbers or of time');
  const outside = outsideOf(words, identity);
  if (isMainThread) {
    // The places of processes that have ended are free.
    outside.endEnded();
    const id = claimProcess(words, identity, threadId);
    if (id === 0) throw syncError('SYNC_FULL', MAX_THREADS);
    return enterProcesses(words, id, id, outside, false);
  }
  const id = awaitLife(words.registry, threadId, ATTACH_WAIT_MS, () => originOf(words, identity));
  if (id === 0) throw syncError('SYNC_NOT_ATTACHED', ATTACH_WAIT_MS);
  return enterProcesses(words, id, originOf(words, identity), outside, false);
}

function outsideOf(words: ProcessWords, identity: bigint): ProcessOutside {
  const outside = new ProcessOutside(words, identity);
  outsides.set(words.registry, outside);
  return outside;
}

/** @throws SYNC_UNAVAILABLE. */
function ownProcess(): { identity: bigint; spaces: readonly number[] } {
  try {
    return { identity: ownIdentity(), spaces: ownSpaces() };
  } catch (error) {
    throw unavailable(error);
  }
}

function enterProcesses(
  { registry }: ProcessWords,
  id: number,
  origin: number,
  outside: ProcessOutside,
  isRoot: boolean,
): Membership {
  const membership = enter(registry, id, isRoot, outside, origin);
  if (getEnvironmentData(PROCESSES_KEY) === undefined) {
    const { fd, file } = nameOf(registry.buffer)!;
    setEnvironmentData(PROCESSES_KEY, { fd, file });
  }
  listenToChildren();
  // For pools, which then look for handles among what they send.
  (globalThis as { [HAS_HANDLES]?: boolean })[HAS_HANDLES] = true;
  return membership;
}

function enter(registry: Int32Array, id: number, isRoot: boolean, outside?: ProcessOutside, origin = 0): Membership {
  const graphAt = outside === undefined ? REGISTRY_WORDS : PROCESS_REGISTRY_WORDS;
  const behind = (from: number, words: number) =>
    new Int32Array(registry.buffer, from * registry.BYTES_PER_ELEMENT, words);
  const membership = {
    registry,
    id,
    isRoot,
    outside,
    origin,
    news: new News(registry, parkWord(id), outside),
    graph: behind(graphAt, GRAPH_WORDS),
    texts: behind(graphAt + GRAPH_WORDS, TEXT_WORDS),
    order: behind(graphAt + GRAPH_WORDS + TEXT_WORDS, ORDER_WORDS),
    names: behind(graphAt + GRAPH_WORDS + TEXT_WORDS + ORDER_WORDS, NAME_WORDS),
    holdings: new Holdings(),
    waits: new Map(),
    locks: new Map(),
  };
  clearRecords(membership.graph, id);
  realm.memberships.push(membership);
  if (outside === undefined && getEnvironmentData(ENVIRONMENT_KEY) === undefined)
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

/** Who waits for a child of this thread notices its end by itself too, only later. */
function listenToChildren(): void {
  if (realm.isListeningToChildren === true) return;
  realm.isListeningToChildren = true;
  subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    child.once('exit', () => {
      for (const { outside } of realm.memberships) outside?.endEnded();
    });
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

function claimFor(worker: Worker, { registry, id, origin }: Membership): boolean {
  if (findLife(registry, worker.threadId, origin) !== 0) return true;
  const life = claimLife(registry, slotOf(id), worker.threadId, origin);
  if (life !== 0) worker.once('exit', () => endLife(registry, life));
  return life !== 0;
}

/** The owner id of a worker that this thread has started, or of this thread. @throws SYNC_ARGUMENT, SYNC_FULL. */
export function idOf(call: string, worker: Worker | undefined, { registry, id, origin }: Membership): number {
  if (worker === undefined) return id;
  const isRunning = worker instanceof Worker && worker.threadId !== -1;
  if (!isRunning)
    throw syncError('SYNC_ARGUMENT', `the worker of ${call}`, 'a Worker that has not exited', show(worker));
  // Node has perhaps not told of it yet.
  watch(worker);
  const life = findLife(registry, worker.threadId, origin);
  if (life === 0) throw syncError('SYNC_FULL', MAX_THREADS);
  return life;
}

/**
 * Across processes the main thread of a process that others started may block, as a worker may: its end is noticed by others, and so is
 * theirs by it.
 * @throws SYNC_WOULD_BLOCK when this thread must not block.
 */
export function refuseToBlock(call: string, membership?: Membership): void {
  const mayMain = membership?.outside !== undefined && !membership.isRoot;
  if (isMainThread && !mayMain) throw syncError('SYNC_WOULD_BLOCK', call, 'the main thread');
  if (realm.workers.size > 0) throw syncError('SYNC_WOULD_BLOCK', call, 'a thread with workers of its own');
}
