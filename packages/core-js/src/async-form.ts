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

function isResizable(buffer: ArrayBufferLike): boolean {
  return buffer instanceof ArrayBuffer && (buffer as { resizable?: boolean }).resizable === true;
}

function moved<A extends NamedArrays>(kernel: string, arrays: A): A {
  const buffers = new Set(Object.values(arrays).map((array) => array?.buffer));
  const transfer = [...buffers].filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer);
  try {
    return structuredClone(arrays, { transfer });
  } catch (cause) {
    const names = Object.keys(arrays).filter((name) => arrays[name] !== undefined);
    const error = wrongType(
      kernel,
      names.join(', '),
      'backed by buffers that can be transferred when move is set',
      cause,
    );
    throw Object.assign(error, { cause });
  }
}
