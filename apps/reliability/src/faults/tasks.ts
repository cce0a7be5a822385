/**
 * Tasks named by how they misbehave. Each first says where it runs; with a `gate` it then waits until that file is there, so that a
 * watcher can be in place before anything happens.
 */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, MessagePort, parentPort } from 'node:worker_threads';
import { currentTask } from '@heddle/ts-orchestrator/task';
import type { FaultAddon } from './addon.ts';

/** What every task here tells by `onProgress` when it begins. */
export interface Place {
  readonly pid: number;
  /** The kernel's number of the thread; undefined where there is no /proc. */
  readonly tid: number | undefined;
}

/** What every task here takes. */
export interface FaultArgs {
  /** The file it waits for before it misbehaves. */
  readonly gate?: string | undefined;
  /** Path of the built add-on, for those that need it. */
  readonly addon?: string | undefined;
  /** The file that lets go what blocks in native code. */
  readonly release?: string | undefined;
}

const never = () => new Promise<never>(() => {});

async function begin({ gate }: FaultArgs): Promise<void> {
  const thread = fs.existsSync('/proc/thread-self') ? fs.readlinkSync('/proc/thread-self') : undefined;
  const place: Place = { pid: process.pid, tid: thread === undefined ? undefined : Number(thread.split('/').at(-1)) };
  currentTask().progress(place);
  if (gate === undefined) return;
  while (!fs.existsSync(gate)) await sleep(1);
}

const load = ({ addon }: FaultArgs) => createRequire(import.meta.url)(addon!) as FaultAddon;

// ---- the innocent ----

/** Takes `ms` without using the processor. */
export async function innocent(n: number, ms: number): Promise<number> {
  await sleep(ms);
  return n;
}

// ---- errors ----

export async function throws(args: FaultArgs): Promise<void> {
  await begin(args);
  throw Object.assign(new RangeError('thrown by the task'), { code: 'E_FAULT', detail: { n: 1 } });
}

export async function throwsInTimer(args: FaultArgs): Promise<void> {
  await begin(args);
  setTimeout(() => {
    throw new RangeError('thrown in a timer');
  }, 0);
  await never();
}

export async function rejectsUnheard(args: FaultArgs): Promise<void> {
  await begin(args);
  void Promise.reject(new RangeError('nobody listens'));
  await never();
}

export async function returnsUncloneable(args: FaultArgs): Promise<unknown> {
  await begin(args);
  return { deep: [1, () => 1] };
}

// ---- ends of the worker ----

export async function exits(args: FaultArgs, code: number): Promise<void> {
  await begin(args);
  process.exit(code);
}

export async function aborts(args: FaultArgs): Promise<void> {
  await begin(args);
  process.abort();
}

export async function segfaults(args: FaultArgs): Promise<void> {
  await begin(args);
  load(args).segfault();
}

/** Waits to be killed from outside. */
export async function waitsForever(args: FaultArgs): Promise<void> {
  await begin(args);
  await never();
}

/** Closes the channel that Node gives it. A thread's line to the host is another one. */
export async function closesItsChannel(args: FaultArgs): Promise<void> {
  await begin(args);
  if (!isMainThread) return parentPort!.close();
  process.disconnect();
  await never();
}

/** Closes every file descriptor above stderr, those of heddle and of Node included. */
export async function closesItsFds(args: FaultArgs): Promise<void> {
  await begin(args);
  for (const fd of fs.readdirSync('/proc/self/fd').map(Number)) {
    if (fd <= 2) continue;
    try {
      fs.closeSync(fd);
    } catch {
      // The one that read the list.
    }
  }
  await never();
}

// ---- memory: four ways to use up a heap, each ended by V8 in its own place ----

const ELEMENTS = 1e8;

export async function fillsHeapByArrays(args: FaultArgs): Promise<number> {
  await begin(args);
  const all: number[][] = [];
  for (;;) all.push(Array.from({ length: 10_000 }, (_, index) => index + all.length));
}

export async function fillsHeapByStrings(args: FaultArgs): Promise<number> {
  await begin(args);
  const all: string[] = [];
  for (;;) all.push(Buffer.alloc(10_000, String(all.length)).toString('latin1'));
}

export async function fillsHeapByOneArray(args: FaultArgs): Promise<number> {
  await begin(args);
  // oxlint-disable-next-line unicorn/no-new-array -- the shape that it is about
  const all = new Array<number>(ELEMENTS);
  for (let index = 0; index < ELEMENTS; index++) all[index] = index + 0.5;
  return all.length;
}

export async function fillsHeapByPush(args: FaultArgs): Promise<number> {
  await begin(args);
  const all: number[] = [];
  for (let index = 0; index < ELEMENTS; index++) all.push(index + 0.5);
  return all.length;
}

const held: Uint8Array[] = [];

/** Takes memory outside of the heap, which no heap limit sees. */
export async function takesMemory(args: FaultArgs, mib: number): Promise<number> {
  await begin(args);
  for (let taken = 0; taken < mib; taken += 16) {
    held.push(Buffer.alloc(16 * 2 ** 20, 1));
    await sleep(1);
  }
  return held.length;
}

/** Keeps memory after it has ended. Gives the number of calls this worker has had. */
export async function leaks(args: FaultArgs, mib: number): Promise<number> {
  await begin(args);
  held.push(Buffer.alloc(mib * 2 ** 20, 1));
  return held.length;
}

export async function returnsBytes(args: FaultArgs, bytes: number): Promise<Uint8Array> {
  await begin(args);
  return new Uint8Array(bytes).fill(7);
}

// ---- what never comes back ----

export async function loops(args: FaultArgs): Promise<void> {
  await begin(args);
  for (;;);
}

export async function waitsOnAWord(args: FaultArgs): Promise<void> {
  await begin(args);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

export async function matchesForever(args: FaultArgs): Promise<boolean> {
  await begin(args);
  // Each further letter doubles the time.
  return /^(?:a+)+$/.test(`${'a'.repeat(64)}!`);
}

export async function blocksInNativeCode(args: FaultArgs): Promise<void> {
  await begin(args);
  load(args).blockUntil(args.release!);
}

export async function ignoresSigterm(args: FaultArgs): Promise<void> {
  await begin(args);
  process.on('SIGTERM', () => {});
  // A worker that answers would be asked; this one doesn't.
  currentTask().signal.addEventListener('abort', () => {});
  await never();
}

// ---- output ----

/** Lines on stdout and stderr. Gives their number. */
export async function floodsOutput(args: FaultArgs, lines: number): Promise<number> {
  await begin(args);
  const text = 'x'.repeat(99);
  for (let line = 0; line < lines; line++) {
    if (line % 2 === 0) console.log(text);
    else console.error(text);
    if (line % 1_000 === 999) await sleep(0);
  }
  return lines;
}

// ---- stuck in the middle of something ----

/** Gives two items, then no more. */
export async function* stalls(): AsyncGenerator<number> {
  yield 1;
  yield 2;
  await never();
}

/** Gives two items, then computes for ever. */
export async function* loopsBetweenItems(): AsyncGenerator<number> {
  yield 1;
  yield 2;
  for (;;);
}

/** Its answer never arrives: what carries it was taken away. */
export async function losesItsAnswer(args: FaultArgs): Promise<number> {
  await begin(args);
  // Threads answer over a port, processes over what `process.send` calls; both in shared memory, which counts once it is stored how far.
  MessagePort.prototype.postMessage = () => {};
  Reflect.set(Atomics, 'store', () => 0);
  Reflect.set(process, '_send', () => true);
  return 1;
}

/** Waits synchronously for a process that takes `seconds`. */
export async function waitsForAChild(args: FaultArgs, seconds: number): Promise<void> {
  await begin(args);
  execFileSync('sleep', [String(seconds)]);
}

/** Prints and never stops. */
export async function printsForever(args: FaultArgs): Promise<void> {
  await begin(args);
  for (;;) console.log('x'.repeat(99));
}

/** Closes the channel, and loops before anything here can answer to that. */
export async function closesItsChannelAndLoops(args: FaultArgs): Promise<void> {
  await begin(args);
  process.removeAllListeners('disconnect');
  process.disconnect();
  await sleep(1);
  for (;;);
}

/** Ends and leaves a process of its own that holds its pipes open. */
export async function leavesAGrandchild(args: FaultArgs, seconds: number): Promise<void> {
  await begin(args);
  spawn('sleep', [String(seconds)], { stdio: ['ignore', 'inherit', 'inherit'], detached: true }).unref();
  process.exit(7);
}

/** Takes lock `first`, tells so, then waits for lock `second`. */
export function takesTwoLocks(locks: Int32Array, first: number, second: number): void {
  const take = (lock: number) => {
    while (Atomics.compareExchange(locks, lock, 0, 1) !== 0) Atomics.wait(locks, lock, 1);
  };
  take(first);
  currentTask().progress('has one');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  take(second);
}
