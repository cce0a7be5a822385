// How every kernel is called once its own arguments have been checked: threads, signal, and who owns the memory.
//
// Memory of asynchronous calls. An ArrayBuffer can be detached or transferred by any code at any time, and native code
// at work on it would then write to memory that is no longer its. So a plain array is
//   copied    (default) into the job on the calling thread, before the call returns, and back before the promise settles
//   moved     (`move: true`) by transferring its buffer to a view that nobody else has; the promise gives that view
//   fresh     made by the call itself: used in place, nobody else has seen it yet
// and a view over a SharedArrayBuffer, which can't be detached or shrunk, or over a shared segment, whose mapping the job
// holds for itself, is used in place.
import { types } from 'node:util';
import {
  bufferOf,
  checkObject,
  checkThreads,
  isResizable,
  wrongRange,
  wrongType,
  type KernelArray,
} from './arguments.ts';
import { listenerIndex, promiseOf, type Finish } from './calls-in-flight.ts';
import { ARRAY_NAMES, KERNEL_TABLE, type KernelArguments, type KernelResults } from './generated/kernel-table.ts';
import { addon, type AsyncStart, type KernelName } from './load-addon.ts';
import { sharedSegmentOf } from './os/shared-segment.ts';
import { threadsByDefault } from './pool.ts';

/** Options of every `Sync` kernel. */
export interface SyncKernelOptions {
  /**
   * Most threads that work at once, the calling one included: 1 to 256. Default, and upper bound: the pool's size
   * ({@link poolThreads}), or this worker's part of it. The result doesn't depend on it.
   */
  threads?: number;
}

/**
 * Options of every asynchronous kernel.
 *
 * It works on the pool's threads. A call without a signal that takes about a microsecond at most (some hundred or thousand
 * elements, by kernel) is done on the calling thread before it returns, because giving it to the pool would take that thread
 * as long; not where a plain array is written, which is when the promise settles.
 */
export interface KernelOptions extends SyncKernelOptions {
  /**
   * Stops the work soon (at the next chunk, typically within milliseconds); the promise then rejects with the signal's
   * reason. Arrays over shared memory are left half-written, plain ones untouched.
   */
  signal?: AbortSignal;
  /**
   * true: buffers of plain arrays are transferred to the job instead of copied. The caller's views of these buffers are
   * detached; where the kernel returns an array, the promise gives a new view of the same length. Default false.
   */
  move?: boolean;
}

/** Threads to ask the addon for; it cuts the number to the pool's size. */
function threadsOf(options: SyncKernelOptions | undefined): number {
  return options?.threads ?? threadsByDefault();
}

function checkSyncOptions(kernel: string, options: SyncKernelOptions | undefined): void {
  if (options === undefined) return;
  checkObject(kernel, 'options', options);
  checkThreads(kernel, options.threads);
}

/** Runs a kernel on the calling thread and the pool. */
export function callSync<K extends KernelName>(
  kernel: K,
  options: SyncKernelOptions | undefined,
  values: KernelArguments[K],
): KernelResults[K] {
  checkSyncOptions(kernel, options);
  const call = addon().kernels[kernel] as unknown as (threads: number, ...values: unknown[]) => KernelResults[K];
  return call(threadsOf(options), ...values);
}

/** Transfers the buffers of the plain arrays among `arrays`, each once, and gives views of the new buffers. */
function moveArrays(kernel: string, names: readonly string[], arrays: readonly KernelArray[]): KernelArray[] {
  const isShared = (buffer: ArrayBufferLike) =>
    types.isSharedArrayBuffer(buffer) || sharedSegmentOf(buffer) !== undefined;
  const plain = arrays.filter((array) => !isShared(bufferOf(array)));
  const buffers = [...new Set(plain.map((array) => bufferOf(array) as ArrayBuffer))];
  const expected = 'over a buffer that can be transferred when move is set';
  const name = names[arrays.indexOf(plain[0]!)] ?? '';
  let moved: KernelArray[];
  try {
    moved = structuredClone(plain, { transfer: buffers });
  } catch (cause) {
    throw Object.assign(wrongType(kernel, name, expected, plain[0]), { cause });
  }
  // Node 20 clones a buffer that is marked as untransferable, silently, and leaves the original in place.
  if (buffers.some((buffer) => buffer.byteLength !== 0)) throw wrongType(kernel, name, expected, plain[0]);
  return arrays.map((array) => moved[plain.indexOf(array)] ?? array);
}

/** What a kernel's asynchronous calls need of it; never changes. */
interface Started {
  readonly arrayNames: readonly string[];
  readonly resultCount: number;
  readonly start: AsyncStart;
  /** The second value of each call (binding/async_run.h) but for what differs from call to call. */
  readonly how: number;
}

const OWNED_BITS = 4;
const MAY_RUN_HERE = 1 << OWNED_BITS;

const started: { [kernel in KernelName]?: Started } = {};

function startedOf(kernel: KernelName): Started {
  const known = started[kernel];
  if (known !== undefined) return known;
  const resultsText = KERNEL_TABLE.find(([name]) => name === kernel)![4]!;
  return (started[kernel] = {
    arrayNames: ARRAY_NAMES[kernel],
    resultCount: resultsText === '' ? 0 : resultsText.split(' ').length,
    start: addon().kernels[`${kernel}Async`],
    how: listenerIndex() << (OWNED_BITS + 1),
  });
}

/** Bit i of `fresh` says that the call itself made array i, so that nobody else has it. */
export const freshAt = (index: number, isFresh: boolean): number => (isFresh ? 1 << index : 0);

/**
 * Starts a kernel on the pool; where it is small and nobody may want to cancel it, runs it here. Throws for bad options,
 * before anything is moved or started. `fresh` ({@link freshAt}) has to be taken from the very value that was checked:
 * an option read a second time may be another.
 */
export function startAsync<K extends KernelName, Value>(
  kernel: K,
  options: KernelOptions | undefined,
  values: KernelArguments[K],
  finish: Finish<KernelResults[K], KernelArguments[K], Value>,
  fresh = 0,
): Promise<Value> {
  let threads: number | undefined;
  let signal: AbortSignal | undefined;
  let move: boolean | undefined;
  if (options !== undefined) {
    checkObject(kernel, 'options', options);
    ({ threads, signal, move } = options);
    checkThreads(kernel, threads);
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw wrongType(kernel, 'signal', 'an AbortSignal', signal);
    }
    if (move !== undefined && typeof move !== 'boolean') throw wrongType(kernel, 'move', 'true or false', move);
  }
  const names: readonly string[] = ARRAY_NAMES[kernel];
  for (let index = 0; index < names.length; index++) {
    if (!isResizable(bufferOf(values[index] as KernelArray))) continue;
    throw wrongRange(kernel, names[index]!, 'have a buffer of fixed size in an asynchronous call', 'a resizable one');
  }
  signal?.throwIfAborted();
  const { start, how, resultCount } = startedOf(kernel);
  let owned = fresh;
  let given: KernelArguments[K] = values;
  if (move === true) {
    const arrays = values.slice(0, names.length) as KernelArray[];
    const moved = moveArrays(kernel, names, arrays);
    moved.forEach((array, index) => (owned |= freshAt(index, array !== arrays[index])));
    given = [...moved, ...values.slice(names.length)] as KernelArguments[K];
  }
  // With a signal it goes to the pool however small it is: an abort right after the call rejects the promise.
  const number = start(
    threads ?? threadsByDefault(),
    how + owned + (signal === undefined ? MAY_RUN_HERE : 0),
    ...(given as readonly unknown[]),
  );
  return promiseOf(number, resultCount, finish, given, signal);
}

/** The promise that `start` gives; one that rejects when it throws instead. */
export function promised<Value>(start: () => Promise<Value>): Promise<Value> {
  try {
    return start();
  } catch (error) {
    return Promise.reject(error);
  }
}
