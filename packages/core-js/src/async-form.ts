// What the asynchronous form of a kernel does before its work. The work itself runs on the calling thread: this package
// has no threads, so an asynchronous kernel keeps the event loop busy just as its `Sync` form does. It follows the same
// memory rules as the native package all the same, so that a program can change from one to the other.
import { checkOptions, wrongRange, wrongType, type KernelArray, type KernelOptions } from './arguments.ts';

/** Arrays of one call by argument name; undefined where an optional one was left out. */
type NamedArrays = Record<string, KernelArray | undefined>;

/**
 * Checks the options of an asynchronous call, refuses what can't be used beside a running event loop, honours the
 * signal, and moves the arrays when asked to. Called after the kernel's own argument checks, so nothing is moved by a
 * call that is refused.
 * Errors: TypeError (`signal`, `move`, a buffer that can't be moved), RangeError (resizable buffer); the signal's reason.
 * Cost: none per element; moving transfers buffers without a copy.
 */
export function beginAsync<A extends NamedArrays>(kernel: string, arrays: A, options: KernelOptions | undefined): A {
  checkOptions(kernel, options);
  const { signal, move } = options ?? {};
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw wrongType(kernel, 'signal', 'an AbortSignal', signal);
  if (move !== undefined && typeof move !== 'boolean') throw wrongType(kernel, 'move', 'true or false', move);
  for (const [argument, array] of Object.entries(arrays)) {
    if (array !== undefined && isResizable(array.buffer)) {
      throw wrongRange(kernel, argument, 'have a buffer of fixed size in an asynchronous call', 'a resizable one');
    }
  }
  signal?.throwIfAborted();
  return move === true ? moved(kernel, arrays) : arrays;
}

// By tag, not by instanceof: a buffer may come from another realm.
function isShared(buffer: ArrayBufferLike): buffer is SharedArrayBuffer {
  return Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]';
}

/** Whether the buffer can shrink. A growable SharedArrayBuffer can't. */
function isResizable(buffer: ArrayBufferLike): boolean {
  return !isShared(buffer) && (buffer as { resizable?: boolean }).resizable === true;
}

function moved<A extends NamedArrays>(kernel: string, arrays: A): A {
  const names = Object.keys(arrays).filter((name) => arrays[name] !== undefined && !isShared(arrays[name].buffer));
  const plain = names.map((name) => arrays[name]!);
  const transfer = [...new Set(plain.map((array) => array.buffer as ArrayBuffer))];
  const refuse = (cause?: unknown): TypeError => {
    const expected = 'over buffers that can be transferred when move is set';
    return Object.assign(
      wrongType(kernel, names.join(' and '), expected, plain[0]),
      cause === undefined ? {} : { cause },
    );
  };
  let views: KernelArray[];
  try {
    views = structuredClone(plain, { transfer });
  } catch (cause) {
    throw refuse(cause);
  }
  // Node 20 clones a buffer that is marked as untransferable, silently, and leaves the original in place.
  if (transfer.some((buffer) => buffer.byteLength !== 0)) throw refuse();
  return { ...arrays, ...Object.fromEntries(names.map((name, index) => [name, views[index]])) };
}
