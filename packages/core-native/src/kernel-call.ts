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
import { ARRAY_NAMES, type KernelArguments, type KernelResults } from './generated/kernel-table.ts';
import { addon, type KernelName } from './load-addon.ts';
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

/** Options of every asynchronous kernel. */
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

/**
 * Which of a kernel's arrays the call made itself, by position. Taken from the very value that was checked: an option read
 * a second time may be another.
 */
type Fresh = readonly boolean[];

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

function checkAsyncOptions(kernel: string, options: KernelOptions | undefined): void {
  if (options === undefined) return;
  checkSyncOptions(kernel, options);
  const { signal, move } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw wrongType(kernel, 'signal', 'an AbortSignal', signal);
  }
  if (move !== undefined && typeof move !== 'boolean') throw wrongType(kernel, 'move', 'true or false', move);
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

/** The results of an asynchronous call, and its arrays: the caller's own, or the new views when they were moved. */
export interface AsyncOutcome<K extends KernelName> {
  readonly results: KernelResults[K];
  readonly arrays: KernelArray[];
}

// One listener per signal however many calls use it: Node warns of a leak when a signal has more than ten.
const running = new WeakMap<AbortSignal, Set<number>>();

/** Cancels the call when the signal is aborted; the function given back ends that. */
function cancelOnAbort(signal: AbortSignal, token: number): () => void {
  let tokens = running.get(signal);
  if (tokens === undefined) {
    const fresh = new Set<number>();
    running.set(signal, (tokens = fresh));
    signal.addEventListener('abort', () => fresh.forEach((each) => addon().cancel(each)), { once: true });
  }
  tokens.add(token);
  return () => tokens.delete(token);
}

/** Runs a kernel on the pool. Rejects for bad options before anything is moved or started. */
export async function callAsync<K extends KernelName>(
  kernel: K,
  options: KernelOptions | undefined,
  values: KernelArguments[K],
  fresh: Fresh = [],
): Promise<AsyncOutcome<K>> {
  checkAsyncOptions(kernel, options);
  const names: readonly string[] = ARRAY_NAMES[kernel];
  let arrays = values.slice(0, names.length) as KernelArray[];
  arrays.forEach((array, index) => {
    if (!isResizable(bufferOf(array))) return;
    throw wrongRange(kernel, names[index]!, 'have a buffer of fixed size in an asynchronous call', 'a resizable one');
  });
  const signal = options?.signal;
  signal?.throwIfAborted();
  const { kernels, newToken } = addon();
  const given = arrays;
  if (options?.move === true) arrays = moveArrays(kernel, names, given);
  let owned = 0;
  for (let index = 0; index < names.length; index++) {
    if (arrays[index] !== given[index] || fresh[index] === true) owned |= 1 << index;
  }

  type AsyncFunction = (
    threads: number,
    token: number,
    owned: number,
    ...values: unknown[]
  ) => Promise<KernelResults[K]>;
  const start = kernels[`${kernel}Async` as keyof typeof kernels] as unknown as AsyncFunction;
  const token = newToken();
  const forget = signal === undefined ? undefined : cancelOnAbort(signal, token);
  try {
    const results = await start(threadsOf(options), token, owned, ...arrays, ...values.slice(names.length));
    signal?.throwIfAborted();
    return { results, arrays };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    forget?.();
  }
}
